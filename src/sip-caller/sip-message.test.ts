import { describe, expect, it } from 'vitest';
import {
  answerTo,
  buildSip,
  cseqOf,
  headerOf,
  headersOf,
  parameterOf,
  parseSip,
  splitList,
  uriOf,
  type SipRequest,
} from './sip-message.js';

const bye = [
  'BYE sip:7000@127.0.0.2:4000 SIP/2.0',
  'v: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bKa',
  'v: SIP/2.0/UDP 127.0.0.9:5060;branch=z9hG4bKb',
  'From: "Front, desk" <sip:100@127.0.0.1>;tag=them',
  'To: <sip:7000@127.0.0.2>',
  '  ;tag=us',
  'i: 1@127.0.0.2',
  'CSeq: 12 BYE',
  'Content-Length: 0',
  '',
  '',
].join('\r\n');

function parsedBye(): SipRequest {
  const message = parseSip(bye);
  if (message?.type !== 'request') throw new Error('no request');
  return message;
}

describe('SIP messages', () => {
  it('parses a request with compact and folded headers', () => {
    const message = parsedBye();
    expect(message).toMatchObject({ method: 'BYE', uri: 'sip:7000@127.0.0.2:4000', body: '' });
    expect(headersOf(message, 'via')).toHaveLength(2);
    expect(headerOf(message, 'call-id')).toBe('1@127.0.0.2');
    expect(parameterOf(headerOf(message, 'to') ?? '', 'tag')).toBe('us');
    expect(cseqOf(message)).toEqual({ number: 12, method: 'BYE' });
  });

  it('parses a response with its body', () => {
    const message = parseSip('SIP/2.0 183 Session Progress\r\nCSeq: 1 INVITE\r\n\r\nv=0\r\n');
    expect(message).toMatchObject({ type: 'response', status: 183, reason: 'Session Progress', body: 'v=0\r\n' });
  });

  it('takes no datagram for SIP that is none', () => {
    for (const text of ['', '\r\n\r\n', 'hello', 'INVITE SIP/2.0', '\0\0\0\0']) expect(parseSip(text)).toBeUndefined();
  });

  it('writes what it parses, with the length in bytes', () => {
    const message = { ...parsedBye(), headers: [{ name: 'CSeq', value: '1 BYE' }], body: 'é' };
    const text = buildSip(message);
    expect(text).toContain('Content-Length: 2\r\n\r\né');
    expect(parseSip(text)).toMatchObject({ method: 'BYE', body: 'é' });
  });

  it('copies into an answer what the RFC wants there', () => {
    const answer = answerTo(parsedBye(), 200, 'OK');
    expect(headersOf(answer, 'via').map(({ value }) => parameterOf(value, 'branch'))).toEqual(['z9hG4bKa', 'z9hG4bKb']);
    expect(headerOf(answer, 'cseq')).toBe('12 BYE');
    expect(headerOf(answer, 'to')).toContain(';tag=us');
  });

  it('cuts lists only where the commas separate', () => {
    expect(splitList('<sip:a;x=1,2>, "b, c" <sip:b>,<sip:d;lr>')).toEqual([
      '<sip:a;x=1,2>',
      '"b, c" <sip:b>',
      '<sip:d;lr>',
    ]);
    expect(uriOf('"Bob" <sip:bob@host:5060;ob>;expires=3')).toBe('sip:bob@host:5060;ob');
    expect(uriOf('sip:bob@host;tag=1')).toBe('sip:bob@host');
  });
});

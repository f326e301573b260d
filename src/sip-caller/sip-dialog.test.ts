import { describe, expect, it } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { SipDialog, type SipDialogEvent } from './sip-dialog.js';
import { answerTo, buildSip, headerOf, headersOf, parseSip, type SipHeader, type SipRequest } from './sip-message.js';

function setUp(credentials?: { user: string; password: string }) {
  const clock = new FakeClock();
  const sent: SipRequest[] = [];
  const answers: number[] = [];
  const events: SipDialogEvent[] = [];
  let tokens = 0;
  const dialog = new SipDialog({
    clock,
    local: { host: '127.0.0.2', port: 4000 },
    target: 'sip:100@127.0.0.1:5060',
    callerNumber: '7000',
    credentials,
    sdp: 'v=0\r\n',
    token: () => `token${tokens++}`,
    send(text) {
      const message = parseSip(text);
      if (message?.type === 'request') sent.push(message);
      if (message?.type === 'response') answers.push(message.status);
    },
    onEvent: (event) => events.push(event),
  });
  dialog.start();
  const last = (): SipRequest => {
    const message = sent.at(-1);
    if (!message) throw new Error('nothing was sent');
    return message;
  };
  const reply = (request: SipRequest, status: number, more: SipHeader[] = [], body = ''): void => {
    const response = answerTo(request, status, 'Words', more, body);
    const headers = response.headers.map((header) =>
      header.name === 'To' && !header.value.includes('tag=')
        ? { ...header, value: `${header.value};tag=them` }
        : header,
    );
    dialog.receive(buildSip({ ...response, headers }));
  };
  const ask = (method: string, body = ''): void => {
    const headers = [
      { name: 'Via', value: 'SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKx' },
      { name: 'Call-ID', value: dialog.callId },
      { name: 'CSeq', value: `1 ${method}` },
    ];
    dialog.receive(buildSip({ type: 'request', method, uri: 'sip:7000@127.0.0.2', headers, body }));
  };
  return { clock, dialog, sent, answers, events, last, reply, ask, invite: last() };
}

const contact = { name: 'Contact', value: '<sip:desk@127.0.0.9:5070>' };
const methods = (sent: readonly SipRequest[]): string[] => sent.map(({ method }) => method);

describe('SIP dialog', () => {
  it('repeats the INVITE until something comes back, and gives up after 64 T1', () => {
    const { clock, sent, events } = setUp();
    clock.advance(3_600);
    expect(methods(sent)).toEqual(['INVITE', 'INVITE', 'INVITE', 'INVITE']);
    clock.advance(30_000);
    expect(events).toEqual([{ type: 'ended', by: 'them', status: 408, reason: 'Request Timeout' }]);
    expect(clock.pendingCount).toBe(0);
  });

  it('rings, is answered, acknowledges along the recorded route, and again when the 200 is repeated', () => {
    const { clock, invite, events, reply, sent, last } = setUp();
    reply(invite, 100);
    reply(invite, 180);
    const route = { name: 'Record-Route', value: '<sip:a;lr>, <sip:b;lr>' };
    reply(invite, 200, [contact, route], 'v=0\r\n');
    expect(last()).toMatchObject({ method: 'ACK', uri: 'sip:desk@127.0.0.9:5070' });
    expect(headersOf(last(), 'route').map(({ value }) => value)).toEqual(['<sip:b;lr>', '<sip:a;lr>']);
    expect(headerOf(last(), 'cseq')).toBe('1 ACK');
    reply(invite, 200, [contact], 'v=0\r\n');
    expect(methods(sent)).toEqual(['INVITE', 'ACK', 'ACK']);
    expect(events).toEqual([
      { type: 'ringing', status: 180 },
      { type: 'answered', sdp: 'v=0\r\n' },
    ]);
    expect(clock.pendingCount).toBe(0);
  });

  it('says BYE until it is answered', () => {
    const { clock, invite, dialog, reply, sent, last, events } = setUp();
    reply(invite, 200, [contact]);
    dialog.hangup();
    dialog.hangup();
    clock.advance(600);
    expect(methods(sent)).toEqual(['INVITE', 'ACK', 'BYE', 'BYE']);
    expect(headerOf(last(), 'cseq')).toBe('2 BYE');
    reply(last(), 200);
    expect(events.at(-1)).toEqual({ type: 'ended', by: 'us', status: 200, reason: 'OK' });
    expect(clock.pendingCount).toBe(0);
  });

  it('answers a BYE, and the repeated BYE too', () => {
    const { invite, reply, ask, answers, events } = setUp();
    reply(invite, 200, [contact]);
    ask('BYE');
    ask('BYE');
    expect(answers).toEqual([200, 200]);
    expect(events.filter(({ type }) => type === 'ended')).toEqual([
      { type: 'ended', by: 'them', status: 200, reason: 'OK' },
    ]);
  });

  it('acknowledges a refusal in its own transaction', () => {
    const { invite, reply, last, events } = setUp();
    reply(invite, 486);
    expect(last().method).toBe('ACK');
    expect(headerOf(last(), 'via')).toBe(headerOf(invite, 'via'));
    expect(headerOf(last(), 'to')).toContain('tag=them');
    expect(events).toEqual([{ type: 'ended', by: 'them', status: 486, reason: 'Words' }]);
  });

  it('answers one challenge, not two', () => {
    const { clock, invite, reply, sent, last, events } = setUp({ user: 'u', password: 'p' });
    const challenge = { name: 'WWW-Authenticate', value: 'Digest realm="r", nonce="n"' };
    reply(invite, 401, [challenge]);
    expect(methods(sent)).toEqual(['INVITE', 'ACK', 'INVITE']);
    expect(headerOf(last(), 'authorization')).toContain('username="u"');
    expect(headerOf(last(), 'cseq')).toBe('2 INVITE');
    reply(last(), 401, [challenge]);
    expect(events).toEqual([{ type: 'ended', by: 'them', status: 401, reason: 'Words' }]);
    expect(clock.pendingCount).toBe(0);
  });

  it('cancels only after a provisional answer', () => {
    const { clock, invite, dialog, reply, sent, last, events } = setUp();
    dialog.hangup();
    expect(methods(sent)).toEqual(['INVITE']);
    reply(invite, 180);
    expect(last().method).toBe('CANCEL');
    expect(headerOf(last(), 'via')).toBe(headerOf(invite, 'via'));
    reply(last(), 200);
    reply(invite, 487);
    expect(methods(sent)).toEqual(['INVITE', 'CANCEL', 'ACK']);
    expect(events).toEqual([{ type: 'ended', by: 'us', status: 487, reason: 'Words' }]);
    expect(clock.pendingCount).toBe(0);
  });

  it('hangs up a call whose answer crossed the CANCEL', () => {
    const { invite, dialog, reply, sent, events, last } = setUp();
    reply(invite, 100);
    dialog.hangup();
    reply(invite, 200, [contact]);
    expect(methods(sent)).toEqual(['INVITE', 'CANCEL', 'ACK', 'BYE']);
    reply(last(), 200);
    expect(events.map(({ type }) => type)).toEqual(['ended']);
  });

  it('accepts a re-INVITE and OPTIONS in the call, and nothing foreign', () => {
    const { invite, reply, ask, answers, events, dialog } = setUp();
    ask('INVITE');
    reply(invite, 200, [contact]);
    ask('INVITE', 'v=0 moved');
    ask('OPTIONS');
    ask('REFER');
    dialog.receive('BYE sip:x SIP/2.0\r\nCall-ID: another\r\nCSeq: 1 BYE\r\n\r\n');
    expect(answers).toEqual([481, 200, 200, 405]);
    expect(events.at(-1)).toEqual({ type: 'moved', sdp: 'v=0 moved' });
    expect(dialog.state).toBe('established');
  });
});

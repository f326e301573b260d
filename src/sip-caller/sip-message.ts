/**
 * The part of SIP (RFC 3261) that a test caller needs: messages as values, parsed from and written to one datagram.
 * Header names compare without case, compact forms (`v`, `i`, …) are understood, folded lines are unfolded.
 */
export interface SipHeader {
  readonly name: string;
  readonly value: string;
}

export interface SipRequest {
  readonly type: 'request';
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly SipHeader[];
  readonly body: string;
}

export interface SipResponse {
  readonly type: 'response';
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly SipHeader[];
  readonly body: string;
}

export type SipMessage = SipRequest | SipResponse;

/** RFC 3261, 7.3.3 */
const compactForms: Readonly<Record<string, string>> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
  c: 'content-type',
  k: 'supported',
};

/** @returns the message, or `undefined` for a datagram that is no SIP (keep-alives, strays) */
export function parseSip(text: string): SipMessage | undefined {
  const separator = text.indexOf('\r\n\r\n');
  const head = separator < 0 ? text : text.slice(0, separator);
  const [first = '', ...lines] = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers: SipHeader[] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    headers.push({ name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() });
  }
  const body = separator < 0 ? '' : text.slice(separator + 4);

  const status = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(first);
  if (status) return { type: 'response', status: Number(status[1]), reason: status[2] ?? '', headers, body };
  const request = /^([A-Z]+) (\S+) SIP\/2\.0$/.exec(first);
  if (request) return { type: 'request', method: request[1] ?? '', uri: request[2] ?? '', headers, body };
  return undefined;
}

/** Writes the datagram, with Content-Length added. */
export function buildSip(message: SipMessage): string {
  const first =
    message.type === 'request'
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`;
  const lines = message.headers.map(({ name, value }) => `${name}: ${value}`);
  return [first, ...lines, `Content-Length: ${Buffer.byteLength(message.body)}`, '', message.body].join('\r\n');
}

/** The first header of that (long, lower-case) name. */
export function headerOf(message: SipMessage, name: string): string | undefined {
  return message.headers.find((header) => longName(header.name) === name)?.value;
}

/** All headers of that (long, lower-case) name, in order. */
export function headersOf(message: SipMessage, name: string): readonly SipHeader[] {
  return message.headers.filter((header) => longName(header.name) === name);
}

/** Route sets and contacts may share one line: cuts at the commas that are outside of `<…>` and quotes. */
export function splitList(value: string): readonly string[] {
  return value
    .split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)(?![^<]*>)/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The URI of a name-addr: `"Bob" <sip:bob@host>;tag=1` and `sip:bob@host` both give `sip:bob@host`. */
export function uriOf(nameAddr: string): string {
  return /<([^>]+)>/.exec(nameAddr)?.[1] ?? nameAddr.split(';')[0]?.trim() ?? '';
}

/** A parameter behind the address, as `tag` or `branch`. */
export function parameterOf(value: string, name: string): string | undefined {
  return new RegExp(`;\\s*${name}=([^;,\\s]+)`, 'i').exec(value)?.[1];
}

export function cseqOf(message: SipMessage): { readonly number: number; readonly method: string } | undefined {
  const match = /^(\d+)\s+([A-Z]+)$/.exec(headerOf(message, 'cseq') ?? '');
  return match ? { number: Number(match[1]), method: match[2] ?? '' } : undefined;
}

/** The answer to a request, with the headers that RFC 3261, 8.2.6.2 tells to copy. */
export function answerTo(
  request: SipRequest,
  status: number,
  reason: string,
  more: readonly SipHeader[] = [],
  body = '',
): SipResponse {
  const copied = ['via', 'record-route', 'from', 'to', 'call-id', 'cseq'].flatMap((name) => headersOf(request, name));
  return { type: 'response', status, reason, headers: [...copied, ...more], body };
}

function longName(name: string): string {
  const lower = name.toLowerCase();
  return compactForms[lower] ?? lower;
}

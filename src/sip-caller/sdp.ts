/** The codecs that a telephone caller offers; both are 8,000 Hz, 20 ms (RFC 3551). */
export type CallerCodec = 'ulaw' | 'alaw';

export const payloadTypes = { ulaw: 0, alaw: 8 } as const satisfies Record<CallerCodec, number>;

/** By custom; the number that counts is the one in the other side's answer. */
const OFFERED_EVENT_TYPE = 101;

export interface SdpAnswer {
  readonly host: string;
  readonly port: number;
  readonly codec: CallerCodec;
  /** Payload type of RFC 4733 events, absent when the other side takes none. */
  readonly eventType: number | undefined;
}

/** An offer (or, to a re-INVITE, an answer) with one audio stream. `version` grows with each change (RFC 3264, 8). */
export function buildSdp(host: string, port: number, codecs: readonly CallerCodec[], version = 1): string {
  const types = codecs.map((codec) => payloadTypes[codec]);
  return [
    'v=0',
    `o=caller 1 ${version} IN IP4 ${host}`,
    's=-',
    `c=IN IP4 ${host}`,
    't=0 0',
    `m=audio ${port} RTP/AVP ${[...types, OFFERED_EVENT_TYPE].join(' ')}`,
    ...codecs.map((codec) => `a=rtpmap:${payloadTypes[codec]} ${codec === 'ulaw' ? 'PCMU' : 'PCMA'}/8000`),
    `a=rtpmap:${OFFERED_EVENT_TYPE} telephone-event/8000`,
    `a=fmtp:${OFFERED_EVENT_TYPE} 0-15`,
    'a=ptime:20',
    'a=sendrecv',
    '',
  ].join('\r\n');
}

/** @returns `undefined` when there is no audio stream with G.711 */
export function parseSdp(text: string): SdpAnswer | undefined {
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => line.startsWith('m=audio '));
  if (start < 0) return undefined;
  const end = lines.findIndex((line, index) => index > start && line.startsWith('m='));
  const section = lines.slice(start, end < 0 ? undefined : end);
  const [, port = '0', , ...types] = (section[0] ?? '').slice(2).split(' ');
  const connection = [...section, ...lines.slice(0, start)].find((line) => line.startsWith('c=IN IP4 '));
  const codec = types.map(codecOfType).find((known) => known !== undefined);
  const host = connection?.slice('c=IN IP4 '.length).trim();
  if (codec === undefined || host === undefined || Number(port) === 0) return undefined;
  const event = section.map((line) => /^a=rtpmap:(\d+) telephone-event\/8000/i.exec(line)?.[1]).find(Boolean);
  return { host, port: Number(port), codec, eventType: event === undefined ? undefined : Number(event) };
}

function codecOfType(type: string): CallerCodec | undefined {
  if (type === '0') return 'ulaw';
  return type === '8' ? 'alaw' : undefined;
}

import { createHash } from 'node:crypto';

/** User and password for a PBX that asks for them (401 or 407). */
export interface SipCredentials {
  readonly user: string;
  readonly password: string;
}

export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly qop: 'auth' | undefined;
}

/** @returns `undefined` when the challenge is no digest with MD5 (RFC 3261, 22.4) */
export function parseChallenge(value: string): DigestChallenge | undefined {
  if (!/^digest\s/i.test(value)) return undefined;
  const field = (name: string): string | undefined => {
    const match = new RegExp(`[\\s,]${name}=(?:"([^"]*)"|([^\\s,]+))`, 'i').exec(value);
    return match?.[1] ?? match?.[2];
  };
  const algorithm = field('algorithm') ?? 'MD5';
  const nonce = field('nonce');
  if (algorithm.toUpperCase() !== 'MD5' || nonce === undefined) return undefined;
  const offered = (field('qop') ?? '').split(',').map((word) => word.trim());
  return {
    realm: field('realm') ?? '',
    nonce,
    opaque: field('opaque'),
    qop: offered.includes('auth') ? 'auth' : undefined,
  };
}

export interface DigestRequest {
  readonly method: string;
  readonly uri: string;
  readonly cnonce: string;
  /** How often this nonce was used, from 1. */
  readonly count: number;
}

/** The value of the Authorization or Proxy-Authorization header (RFC 2617, 3.2.2). */
export function answerChallenge(
  challenge: DigestChallenge,
  credentials: SipCredentials,
  request: DigestRequest,
): string {
  const secret = md5(`${credentials.user}:${challenge.realm}:${credentials.password}`);
  const target = md5(`${request.method}:${request.uri}`);
  const count = request.count.toString(16).padStart(8, '0');
  const response = challenge.qop
    ? md5([secret, challenge.nonce, count, request.cnonce, challenge.qop, target].join(':'))
    : md5(`${secret}:${challenge.nonce}:${target}`);
  const fields = [
    `username="${credentials.user}"`,
    `realm="${challenge.realm}"`,
    `nonce="${challenge.nonce}"`,
    `uri="${request.uri}"`,
    `response="${response}"`,
    'algorithm=MD5',
  ];
  if (challenge.qop) fields.push(`qop=${challenge.qop}`, `nc=${count}`, `cnonce="${request.cnonce}"`);
  if (challenge.opaque !== undefined) fields.push(`opaque="${challenge.opaque}"`);
  return `Digest ${fields.join(', ')}`;
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { HandrailError } from '../kernel/errors.js';
import type { Sensitive } from '../kernel/sensitive.js';

/** Where ARI is and who we are there. */
export interface AriAddress {
  /** For instance `http://127.0.0.1:8088`, without a slash at its end and without `/ari`. */
  readonly baseUrl: string;
  readonly user: string;
  readonly password: Sensitive<string>;
  /** Certificates, in PEM, of those who may have issued Asterisk's, where it is `https`. Absent: whom Node trusts. */
  readonly ca?: string | undefined;
}

/** What the configuration says of it. */
export interface AriSettings {
  readonly url: string;
  readonly user: string;
  readonly password: Sensitive<string>;
  readonly caFile?: string | undefined;
}

/** @throws HandrailError HR_ARI_CERTIFICATE when the file of issuers cannot be read, or holds no certificate */
export function addressOf({ url, user, password, caFile }: AriSettings): AriAddress {
  return { baseUrl: baseUrlOf(url), user, password, ca: caFile === undefined ? undefined : readIssuers(caFile) };
}

function readIssuers(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    void new X509Certificate(pem);
    return pem;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HandrailError('HR_ARI_CERTIFICATE', `ari.caFile, ${file}: ${why}`, { cause });
  }
}

/** Takes an address as people write it: with or without a slash, `/ari`, or a path before it. */
export function baseUrlOf(url: string): string {
  return url.replace(/\/+$/, '').replace(/\/ari$/, '');
}

/** HTTP basic authentication (RFC 7617). */
export function authorization(address: AriAddress): string {
  const pair = `${address.user}:${address.password.reveal()}`;
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

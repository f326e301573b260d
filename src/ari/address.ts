import type { Sensitive } from '../kernel/sensitive.js';

/** Where ARI is and who we are there. */
export interface AriAddress {
  /** For instance `http://127.0.0.1:8088`, without a slash at its end and without `/ari`. */
  readonly baseUrl: string;
  readonly user: string;
  readonly password: Sensitive<string>;
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

import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { AriAddress } from '../../ari/address.js';
import type { Clock } from '../../kernel/clock.js';
import { HandrailError } from '../../kernel/errors.js';
import type { Transit } from './asterisk-judgement.js';

/**
 * How what ARI says and is told goes to Asterisk, its password with it.
 * @throws HandrailError HR_ARI_UNREACHABLE
 */
export async function transitOf(address: AriAddress, timeoutMs: number, clock: Clock): Promise<Transit> {
  const { hostname, port, protocol } = new URL(address.baseUrl);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol !== 'https:') return { type: 'plain', host };
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(port || 443),
      ...(address.ca === undefined ? {} : { ca: address.ca }),
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const cancel = clock.after(timeoutMs, () => socket.destroy(new Error('no answer')));
    socket.once('error', (cause) => {
      cancel();
      reject(new HandrailError('HR_ARI_UNREACHABLE', `${address.baseUrl}: ${cause.message}`, { cause }));
    });
    socket.once('secureConnect', () => {
      cancel();
      const { issuer, subject, valid_to: until } = socket.getPeerCertificate();
      socket.destroy();
      const [owner, issuedBy] = [subject, issuer].map(({ CN, O }) => String(CN ?? O ?? '?'));
      resolve({ type: 'tls', owner: owner ?? '?', issuer: issuedBy ?? '?', untilWallMs: Date.parse(until) });
    });
  });
}

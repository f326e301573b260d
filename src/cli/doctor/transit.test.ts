import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addressOf } from '../../ari/address.js';
import { systemClock } from '../../kernel/clock.js';
import { sensitive } from '../../kernel/sensitive.js';
import { Issuer } from '../../../test/support/certificates.js';
import { transitOf } from './transit.js';

const password = sensitive('x');

test('the certificate of an https Asterisk is read; one that nobody trusts is an error', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'handrail-transit-'));
  const issuer = new Issuer(dir);
  const { certFile, keyFile } = issuer.issue('pbx');
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  try {
    const look = (caFile?: string) => transitOf(addressOf({ url, user: 'x', password, caFile }), 5_000, systemClock);
    const found = await look(issuer.caFile);
    expect(found).toMatchObject({ type: 'tls', owner: 'pbx', issuer: 'issuer' });
    const daysLeft = found.type === 'tls' ? (found.untilWallMs - systemClock.wallMs()) / 86_400_000 : NaN;
    expect(Math.round(daysLeft)).toBe(2);
    await expect(look()).rejects.toMatchObject({ code: 'HR_ARI_UNREACHABLE' });
  } finally {
    server.close();
    rmSync(dir, { recursive: true });
  }
});

test('plain HTTP is told with its host', async () => {
  const address = addressOf({ url: 'http://[::1]:8088', user: 'x', password });
  expect(await transitOf(address, 5_000, systemClock)).toEqual({ type: 'plain', host: '::1' });
});

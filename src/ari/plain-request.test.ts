import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Issuer } from '../../test/support/certificates.js';
import { FakeClock } from '../kernel/fake-clock.js';
import { sensitive } from '../kernel/sensitive.js';
import { addressOf } from './address.js';
import { askPlain } from './plain-request.js';
import { preflight } from './preflight.js';

let dir = '';
let url = '';
let server: Server;
let caFile = '';
const clock = new FakeClock();
const user = 'me';
const password = sensitive('secret');

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-ari-tls-'));
  const issuer = new Issuer(dir);
  ({ caFile } = issuer);
  const { certFile, keyFile } = issuer.issue('pbx');
  server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (asked, answer) => {
    if (asked.url === '/ari/slow') return;
    answer.writeHead(asked.headers.authorization === 'Basic bWU6c2VjcmV0' ? 200 : 401).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('an Asterisk by TLS', () => {
  it('is spoken to when its issuer is named', async () => {
    const address = addressOf({ url, user, password, caFile });
    const answer = await askPlain(address, { method: 'GET', path: 'asterisk/info', timeoutMs: 1_000, clock });
    expect(answer).toEqual({ status: 200, text: '{}' });
    await expect(preflight(address, clock, 1_000)).resolves.toBeUndefined();
  });

  it('is not trusted without that, nor is it sent the password', async () => {
    const requests: unknown[] = [];
    server.on('request', (asked) => requests.push(asked));
    const answer = preflight(addressOf({ url, user, password }), clock, 1_000);
    await expect(answer).rejects.toMatchObject({ code: 'HR_ARI_CERTIFICATE' });
    expect(requests).toEqual([]);
  });

  it('is not reached when it does not answer in time', async () => {
    const address = addressOf({ url, user, password, caFile });
    const asked = new Promise<void>((resolve) => server.once('request', () => resolve()));
    const answer = askPlain(address, { method: 'GET', path: 'slow', timeoutMs: 1_000, clock });
    const told = expect(answer).rejects.toThrow(/HR_ARI_UNREACHABLE|no answer within 1000 ms/);
    await asked;
    clock.advance(1_000);
    await told;
  });

  it('needs a file of issuers that can be read and holds a certificate', () => {
    const nonsense = join(dir, 'nonsense.pem');
    writeFileSync(nonsense, 'dear diary');
    for (const file of [nonsense, join(dir, 'nowhere.pem')])
      expect(() => addressOf({ url, user, password, caFile: file })).toThrow(
        expect.objectContaining({ code: 'HR_ARI_CERTIFICATE', message: expect.stringContaining(file) as string }),
      );
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { RecordingLogger } from '../kernel/log.js';
import { createAdmin } from './server.js';
import { AdminHouse, LOCAL_TOKEN } from './testing/admin-house.js';
import { readTls, TlsKeeper } from './tls.js';

let dir = '';
const files = { certFile: '', keyFile: '' };
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-tls-'));
  files.certFile = join(dir, 'cert.pem');
  files.keyFile = join(dir, 'key.pem');
  certify('first');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function certify(name: string): void {
  const { certFile, keyFile } = files;
  const what = ['-subj', `/CN=${name}`, '-days', '2', '-keyout', keyFile, '-out', certFile];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...what], {
    stdio: 'ignore',
  });
}

interface Shown {
  readonly certificate: string;
  readonly status: number | undefined;
}

/** Asks for the calls, and looks at whose certificate the server shows. */
function ask(url: string): Promise<Shown> {
  const headers = { authorization: `Bearer ${LOCAL_TOKEN}` };
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL('/api/calls', url),
      { headers, rejectUnauthorized: false, agent: false },
      (response) => {
        const { CN } = (response.socket as TLSSocket).getPeerCertificate().subject;
        resolve({ certificate: String(CN), status: response.statusCode });
        response.resume();
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

describe('TLS of the admin page', () => {
  it('serves page and API by https alone, and takes renewed files while it runs', async () => {
    const house = await AdminHouse.open();
    const log = new RecordingLogger();
    const admin = await createAdmin({ host: '127.0.0.1', port: 0, tls: files, deps: { ...house.deps(), log } });
    try {
      expect(admin.url).toMatch(/^https:/);
      expect(await ask(admin.url)).toEqual({ certificate: 'first', status: 200 });
      await expect(fetch(admin.url.replace('https:', 'http:'))).rejects.toThrow();
      certify('second');
      utimesSync(files.certFile, new Date(), new Date(Date.now() + 5_000));
      house.clock.advance(60_000);
      expect(await ask(admin.url)).toMatchObject({ certificate: 'second' });

      writeFileSync(files.keyFile, 'no key');
      admin.reloadTls();
      expect(await ask(admin.url), 'files that do not fit').toMatchObject({ certificate: 'second' });
      expect(log.lines.at(-1)?.fields['problem']).toMatch(/^HR_TLS_FILES/);

      certify('third');
      admin.reloadTls();
      expect(await ask(admin.url)).toMatchObject({ certificate: 'third' });
    } finally {
      await admin.close();
    }
  });

  it('survives files that cannot be looked at any more, and tells it once', () => {
    const clock = new FakeClock();
    const log = new RecordingLogger();
    const renewed = { ...files, certFile: join(dir, 'renewed.pem') };
    writeFileSync(renewed.certFile, 'not asked for yet');
    const keeper = new TlsKeeper({ setSecureContext: () => undefined }, renewed, clock, log);
    rmSync(renewed.certFile);
    // As a folder that this user may not enter: every look fails.
    symlinkSync(renewed.certFile, renewed.certFile);
    for (let minute = 0; minute < 3; minute++) clock.advance(60_000);
    expect(log.lines.map(({ fields }) => fields['problem'])).toEqual([expect.stringMatching(/^HR_TLS_FILES/)]);
    keeper.reload();
    expect(log.lines).toHaveLength(2);
    keeper.close();
  });

  it('tells files that are not there or do not belong together', () => {
    expect(() => readTls({ ...files, keyFile: '/nowhere/key.pem' })).toThrow(/HR_TLS_FILES|ENOENT/);
    const lonely = join(dir, 'other-key.pem');
    execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', lonely]);
    expect(() => readTls({ ...files, keyFile: lonely })).toThrow(expect.objectContaining({ code: 'HR_TLS_FILES' }));
  });
});

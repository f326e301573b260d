import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/index.js';
import { FakeClock } from '../kernel/fake-clock.js';
import { silentLogger } from '../kernel/log.js';
import { SqliteStore } from '../store/sqlite-store.js';
import { unpack } from './archive.js';
import { redactor, shownConfig } from './redact.js';
import { makeSupportBundle } from './support.js';

let dir = '';
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), 'handrail-support-'))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const secrets = { password: 'planted "secret"/1', apiKey: 'sk-planted-key' };
const config = () =>
  loadConfig({
    env: {
      HANDRAIL_ARI_URL: 'http://127.0.0.1:8088',
      HANDRAIL_ARI_PASSWORD: secrets.password,
      HANDRAIL_LLM_API_KEY: secrets.apiKey,
      HANDRAIL_ADMIN_PORT: '8099',
    },
    cwd: dir,
  });

describe('an archive for support', () => {
  it('has state and logs, and nothing of secrets and callers', async () => {
    const dataDir = join(dir, 'data');
    for (const folder of ['logs', 'recordings', 'flows']) mkdirSync(join(dataDir, folder), { recursive: true });
    const clock = new FakeClock();
    const store = SqliteStore.open({
      path: join(dataDir, 'handrail.sqlite'),
      keepWords: true,
      clock,
      log: silentLogger,
    });
    await store.startCall({
      callId: 'c1',
      callerNumber: '4915112345678',
      channelId: 'ch',
      dialled: '100',
      flowId: 'f',
      flowVersion: 1,
      startedAtWallMs: 1,
      endedAtWallMs: undefined,
      ending: undefined,
    });
    await store.close();
    writeFileSync(join(dataDir, 'recordings/c1.wav'), 'what the caller said');
    const line = {
      level: 'warn',
      time: '2026-11-25T21:00:00.123Z',
      url: `http://handrail:${encodeURIComponent(secrets.password)}@pbx`,
    };
    const logged = [
      line,
      { msg: `refused ${secrets.password}`, from: '+49 151 12345678' },
      { port: 15160, callId: 'a1b2-1732' },
    ];
    writeFileSync(
      join(dataDir, 'logs/handrail.log'),
      `${'x'.repeat(1_100_000)}\n${logged.map((l) => JSON.stringify(l)).join('\n')}\n`,
    );
    writeFileSync(join(dataDir, 'logs/handrail.log.1'), `older, with ${secrets.apiKey}\n`);

    const out = join(dir, 'support.tar.gz');
    const texts = { 'doctor.txt': `✗ ARI refused ${secrets.password}\n` };
    await makeSupportBundle({ config: config(), texts, dataDir, out, clock });
    expect(statSync(out).mode & 0o077).toBe(0);

    const unpacked = join(dir, 'unpacked');
    mkdirSync(unpacked);
    await unpack(out, unpacked, 'HR_SUPPORT');
    const names = readdirSync(unpacked, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const all = names.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8')).join('\n');
    expect(names.map(({ name }) => name).sort()).toEqual(
      ['README.txt', 'config.json', 'doctor.txt', 'handrail.log', 'handrail.log.1'].sort(),
    );
    for (const planted of [...Object.values(secrets), encodeURIComponent(secrets.password), '12345678', 'caller said'])
      expect(all).not.toContain(planted);
    expect(all).not.toContain('xxxx');
    expect(all).toContain('8099');
    expect(all).toContain('2026-11-25T21:00:00.123Z');
    expect(all).toContain('"port":15160');
    expect(all).toContain('a1b2-1732');
    expect(all).toContain('(a secret is set)');
  });

  it.each([
    '+49 151 12345678',
    '0151/12345678',
    '4915112345678',
    '(0151)12345678',
    '4915112345678.',
    '4915112345678: nobody',
    'sip:4915112345678@pbx',
    'tel:+4915112345678',
    'PJSIP/4915112345678-cd00f00d',
    'number=%2B4915112345678',
  ])('hides %s', (number) => {
    expect(redactor(config())(`from ${number}, said`)).not.toMatch(/\d{4}/);
  });

  it.each([
    '22.10.1',
    '127.0.0.1:15160',
    '2026-11-25T21:00:00.123Z',
    'in 12345 ms',
    '1732567890.1234',
    '"bytes":123456789',
    '0f8e2f44-1234-4abc-9def-123456789012',
  ])('leaves %s', (text) => {
    expect(redactor(config())(`at ${text} it was`)).toBe(`at ${text} it was`);
  });

  it('hides a secret that begins as another one, and what a URL carries', () => {
    const settings = loadConfig({
      env: {
        HANDRAIL_ARI_URL: 'http://127.0.0.1:8088',
        HANDRAIL_ARI_PASSWORD: 'planted',
        HANDRAIL_LLM_API_KEY: "planted key's",
        HANDRAIL_LLM_URL: 'http://somebody:hid@den@127.0.0.1:9000/v1',
      },
      cwd: dir,
    });
    const shown = `${JSON.stringify(shownConfig(settings))} planted key's, ?key=planted+key%27s&x`;
    const redacted = redactor(settings)(shown);
    for (const part of ['planted', "key's", 'key%27s', 'somebody', 'hid', 'den']) expect(redacted).not.toContain(part);
    expect(redacted).toContain('http://[secret]@127.0.0.1:9000/v1');
  });
});

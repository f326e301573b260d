import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/index.js';
import { projectRoot } from '../kernel/paths.js';

const source = join(projectRoot, 'packaging/systemd');
const units = readdirSync(source).filter((name) => name.endsWith('.service'));
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
/** In tenths: systemd counts from 0 (closed) to 10 (open). */
const MOST_EXPOSED = 20;

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-units-'));
  mkdirSync(join(dir, 'bin'));
  writeFileSync(join(dir, 'bin/handrail'), '#!/bin/sh\n');
  chmodSync(join(dir, 'bin/handrail'), 0o755);
  for (const name of units)
    writeFileSync(join(dir, name), readFileSync(join(source, name), 'utf8').replaceAll('@PREFIX@', dir));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe.each(units)('%s', (name) => {
  it.skipIf(!hasSystemd)('is what systemd understands, and closed', () => {
    const said = spawnSync('systemd-analyze', ['verify', join(dir, name)], { encoding: 'utf8' });
    // Whether the user is there is the machine’s business.
    expect(said.stderr.split('\n').filter((line) => line.includes(name))).toEqual([]);
    const security = ['security', '--offline=true', `--threshold=${String(MOST_EXPOSED)}`, join(dir, name)];
    execFileSync('systemd-analyze', security, { stdio: 'ignore' });
  });

  it('has no rights, writes to the data folder only, and speaks to this machine only', () => {
    const text = readFileSync(join(source, name), 'utf8');
    for (const line of [
      'User=handrail',
      'NoNewPrivileges=yes',
      'CapabilityBoundingSet=',
      'ProtectSystem=strict',
      'PrivateDevices=yes',
      'SystemCallFilter=@system-service',
      'IPAddressDeny=any',
      'IPAddressAllow=localhost',
      'Restart=always',
    ])
      expect(text.split('\n')).toContain(line);
    expect(text.match(/^ReadWritePaths=(?!@PREFIX@\/data$)/m)).toBeNull();
  });
});

it.each(['packaging/systemd', 'asterisk/systemd'])(
  '%s: systemd kills only after the calls have had their time, and the rest is with the dialplan',
  (folder) => {
    const unit = readFileSync(join(projectRoot, folder, 'handrail.service'), 'utf8');
    const seconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]);
    const { drainMs } = loadConfig({ env: {}, cwd: dir }).calls;
    // As long and eight seconds more (ADR 30).
    expect(1_000 * seconds).toBeGreaterThanOrEqual(drainMs + 8_000);
  },
);

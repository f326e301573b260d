import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tinyBundle, type TinyBundle } from './testing/tiny-bundle.js';

/** The Python of this machine: what a bundle that was made here asks for. */
const python = execFileSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']).toString().trim();
/** Many programs are started, on a machine that may be busy. */
const PATIENCE_MS = 120_000;

let dir = '';
let prefix = '';
let first: TinyBundle;
let second: TinyBundle;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-install-'));
  prefix = join(dir, 'opt');
  first = await tinyBundle(dir, python, { version: '1.0.0' });
  second = await tinyBundle(dir, python, { version: '1.1.0' });
}, PATIENCE_MS);
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function install(
  { folder }: Pick<TinyBundle, 'folder'>,
  args: readonly string[] = [],
  env: Record<string, string> = {},
) {
  // A process group of its own, which the test of the power cut kills as a whole.
  const { status, stdout, stderr } = spawnSync('sh', [join(folder, 'install.sh'), '--prefix', prefix, ...args], {
    env: { ...process.env, HANDRAIL_PYTHON: '', ...env },
    encoding: 'utf8',
  });
  return { code: status, output: stdout + stderr };
}

const current = (): string => readlinkSync(join(prefix, 'current'));
const run = (): string => execFileSync(join(prefix, 'bin/handrail'), ['x']).toString();
const versions = (): string[] => readdirSync(join(prefix, 'versions')).filter((name) => !name.startsWith('.'));
const leftovers = (): string[] => readdirSync(join(prefix, 'versions')).filter((name) => name.startsWith('.new'));

describe('a machine that has nothing', () => {
  it('is given the version, its data folder, prompts and units', { timeout: PATIENCE_MS }, () => {
    const { code, output } = install(first);
    expect(code, output).toBe(0);
    expect(output).toContain('systemctl enable --now');
    expect(run()).toBe('handrail 1.0.0 x\n');
    expect(readFileSync(join(prefix, 'data/cache/prompts/0a.pcm'), 'utf8')).toBe('prompt of 1.0.0');
    expect(readFileSync(join(prefix, 'systemd/handrail.service'), 'utf8')).toBe(
      `ExecStart=${prefix}/bin/handrail run\n`,
    );
    const venv = join(prefix, 'current/.handrail/venv');
    const where = execFileSync(join(venv, 'bin/python'), ['-c', 'import sys; print(sys.prefix)']);
    expect(where.toString().trim()).toBe(venv);
    expect(install(first).output).toContain('current already');
  });
});

describe('an upgrade', () => {
  it('keeps two versions, and what is in the data folder', { timeout: PATIENCE_MS }, async () => {
    install(first);
    writeFileSync(join(prefix, 'data/mine'), 'kept');
    expect(install(second).output).toContain('is the current version');
    expect(run()).toBe('handrail 1.1.0 x\n');
    expect(readlinkSync(join(prefix, 'previous'))).toBe(`versions/${first.manifest.id}`);
    const third = await tinyBundle(dir, python, { version: '1.2.0' });
    expect(install(third).code).toBe(0);
    expect(versions().sort()).toEqual([second.manifest.id, third.manifest.id].sort());
    expect(readFileSync(join(prefix, 'data/mine'), 'utf8')).toBe('kept');
  });

  it('keeps an older version from which something still runs', { timeout: PATIENCE_MS }, async () => {
    const busy = await tinyBundle(dir, python, { version: '0.9.0', files: { 'node/bin/node': '' } });
    install(busy);
    const program = join(prefix, 'versions', busy.manifest.id, 'node/bin/sleep');
    execFileSync('cp', [execFileSync('sh', ['-c', 'command -v sleep']).toString().trim(), program]);
    const child = execFileSync('sh', ['-c', `"${program}" 300 >/dev/null 2>&1 & echo $!`])
      .toString()
      .trim();
    try {
      install(first);
      install(second);
      expect(versions()).toContain(busy.manifest.id);
    } finally {
      process.kill(Number(child));
    }
    const third = await tinyBundle(dir, python, { version: '1.2.0' });
    install(third);
    expect(versions()).not.toContain(busy.manifest.id);
  });
});

describe('a bad day of an upgrade, while the version of before stays', () => {
  const spoilt: readonly (readonly [string, RegExp, (folder: string) => void])[] = [
    ['a flipped bit', /handrail\.service/, (folder) => flip(join(folder, 'packaging/systemd/handrail.service'))],
    [
      'a half-copied bundle: a file that was cut off',
      /0a\.pcm/,
      (folder) => truncateSync(join(folder, '.handrail/cache/prompts/0a.pcm'), 3),
    ],
    [
      'a half-copied bundle: a file that is missing',
      /missing or foreign: handrail/,
      (folder) => rmSync(join(folder, 'handrail')),
    ],
    ['a file that nobody vouches for', /foreign: evil\.py/, (folder) => writeFileSync(join(folder, 'evil.py'), '')],
    ['a link that nobody vouches for', /foreign: evil/, (folder) => symlinkSync('/etc', join(folder, 'evil'))],
    [
      'a half-copied bundle: sums that are missing',
      /SHA256SUMS is missing/,
      (folder) => rmSync(join(folder, 'SHA256SUMS')),
    ],
    ['facts that were changed', /BUNDLE/, (folder) => appendFileSync(join(folder, 'BUNDLE'), 'id=x\n')],
  ];
  it.each(spoilt)('%s', { timeout: PATIENCE_MS }, (_name, words, spoil) => {
    install(first);
    spoil(second.folder);
    const { code, output } = install(second);
    expect(code).toBe(1);
    expect(output).toMatch(/HR_BUNDLE: /);
    expect(output).toMatch(words);
    expectStill(first);
  });

  it('the wrong architecture', { timeout: PATIENCE_MS }, async () => {
    install(first);
    const foreign = await tinyBundle(dir, python, { version: '1.2.0', target: { machine: 'sparc64' } });
    expect(install(foreign).output).toMatch(/for sparc64, and this machine is/);
    expectStill(first);
  });

  it('another Python', { timeout: PATIENCE_MS }, async () => {
    install(first);
    const later = await tinyBundle(dir, python, { version: '1.2.0', target: { python: '3.99' } });
    expect(install(later).output).toMatch(/Python 3\.99 was not found/);
    expect(install(first, [], { HANDRAIL_PYTHON: '/nowhere/python' }).output).toMatch(/was not found/);
    expectStill(first);
  });

  it('a version that does not pass its own check', { timeout: PATIENCE_MS }, async () => {
    install(first);
    const broken = await tinyBundle(dir, python, { version: '1.2.0', handrail: 'echo "no such library"; exit 1' });
    const { output } = install(broken);
    expect(output).toContain('no such library');
    expect(output).toContain('cannot run here');
    expectStill(first);
  });

  it('a bundle that the named people did not sign', { timeout: PATIENCE_MS }, async () => {
    for (const name of ['ours', 'theirs'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, name)]);
    const signers = join(dir, 'signers');
    writeFileSync(signers, `handrail ${readFileSync(join(dir, 'ours.pub'), 'utf8')}`);
    const theirs = await tinyBundle(dir, python, { version: '1.2.0', key: join(dir, 'theirs') });
    expect(install(theirs, ['--signers', signers]).output).toMatch(/signature is not one of handrail/);
    expect(install(first, ['--signers', signers]).output).toMatch(/not signed/);
    const ours = await tinyBundle(dir, python, { version: '1.3.0', key: join(dir, 'ours') });
    flip(join(ours.folder, 'SHA256SUMS'));
    expect(install(ours, ['--signers', signers]).output).toMatch(/signature is not one of handrail/);
    flip(join(ours.folder, 'SHA256SUMS'));
    expect(existsSync(join(prefix, 'current'))).toBe(false);
    expect(install(ours, ['--signers', signers]).code).toBe(0);
    expect(existsSync(`${ours.archive}.sig`)).toBe(true);
  });
});

/** Mounting needs a namespace of one's own, which some machines do not allow. */
const mayMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

describe.skipIf(!mayMount)('a bad day of an upgrade, a small disk', () => {
  /** Installs both, one after the other, on a disk with such limits; prints what is current then. */
  const installBoth = (limits: string): string => {
    mkdirSync(prefix);
    const script = `mount -t tmpfs -o ${limits} none "$PREFIX" || exit 9
      for folder; do sh "$folder/install.sh" --prefix "$PREFIX" 2>&1; done
      ls -A "$PREFIX/versions"; readlink "$PREFIX/current"; "$PREFIX/bin/handrail" x`;
    const args = ['-rm', 'sh', '-c', script, 'sh', first.folder, second.folder];
    return spawnSync('unshare', args, { env: { ...process.env, PREFIX: prefix }, encoding: 'utf8' }).stdout;
  };

  it('is told before anything is copied', { timeout: PATIENCE_MS }, () => {
    const output = installBoth('size=1m');
    expect(output).toMatch(/HR_BUNDLE: .* MB free, and \d+ MB are needed/);
    expect(output).not.toContain('Checking');
  });

  it('that is full in the middle of an upgrade keeps the version of before', { timeout: PATIENCE_MS }, async () => {
    second = await tinyBundle(dir, python, { version: '1.1.0', filler: 100 });
    const output = installBoth('size=100m,nr_inodes=80');
    expect(output).toMatch(/HR_BUNDLE: Copying failed: .*No space left/);
    expect(output).toContain(`.lock\n${first.manifest.id}\nversions/${first.manifest.id}\nhandrail 1.0.0 x`);
  });
});

it(
  'a bad day of an upgrade, power lost at any moment: a whole version is current, and the next try succeeds',
  { timeout: PATIENCE_MS },
  () => {
    install(first);
    const shims = join(dir, 'shims');
    const count = join(dir, 'count');
    mkdirSync(shims);
    for (const tool of ['cp', 'ln', 'mkdir', 'mv', 'rm', 'sed', 'sha256sum', 'sync']) {
      const real = execFileSync('sh', ['-c', `command -v ${tool}`])
        .toString()
        .trim();
      const shim = `#!/bin/sh\necho x >>"${count}"\n[ "$(wc -l <"${count}")" -lt "$KILL_AT" ] || kill -9 0\nexec ${real} "$@"\n`;
      writeFileSync(join(shims, tool), shim);
      chmodSync(join(shims, tool), 0o755);
    }
    const seen = new Set<string>();
    let killedAt = 0;
    for (let killed = true; killed;) {
      killedAt += 1;
      writeFileSync(count, '');
      const script = 'exec setsid --wait sh "$0/install.sh" --prefix "$1"';
      const env = { ...process.env, PATH: `${shims}:${process.env['PATH'] ?? ''}`, KILL_AT: String(killedAt) };
      const { status } = spawnSync('sh', ['-c', script, second.folder, prefix], { env });
      killed = status !== 0;
      seen.add(current());
      expect(execFileSync('sh', ['-c', `cd "${prefix}/current" && sha256sum -c SHA256SUMS`]).toString()).not.toContain(
        'FAILED',
      );
      expect(run()).toMatch(/^handrail 1\.[01]\.0 x\n$/);
    }
    expect(killedAt).toBeGreaterThan(15);
    expect([...seen]).toEqual([`versions/${first.manifest.id}`, `versions/${second.manifest.id}`]);
    expect(leftovers()).toEqual([]);
  },
);

function expectStill({ manifest }: TinyBundle): void {
  expect(current()).toBe(`versions/${manifest.id}`);
  expect(run()).toBe(`handrail ${manifest.version} x\n`);
  expect(versions()).toEqual([manifest.id]);
  expect(leftovers()).toEqual([]);
}

function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

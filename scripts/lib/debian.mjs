import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { run, works } from './exec.mjs';
import { SetupError, megabytes } from './report.mjs';

/**
 * Debian packages without root: an apt state of our own, `apt-get download`, `dpkg-deb -x` into a prefix, and the
 * prefix's own loader and libc to run what lies there. The host's package database is neither read nor changed.
 */
const suite = 'forky'; // the only Debian suite with Asterisk 22 and llama.cpp
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const canonicalMirror = 'http://deb.debian.org/debian';

const machines = {
  x64: { arch: 'amd64', triplet: 'x86_64-linux-gnu', loader: 'usr/lib64/ld-linux-x86-64.so.2' },
  arm64: { arch: 'arm64', triplet: 'aarch64-linux-gnu', loader: 'usr/lib/ld-linux-aarch64.so.1' },
};

/** Where loader and libraries lie in a prefix. */
export function prefixLayout(prefix) {
  const machine = machines[process.arch];
  if (!machine) throw new SetupError(`There are no Debian packages for this processor (${process.arch}).`);
  return { loader: join(prefix, machine.loader), lib: join(prefix, 'usr/lib', machine.triplet), arch: machine.arch };
}

/**
 * @param {{
 *   prefix: string,
 *   packages: string[],
 *   closureOf: string[],
 *   progress: (text: string) => void,
 * }} options `packages`: the small list that is known to suffice; `closureOf`: what to resolve fully where that list no
 * longer resolves, because the suite renamed a library
 * @returns {Promise<{ count: number, bytes: number }>} what was downloaded
 */
export async function unpackDebian({ prefix, packages, closureOf, progress }) {
  await needTools();
  const { arch } = prefixLayout(prefix);
  const state = `${prefix}.apt`;
  const debs = join(state, 'debs');
  rmSync(debs, { recursive: true, force: true });
  for (const dir of ['state/lists/partial', 'cache/archives/partial', 'etc/apt.conf.d', 'etc/preferences.d', 'debs']) {
    mkdirSync(join(state, dir), { recursive: true });
  }
  writeFileSync(join(state, 'state/status'), '');
  writeFileSync(join(state, 'apt.conf'), aptConf(state, arch));
  const env = { ...process.env, APT_CONFIG: join(state, 'apt.conf'), LC_ALL: 'C' };

  await updateFromFirstMirror(state, env, progress);
  progress(`downloading ${packages.length} packages`);
  if (!(await works('apt-get', ['-qq', 'download', ...packages], { cwd: debs, env }))) {
    progress('the short list does not resolve any more: taking all dependencies');
    const fromEmpty = ['-qq', '-y', '--download-only', 'install', ...closureOf];
    await run('apt-get', fromEmpty, { cwd: debs, env });
    const archives = join(state, 'cache/archives');
    for (const name of readdirSync(archives).filter(isDeb)) copyFileSync(join(archives, name), join(debs, name));
  }

  const names = readdirSync(debs).filter(isDeb).sort();
  rmSync(prefix, { recursive: true, force: true });
  mkdirSync(prefix, { recursive: true });
  let bytes = 0;
  const sums = [];
  for (const [index, name] of names.entries()) {
    progress(`unpacking ${index + 1} of ${names.length}`);
    const content = readFileSync(join(debs, name));
    bytes += content.length;
    sums.push(`${createHash('sha256').update(content).digest('hex')}  ${name}`);
    await run('dpkg-deb', ['-x', join(debs, name), prefix]);
  }
  // The suite moves on: this list tells afterwards exactly what was run.
  writeFileSync(join(prefix, 'DEBS.sha256'), `${sums.join('\n')}\n`);
  rmSync(state, { recursive: true, force: true });
  return { count: names.length, bytes };
}

/** `N packages, M MB`, for the line that ends a step. */
export function unpacked({ count, bytes }) {
  return `${count} packages, ${megabytes(bytes)}`;
}

async function needTools() {
  const haveApt = (await works('apt-get', ['--version'])) && (await works('dpkg-deb', ['--version']));
  if (!haveApt) {
    throw new SetupError(
      'apt-get and dpkg-deb are not on this system.',
      'Use a Debian-like system, or name an Asterisk of your own in handrail.config.json (ari.url).',
    );
  }
  if (!existsSync(keyring)) {
    throw new SetupError('Debian’s signing keys are missing.', 'Install the package debian-archive-keyring.');
  }
}

async function updateFromFirstMirror(state, env, progress) {
  const mirrors = [...new Set([...hostMirrors(), canonicalMirror])];
  for (const [index, mirror] of mirrors.entries()) {
    writeFileSync(join(state, 'sources.list'), `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`);
    progress('reading the package lists');
    try {
      await run('apt-get', ['-qq', '-o', 'APT::Update::Error-Mode=any', 'update'], { env });
      return;
    } catch (error) {
      if (index === mirrors.length - 1) throw error;
    }
  }
}

/** The Debian mirrors that this host uses: one-line style and deb822; on other distributions there are none. */
function hostMirrors() {
  const files = ['/etc/apt/sources.list'];
  const parts = '/etc/apt/sources.list.d';
  if (existsSync(parts)) files.push(...readdirSync(parts).map((name) => join(parts, name)));
  return files
    .filter((file) => /\.(list|sources)$/.test(file) && existsSync(file))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => /^\s*(deb\s|URIs:)/i.test(line))
    .flatMap((line) => line.match(/https?:\/\/\S+\/debian\/?(?=\s|$)/g) ?? []);
}

function isDeb(name) {
  return name.endsWith('.deb');
}

function aptConf(state, arch) {
  return `Dir "${state}/";
Dir::State "${state}/state/";
Dir::State::status "${state}/state/status";
Dir::Cache "${state}/cache/";
Dir::Etc "${state}/etc/";
Dir::Etc::SourceList "${state}/sources.list";
Dir::Etc::SourceParts "-";
Dir::Etc::Main "${state}/apt.conf";
Dir::Etc::Parts "apt.conf.d";
APT::Architecture "${arch}";
APT::Architectures { "${arch}"; };
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::http::Timeout "20";
// A mirror may be frozen: a Release file past its Valid-Until is normal there. Signatures and hashes are still checked.
Acquire::Check-Valid-Until "false";
`;
}

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createSocket } from 'node:dgram';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Clock, sleep } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import { homeDir, projectRoot } from '../kernel/paths.js';

/** What the rendered configuration says. Ports are on 127.0.0.1. */
export interface PrivatePbxOptions {
  /** Folder of this instance: configuration, log, sockets. Made anew at every start. */
  runDir: string;
  /** UDP. */
  sipPort: number;
  /** TCP: ARI, REST and events. */
  httpPort: number;
  /** UDP, first port of Asterisk's RTP range. */
  rtpStart: number;
  /** UDP, last port of Asterisk's RTP range. */
  rtpEnd: number;
  /** Letters and digits. */
  ariPassword: string;
  /** Letters and digits. */
  softphonePassword: string;
  clock: Clock;
  log: Logger;
  /** Where the Debian packages are unpacked. @defaultValue HANDRAIL_HOME/pbx/prefix */
  prefix?: string;
  /** Where the dialplan copy of the flow lies, for this start and the next. @defaultValue `dialplan` in runDir, made anew as that */
  dialplanDir?: string;
}

export interface PrivatePbx {
  /** For example http://127.0.0.1:8088 */
  ariUrl: string;
  ariUser: string;
  sipHost: string;
  sipPort: number;
  pid: number;
  /** Runs one command of Asterisk's own command line and gives what it printed. @throws {HandrailError} HR_PBX_FAILED */
  cli(command: string): Promise<string>;
  /** Resolves when the process is gone: about 2 s, at most 6 s. Calling it again is harmless. */
  stop(): Promise<void>;
  /** Resolves when the process has ended, by `stop` or by itself. */
  ended: Promise<void>;
}

const host = '127.0.0.1';
const ariUser = 'handrail';
const bootWithinMs = 15_000;
const termWithinMs = 5_000;
const pollMs = 50;
const lastLogLines = 15;

/** Loaders of the processors that Debian's packages exist for, inside the prefix. */
const loaders = [
  { loader: 'usr/lib64/ld-linux-x86-64.so.2', lib: 'usr/lib/x86_64-linux-gnu' },
  { loader: 'usr/lib/ld-linux-aarch64.so.1', lib: 'usr/lib/aarch64-linux-gnu' },
] as const;

export const defaultPrefix = join(homeDir, 'pbx/prefix');

/** Whether set-up has unpacked an Asterisk there. */
export function privatePbxInstalled(prefix: string = defaultPrefix): boolean {
  return (
    loaders.some(({ loader }) => existsSync(join(prefix, loader))) && existsSync(join(prefix, 'usr/sbin/asterisk'))
  );
}

/**
 * Starts an Asterisk of our own as a child process, without root, and waits until it is fully booted.
 *
 * @throws {HandrailError} HR_PORT_IN_USE when a SIP or HTTP port is taken, HR_PBX_FAILED with Asterisk's last log lines when
 * it ends or is not booted within 15 s; no process is left in either case
 */
export async function startPrivatePbx(options: PrivatePbxOptions): Promise<PrivatePbx> {
  const { runDir, clock, log, sipPort, httpPort } = options;
  await stopLeftOver(runDir, clock);
  await needFree('tcp', httpPort, 'ARI (HTTP)');
  await needFree('udp', sipPort, 'SIP');
  const asterisk = asteriskCommand(options.prefix ?? defaultPrefix, runDir);
  render(options, asterisk);

  // A process group of its own: a terminal's Ctrl-C must reach the controller, which then ends calls and Asterisk in order.
  const child = spawn(asterisk.command, [...asterisk.args, '-f'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, HOSTALIASES: ownNameStaysHere(runDir) },
  });
  const tail = lastLinesOf(child);
  let running = true;
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      running = false;
      resolve();
    };
    child.once('exit', end);
    child.once('error', (cause) => {
      tail.push(cause.message);
      end();
    });
  });
  const stop = async (): Promise<void> => {
    if (!running) return;
    child.kill('SIGTERM');
    const cancel = clock.after(termWithinMs, () => child.kill('SIGKILL'));
    await ended;
    cancel();
  };
  const cli = (command: string): Promise<string> => remoteCommand(asterisk, command);

  const deadlineMs = clock.nowMs() + bootWithinMs;
  while (!((await isBooted(cli)) && (await ariAnswers(options)))) {
    if (running && clock.nowMs() < deadlineMs) {
      await Promise.race([sleep(clock, pollMs), ended]);
      continue;
    }
    const why = running ? `It was not ready within ${String(bootWithinMs / 1000)} s.` : 'It ended by itself.';
    await stop();
    throw new HandrailError('HR_PBX_FAILED', [why, ...tail].join('\n    '));
  }
  const pid = child.pid ?? 0;
  log.info({ pid, sipPort, httpPort }, 'private Asterisk is up');
  return {
    ariUrl: `http://${host}:${String(httpPort)}`,
    ariUser,
    sipHost: host,
    sipPort,
    pid,
    cli,
    stop,
    ended,
  };
}

/** Ports of 127.0.0.1 that were free a moment ago, and a range for RTP: for tests and for a second instance beside the first. */
export async function freePbxPorts(): Promise<Pick<PrivatePbxOptions, 'sipPort' | 'httpPort' | 'rtpStart' | 'rtpEnd'>> {
  const [sipPort, httpPort, rtpSeed] = await Promise.all([freePort('udp'), freePort('tcp'), freePort('udp')]);
  // An even start with 400 ports is room for 100 calls of two legs each. Asterisk itself skips a port that is taken.
  const rtpStart = Math.min(rtpSeed - (rtpSeed % 2), 65_000);
  return { sipPort, httpPort, rtpStart, rtpEnd: rtpStart + 399 };
}

/** Ends the Asterisk that an earlier controller left in this folder when it was killed. */
async function stopLeftOver(runDir: string, clock: Clock): Promise<void> {
  const pid = Number(readIfThere(join(runDir, 'run/asterisk.pid')));
  const isOurs = (): boolean => pid > 0 && readIfThere(`/proc/${String(pid)}/cmdline`).includes(join(runDir, 'etc'));
  const signals = [
    { signal: 'SIGTERM', waitMs: termWithinMs },
    { signal: 'SIGKILL', waitMs: 1_000 },
  ] as const;
  for (const { signal, waitMs } of signals) {
    if (isOurs()) process.kill(pid, signal);
    for (const untilMs = clock.nowMs() + waitMs; isOurs() && clock.nowMs() < untilMs;) await sleep(clock, pollMs);
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function isBooted(cli: PrivatePbx['cli']): Promise<boolean> {
  return (await cli('core waitfullybooted').catch(() => '')).includes('fully booted');
}

/** Asterisk calls itself booted a moment before it gives up because a required module is missing, so ask for what is needed. */
async function ariAnswers({ httpPort, ariPassword }: PrivatePbxOptions): Promise<boolean> {
  const authorization = `Basic ${Buffer.from(`${ariUser}:${ariPassword}`).toString('base64')}`;
  try {
    const answer = await fetch(`http://${host}:${String(httpPort)}/ari/asterisk/info`, { headers: { authorization } });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

export interface AsteriskCommand {
  command: string;
  args: string[];
  lib: string;
  prefix: string;
}

export function asteriskCommand(prefix: string, runDir: string): AsteriskCommand {
  const layout = loaders.find(({ loader }) => existsSync(join(prefix, loader)));
  if (!layout)
    throw new HandrailError('HR_PBX_FAILED', `There is no Asterisk in ${prefix}; \`npm start\` puts it there.`);
  const lib = join(prefix, layout.lib);
  const binary = join(prefix, 'usr/sbin/asterisk');
  const args = ['--library-path', lib, binary, '-C', join(runDir, 'etc/asterisk.conf')];
  return { command: join(prefix, layout.loader), args, lib, prefix };
}

/** Fills the templates of asterisk/etc. Every value is checked first, so that none can add a line to a configuration. */
function render(options: PrivatePbxOptions, { prefix, lib }: AsteriskCommand): void {
  const { runDir } = options;
  const values: Record<string, string> = {
    RUN: safePath(runDir),
    DIALPLAN: safePath(options.dialplanDir ?? join(runDir, 'dialplan')),
    PREFIX: safePath(prefix),
    LIB: safePath(lib),
    SIP_PORT: port(options.sipPort),
    HTTP_PORT: port(options.httpPort),
    RTP_START: port(options.rtpStart),
    RTP_END: port(options.rtpEnd),
    ARI_PASSWORD: password(options.ariPassword),
    SOFTPHONE_PASSWORD: password(options.softphonePassword),
  };
  rmSync(runDir, { recursive: true, force: true });
  for (const dir of ['etc', 'lib', 'cache', 'run', 'log', 'agi', 'spool/recording', 'spool/tmp', 'spool/monitor']) {
    mkdirSync(join(runDir, dir), { recursive: true, mode: 0o700 });
  }
  const templates = join(projectRoot, 'asterisk/etc');
  for (const name of readdirSync(templates).filter((file) => file.endsWith('.in'))) {
    const text = readFileSync(join(templates, name), 'utf8').replace(/@([A-Z_]+)@/g, (whole, key: string) => {
      return values[key] ?? whole;
    });
    writeFileSync(join(runDir, 'etc', name.slice(0, -'.in'.length)), text, { mode: 0o600 });
  }
}

/**
 * At its start pjproject looks up this machine's own name, also by IPv6, which /etc/hosts rarely has: a query to the
 * resolver that nobody needs. A host alias (hostname(7)) that is no name, because a label has at most 63 characters, makes
 * the lookup end before anything is sent. Aliases are for names without a dot only.
 *
 * @returns the file for HOSTALIASES
 */
function ownNameStaysHere(runDir: string): string {
  const file = join(runDir, 'etc/hostaliases');
  writeFileSync(file, `${hostname()} ${'x'.repeat(64)}\n`, { mode: 0o600 });
  return file;
}

function port(value: number): string {
  if (Number.isInteger(value) && value > 0 && value < 65_536) return String(value);
  throw new HandrailError('HR_PBX_FAILED', `${String(value)} is not a port.`);
}

function password(value: string): string {
  if (/^[A-Za-z0-9_-]{8,}$/.test(value)) return value;
  throw new HandrailError(
    'HR_PBX_FAILED',
    'A password of the private PBX has other than letters, digits, - and _, or is short.',
  );
}

/** A `;` would begin a comment in Asterisk's files. */
function safePath(value: string): string {
  if (!/[;\n\r]/.test(value)) return value;
  throw new HandrailError('HR_PBX_FAILED', `Asterisk cannot use a path with ";": ${value}`);
}

/** Runs one command on the Asterisk that serves this folder. @throws {HandrailError} HR_PBX_FAILED */
export function remoteCommand(asterisk: AsteriskCommand, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = [...asterisk.args, '-rx', command];
    execFile(asterisk.command, args, { timeout: bootWithinMs }, (error, stdout, stderr) => {
      if (error) reject(new HandrailError('HR_PBX_FAILED', `\`${command}\`: ${stderr.trim() || stdout.trim()}`));
      else resolve(stdout);
    });
  });
}

/** Asterisk's console, kept as its last lines; a growing array that never exceeds them. */
function lastLinesOf(child: ChildProcess): string[] {
  const tail: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      tail.push(...text.split('\n').filter((line) => line.trim() !== ''));
      tail.splice(0, Math.max(0, tail.length - lastLogLines));
    });
  }
  return tail;
}

async function needFree(kind: 'tcp' | 'udp', wanted: number, use: string): Promise<void> {
  try {
    await bindOnce(kind, wanted);
  } catch (cause) {
    throw new HandrailError('HR_PORT_IN_USE', `${use}: ${host}:${String(wanted)}/${kind}.`, { cause });
  }
}

/** Whether a program could listen there now. */
export function isPortFree(kind: 'tcp' | 'udp', wanted: number, address: string): Promise<boolean> {
  return bindOnce(kind, wanted, address).then(
    () => true,
    () => false,
  );
}

function freePort(kind: 'tcp' | 'udp'): Promise<number> {
  return bindOnce(kind, 0);
}

/** Binds, tells the port that it got, and lets it go. */
function bindOnce(kind: 'tcp' | 'udp', wanted: number, address: string = host): Promise<number> {
  return new Promise((resolve, reject) => {
    if (kind === 'udp') {
      const socket = createSocket('udp4');
      socket.once('error', reject);
      socket.bind(wanted, address, () => {
        const { port: got } = socket.address();
        socket.close(() => resolve(got));
      });
      return;
    }
    const server = createServer();
    server.once('error', reject);
    server.listen(wanted, address, () => {
      const bound = server.address();
      const got = typeof bound === 'object' && bound ? bound.port : wanted;
      server.close(() => resolve(got));
    });
  });
}

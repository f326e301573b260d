import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unpack, usualEnding, type Manifest } from '../src/bundle/index.js';
import { commandScript } from '../src/cli/controller-process.js';
import { freePbxPorts } from '../src/cli/private-pbx.js';
import { sleep, systemClock } from '../src/kernel/clock.js';
import { HandrailError } from '../src/kernel/errors.js';
import { homeDir } from '../src/kernel/paths.js';
import { SipCaller } from '../src/sip-caller/index.js';
import { MachineProbe, type MachineRecord } from './machine.js';
import { readOptions, report } from './tools.js';

const execute = promisify(execFile);
const UP_WITHIN_MS = 300_000;
const STOPPED_WITHIN_MS = 15_000;
const POLL_MS = 100;
const HEARD_WITHIN_MS = 10_000;

export interface BundleFigures {
  readonly machine: MachineRecord;
  readonly packedBytes: number;
  readonly installedBytes: number;
  readonly packedInMs: number;
  readonly unpackedInMs: number;
  /** `install.sh`, with its checks. */
  readonly installedInMs: number;
  /** `handrail start`, the first one: the recogniser’s graph is made. */
  readonly startedInMs: number;
  /** From the beginning of `install.sh` to the first sound of the first call. */
  readonly firstCallInMs: number;
}

/** `npm run bench -- bundle`: packs this Handrail, installs it beside, starts it on free ports and calls it. */
export async function benchBundle(args: readonly string[], print: (line: string) => void): Promise<void> {
  const { json } = readOptions(args, ['json']);
  const dir = mkdtempSync(join(tmpdir(), 'handrail-bench-bundle-'));
  try {
    const figures = await measure(dir, print);
    const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
    await report(figures, json, print);
    print(`packed       ${megabytes(figures.packedBytes)} in ${seconds(figures.packedInMs)}`);
    print(`unpacked     in ${seconds(figures.unpackedInMs)}`);
    print(`installed    ${megabytes(figures.installedBytes)} in ${seconds(figures.installedInMs)}`);
    print(`first start  in ${seconds(figures.startedInMs)}`);
    print(`first call   heard ${seconds(figures.firstCallInMs)} after the beginning of the installation`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measure(dir: string, print: (line: string) => void): Promise<BundleFigures> {
  const clock = systemClock;
  const machine = new MachineProbe();
  const archive = join(dir, `bundle${await usualEnding()}`);
  const prefix = join(dir, 'opt');
  const timed = async (what: string, work: () => Promise<unknown>): Promise<number> => {
    print(`${what} …`);
    const begunMs = clock.nowMs();
    await work();
    return clock.nowMs() - begunMs;
  };
  const packedInMs = await timed('packing', () =>
    execute(process.execPath, [commandScript(), 'bundle', '--out', archive]),
  );
  const packedBytes = statSync(archive).size;
  const unpackedInMs = await timed('unpacking', () => unpack(archive, dir, 'HR_BUNDLE'));
  const folder = readdirSync(dir).find((name) => name.startsWith('handrail-')) ?? '';
  const manifest = JSON.parse(await readFile(join(dir, folder, 'MANIFEST.json'), 'utf8')) as Manifest;

  const beginMs = clock.nowMs();
  const env = { ...process.env, HANDRAIL_PYTHON: realpathSync(join(homeDir, 'venv/bin/python')) };
  const installedInMs = await timed('installing', () =>
    execute('sh', [join(dir, folder, 'install.sh'), '--prefix', prefix], { env }),
  );
  const { sipPort, ...ports } = await freePbxPorts();
  const service = spawn(join(prefix, 'bin/handrail'), ['start', '--no-demo'], {
    env: {
      ...process.env,
      HANDRAIL_DATA: join(prefix, 'data'),
      HANDRAIL_CACHE: join(prefix, 'data/cache'),
      HANDRAIL_PBX_SIP_PORT: String(sipPort),
      HANDRAIL_PBX_HTTP_PORT: String(ports.httpPort),
      HANDRAIL_PBX_RTP_START: String(ports.rtpStart),
      HANDRAIL_PBX_RTP_END: String(ports.rtpEnd),
      HANDRAIL_ADMIN_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const startedInMs = await timed('starting', () => up(service));
    const call = await SipCaller.place({ host: '127.0.0.1', port: sipPort, extension: '100' });
    const heard = await call.waitForSpeech({ afterMs: call.answeredMs, timeoutMs: HEARD_WITHIN_MS });
    const { latenessMs } = call.stats;
    await call.hangup();
    if (!heard) throw new HandrailError('HR_CALL_FAILED', 'The installed Handrail did not speak.');
    return {
      machine: machine.record(latenessMs.p99),
      packedBytes,
      installedBytes: manifest.bytes,
      packedInMs,
      unpackedInMs,
      installedInMs,
      startedInMs,
      firstCallInMs: heard.firstVoicedMs - beginMs,
    };
  } finally {
    await stop(service);
  }
}

async function up(service: ChildProcess): Promise<void> {
  let said = '';
  service.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const untilMs = systemClock.nowMs() + UP_WITHIN_MS;
  while (!said.includes('Handrail is up')) {
    if (service.exitCode !== null || systemClock.nowMs() > untilMs)
      throw new HandrailError('HR_SETUP_FAILED', `The installed Handrail did not start:\n${said}`);
    await sleep(systemClock, POLL_MS);
  }
}

async function stop(service: ChildProcess): Promise<void> {
  service.kill('SIGTERM');
  const untilMs = systemClock.nowMs() + STOPPED_WITHIN_MS;
  while (service.exitCode === null && service.signalCode === null && systemClock.nowMs() < untilMs)
    await sleep(systemClock, POLL_MS);
}

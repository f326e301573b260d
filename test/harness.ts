import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import type { HealthReport } from '../src/admin/index.js';
import { askAdmin, type AdminRequest } from '../src/cli/admin-client.js';
import { startControllerProcess, type ControllerProcess } from '../src/cli/controller-process.js';
import { startStack, type Stack, type StackOptions } from '../src/cli/stack.js';
import { sleep, systemClock } from '../src/kernel/clock.js';
import { silentLogger } from '../src/kernel/log.js';
import { SipCaller, type CallerCall, type PlaceOptions } from '../src/sip-caller/index.js';
import type { StoredCall } from '../src/store/port.js';
import { processesMarked } from './support/processes.js';
import { Sounds } from './support/sounds.js';
import { TestCall } from './support/test-call.js';

/** What lines use that are told nothing else: the whole suite can be run on either. */
export const mediaTransport = process.env['HANDRAIL_MEDIA_TRANSPORT'] ?? 'rtp';
/** How long Asterisk and controller may take to clear away a call that has ended, on a busy machine. */
const CLEARED_WITHIN_MS = 15_000;
const ENGINES_WITHIN_MS = 60_000;
const RECORD_WITHIN_MS = 10_000;
const POLL_MS = 100;

/** One running Handrail with its own Asterisk, engines, ports and data folder. */
export class TestLine {
  readonly sounds = new Sounds();
  #serial = 0;
  /** The one that serves: the stack's own, until a test starts another. */
  #controller: ControllerProcess;
  readonly #phones = new Set<CallerCall>();

  private constructor(
    readonly stack: Stack,
    readonly dataDir: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {
    this.#controller = stack.controller;
  }

  static async open(options: LineOptions = {}): Promise<TestLine> {
    const dataDir = mkdtempSync(join(tmpdir(), 'handrail-test-'));
    try {
      const { prepare, ...rest } = options;
      // Tests of the dialog need speech however busy the machine is; what is measured has tests of its own.
      const env = { HANDRAIL_CALLS_ADMISSION: 'count', ...rest.env, ...(await prepare?.(dataDir)) };
      const stack = await startStack({ clock: systemClock, log: silentLogger, dataDir, ...rest, env });
      const line = new TestLine(stack, dataDir, env);
      await line.enginesUp();
      return line;
    } catch (error) {
      rmSync(dataDir, { recursive: true, force: true });
      throw error;
    }
  }

  /** Calls the line under a number of its own, so that its record can be told from all others. */
  async call(options: Partial<PlaceOptions> = {}): Promise<TestCall> {
    const callerId = options.callerId ?? `7${String(++this.#serial).padStart(4, '0')}`;
    const call = await SipCaller.place({
      host: this.stack.sipHost,
      port: this.stack.sipPort,
      extension: this.stack.extension,
      clock: systemClock,
      ...options,
      callerId,
    });
    this.#phones.add(call);
    void call.ended.then(() => this.#phones.delete(call));
    return new TestCall(call, callerId, this);
  }

  /** Waits until no engine is starting or resting any more; calls are taken before, on the keypad. */
  async enginesUp(): Promise<void> {
    const up = await until(ENGINES_WITHIN_MS, async () => {
      const { parts } = (await (await fetch(new URL('/readyz', this.#controller.adminUrl))).json()) as HealthReport;
      return parts.every(({ state }) => state === 'ready' || state === 'absent') ? true : undefined;
    });
    expect(up, 'engines are up').toBe(true);
  }

  /** Asks the API of the controller that serves, as a command of this machine does. */
  ask(path: string, request?: AdminRequest): Promise<unknown> {
    return askAdmin({ adminUrl: this.#controller.adminUrl, dataDir: this.dataDir }, path, request);
  }

  /** The record of a caller's call as the admin API gives it at this moment. */
  async record(callerId: string): Promise<StoredCall | undefined> {
    const query = new URLSearchParams({ caller: callerId });
    const calls = (await this.ask(`/api/calls?${query}`)) as readonly StoredCall[];
    return calls[0];
  }

  /** The record once it says what is waited for. @throws when it does not within ten seconds, with what it says */
  async recordWhen(callerId: string, holds: (call: StoredCall) => boolean): Promise<StoredCall> {
    const found = await until(RECORD_WITHIN_MS, async () => {
      const call = await this.record(callerId);
      return call && holds(call) ? call : undefined;
    });
    if (found) return found;
    throw new Error(`not in the record: ${JSON.stringify(await this.record(callerId), undefined, 1)}`);
  }

  /** Starts a controller beside the Asterisk of this line, which has one or had one: its readiness or its error. */
  async startController(): Promise<void> {
    this.#controller = await startControllerProcess([], this.controllerEnv(), systemClock);
    await this.enginesUp();
  }

  /** What a controller is told to work with this line's Asterisk. */
  controllerEnv(): Record<string, string> {
    const { ariUrl, ariUser } = this.stack.pbx;
    const ariConf = readFileSync(join(this.dataDir, 'pbx/etc/ari.conf'), 'utf8');
    return {
      HANDRAIL_DATA: this.dataDir,
      HANDRAIL_ARI_URL: ariUrl,
      HANDRAIL_ARI_USER: ariUser,
      HANDRAIL_ARI_PASSWORD: /^password *= *(\S+)/m.exec(ariConf)?.[1] ?? '',
      HANDRAIL_ADMIN_PORT: '0',
      ...this.env,
    };
  }

  async stopControllers(): Promise<void> {
    await this.#controller.stop();
    await this.stack.controller.stop();
  }

  async channels(): Promise<string[]> {
    return lines(await this.stack.pbx.cli('core show channels concise'));
  }

  /** The names of our own ends of calls’ audio, over either transport. */
  async mediaChannels(): Promise<string[]> {
    const names = (await this.channels()).map((channel) => channel.split('!')[0] ?? '');
    return names.filter((name) => /^(WebSocket|UnicastRTP)\//.test(name));
  }

  /** One line a bridge. */
  async bridges(): Promise<string[]> {
    return lines(await this.stack.pbx.cli('bridge show all')).slice(1);
  }

  /** Every process of this line: controller, engines, Asterisk. */
  processes(): { readonly pid: number; readonly command: string }[] {
    return processesMarked(this.dataDir);
  }

  async cleared(): Promise<void> {
    await until(CLEARED_WITHIN_MS, async () => ((await this.channels()).length === 0 ? true : undefined));
    await until(CLEARED_WITHIN_MS, async () => ((await this.bridges()).length === 0 ? true : undefined));
    expect({ channels: await this.channels(), bridges: await this.bridges() }).toEqual({ channels: [], bridges: [] });
  }

  /** Ends the calls that a failed test left open. */
  async hangupAll(): Promise<void> {
    await Promise.all([...this.#phones].map((phone) => phone.hangup()));
  }

  async stop(): Promise<void> {
    await this.stopControllers();
    await this.stack.stop();
  }

  async close(): Promise<void> {
    await this.hangupAll();
    await this.stop();
    await this.sounds.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

export interface LineOptions extends Partial<Pick<StackOptions, 'args' | 'env' | 'ports' | 'restart'>> {
  /** Puts files into the data folder before the start; what it returns is added to `env`. */
  readonly prepare?: (dataDir: string) => Promise<Record<string, string>> | Record<string, string>;
}

/** Starts one line for all tests of a file and stops it after them. */
export function useLine(options: LineOptions = {}): () => TestLine {
  let line: TestLine | undefined;
  beforeAll(async () => {
    line = await TestLine.open(options);
  });
  afterAll(async () => {
    await line?.close();
  });
  return () => {
    if (!line) throw new Error('the line is not up');
    return line;
  };
}

/** The last test of each file: the calls left no channel and no bridge, and stopping the line leaves no process. */
export async function expectNothingLeft(line: TestLine): Promise<void> {
  await line.hangupAll();
  await line.cleared();
  // Asterisk, controller, Whisper and Piper at least: else the look at /proc would prove nothing.
  expect(line.processes().length).toBeGreaterThanOrEqual(4);
  await line.stop();
  await until(CLEARED_WITHIN_MS, () => (line.processes().length === 0 ? true : undefined));
  expect(line.processes()).toEqual([]);
}

/** Looks again and again until something is there; `undefined` when it did not come in time. */
export async function until<T>(
  timeoutMs: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T | undefined> {
  const deadlineMs = systemClock.nowMs() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined || systemClock.nowMs() >= deadlineMs) return found;
    await sleep(systemClock, POLL_MS);
  }
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KeptProcess, type ChildHandle } from '../../src/cli/kept-process.js';
import { spawnLifeline } from '../../src/cli/lifeline-process.js';
import { freePbxPorts, startPrivatePbx, type PrivatePbx } from '../../src/cli/private-pbx.js';
import { systemClock } from '../../src/kernel/clock.js';
import { silentLogger } from '../../src/kernel/log.js';
import { homeDir } from '../../src/kernel/paths.js';
import { TestLine, until } from '../harness.js';
import { cafeNode, cafeWith } from '../support/flows.js';
import type { TestCall } from '../support/test-call.js';
import { AriProxy } from './inject/ari-proxy.js';
import { Inspector } from './inject/inspector.js';
import { WebService } from './inject/web-service.js';

/**
 * - `questions`: the call begins where the language model answers
 * - `tools`: what a caller keys is asked of a web service
 * - `few`: so few calls have speech that a row can have more
 * - `two-lifelines`: each acts as if it were alone
 * - the others lack a mechanism: what it keeps must break without it
 */
export type WorldKind = 'usual' | 'questions' | 'tools' | 'few' | 'two-lifelines' | Without;
type Without = 'no-deadline' | 'no-lifeline' | 'no-dialplan';
/** As late as the settings allow, and with it the recogniser, whose own deadline would else be first. */
const noDeadline = { HANDRAIL_DIALOG_TURN_DEADLINE_MS: '5000', HANDRAIL_STT_DEADLINE_MS: '10000' } as const;

export type EngineName = 'whisper' | 'piper' | 'llm';

const READY_WITHIN_MS = 90_000;
/** A deadline after which somebody waits for nothing; and what is said when the service gave nothing. */
export const TOOL_DEADLINE_MS = 1_500;
export const TOOL_FAILED = 'I cannot see the orders at this moment.';
/** Shorter than the café's own, as every row waits for it, and longer than it takes a fault to come in the middle of it. */
const GREETING = 'Corner Café, hello! You can order a drink, or ask me something.';
/** The controller needs half of it; a row fills the rest. */
const HEAP_MB = 256;
/** The language model's server is a stand-in and needs little; a row fills it. */
const MODEL_HEAP_MB = 32;
const here = (name: string): string => fileURLToPath(new URL(`./inject/${name}`, import.meta.url));

/** Calls that a line of the kind `few` serves with speech. */
export const FEW = 4;

/**
 * A Handrail that can be broken from outside: its own Asterisk behind a proxy, engines behind a wrapper, a language model of
 * ours, a lifeline of its own, and a port for the inspector. The product in it is the product.
 */
export class World {
  /** Share of the callers' packets that is lost, either way. */
  loss = 0;
  readonly #words = new Map<string, Promise<Int16Array>>();
  #pbx: PrivatePbx;

  private constructor(
    private readonly kind: WorldKind,
    readonly line: TestLine,
    readonly proxy: AriProxy,
    readonly lifeline: KeptProcess,
    private readonly ports: Awaited<ReturnType<typeof freePbxPorts>>,
    private readonly inspectPort: number,
    private readonly modeFile: string,
    private model: Model | undefined,
    /** What the flow of the kind `tools` asks. */
    readonly service: WebService,
    private readonly second: ChildHandle | undefined,
  ) {
    this.#pbx = line.stack.pbx;
  }

  static async open(kind: WorldKind): Promise<World> {
    const ports = await freePbxPorts();
    const inspectPort = (await freePbxPorts()).httpPort;
    const proxy = await AriProxy.open(ports.httpPort);
    const service = await WebService.open();
    let modeFile = '';
    let model: Model | undefined;
    const line = await TestLine.open({
      restart: true,
      ports: { ...ports, adminPort: 0 },
      prepare: async (dataDir) => {
        modeFile = join(dataDir, 'chaos-mode.json');
        model = kind === 'questions' ? await startModel(modeFile, 0) : undefined;
        return {
          HANDRAIL_HOME: brokenHome(dataDir),
          HANDRAIL_CHAOS_MODE: modeFile,
          HANDRAIL_ARI_URL: proxy.url,
          // The lifeline goes straight to Asterisk: what is cut is the controller's line only.
          HANDRAIL_LIFELINE_ENABLED: 'false',
          NODE_OPTIONS: `--inspect-port=127.0.0.1:${String(inspectPort)} --max-old-space-size=${String(HEAP_MB)}`,
          ...(kind === 'no-deadline' ? noDeadline : {}),
          HANDRAIL_CALLS_MAX: kind === 'few' ? String(FEW) : '32',
          ...(model
            ? { HANDRAIL_LLM_ENGINE: 'openai', HANDRAIL_LLM_URL: `http://127.0.0.1:${String(model.port)}` }
            : { HANDRAIL_LLM_ENGINE: 'off' }),
          HANDRAIL_TOOLS_HOSTS: service.host,
          ...cafeWith(
            dataDir,
            { main: { prompt: GREETING }, ...(kind === 'tools' ? nodesAsking(service) : {}) },
            model ? { start: 'questions' } : {},
          ),
        };
      },
    });
    const watch = lifelineOf(line);
    const kept = { spawn: watch, clock: systemClock, random: () => 0.5, onEvent: () => undefined };
    const lifeline = new KeptProcess(watch(), kept);
    if (kind === 'no-lifeline') await lifeline.stop();
    const second = kind === 'two-lifelines' ? watch() : undefined;
    if (kind === 'no-dialplan') await line.stack.pbx.cli('dialplan remove context handrail-keypad');
    return new World(kind, line, proxy, lifeline, ports, inspectPort, modeFile, model, service, second);
  }

  /** From now on this engine's answers are so; without a mode all are as they should be. */
  mode(engine?: EngineName, mode?: string): void {
    writeFileSync(this.modeFile, JSON.stringify(engine && mode ? { [engine]: mode } : {}));
  }

  /** A caller's sentence; made once for each world. */
  words(text: string): Promise<Int16Array> {
    const made = this.#words.get(text) ?? this.line.sounds.caller(text);
    this.#words.set(text, made);
    return made;
  }

  /** A caller of this line, over the network as it is now. */
  call(): Promise<TestCall> {
    return this.line.call({ loses: () => Math.random() < this.loss });
  }

  /** Processes of an engine: the worker, and the wrapper around it. */
  pidsOf(engine: EngineName): number[] {
    if (engine === 'llm') return this.model?.child.pid === undefined ? [] : [this.model.child.pid];
    return this.line
      .processes()
      .filter(({ command }) => command.includes(`${engine}_worker`))
      .map(({ pid }) => pid);
  }

  /** Starts the language model again that was killed: nobody else does, as it belongs to somebody else. */
  async reviveModel(): Promise<void> {
    if (this.model) this.model = await startModel(this.modeFile, this.model.port);
  }

  signal(engine: EngineName, signal: NodeJS.Signals): void {
    for (const pid of this.pidsOf(engine)) send(pid, signal);
  }

  /** Leaves an engine the memory that it has, and not a byte more. */
  limitMemory(engine: EngineName): void {
    for (const pid of this.pidsOf(engine)) {
      const pages = Number(readFileSync(`/proc/${String(pid)}/statm`, 'utf8').split(' ')[0]);
      execFileSync('prlimit', ['--pid', String(pid), `--as=${String(pages * 4_096)}`]);
    }
  }

  /** How long the line speaks before it waits for an answer. */
  get greetingMs(): number {
    const words = this.kind === 'questions' ? cafeNode('questions', 'converse').prompt : GREETING;
    return this.line.sounds.prompt(words).length / 8;
  }

  get controllerPid(): number {
    return this.line.stack.controller.pid;
  }

  signalController(signal: NodeJS.Signals): void {
    send(this.controllerPid, signal);
  }

  inspect(): Promise<Inspector> {
    return Inspector.attach(this.controllerPid, this.inspectPort);
  }

  async stopAsterisk(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    send(this.#pbx.pid, signal);
    await this.#pbx.ended;
  }

  /** Tells Asterisk to take no calls any more, and to end with the last one; `asteriskEnded` says when. */
  async askAsteriskToStop(): Promise<void> {
    await this.#pbx.cli('core stop gracefully');
  }

  get asteriskEnded(): Promise<void> {
    return this.#pbx.ended;
  }

  /** Starts the Asterisk again that `stopAsterisk` ended, with its ports and passwords. */
  async startAsterisk(): Promise<void> {
    const conf = (name: string): string => readFileSync(join(this.line.dataDir, 'pbx/etc', name), 'utf8');
    const ariPassword = /^password *= *(\S+)/m.exec(conf('ari.conf'))?.[1] ?? '';
    const softphonePassword = /^password *= *(\S+)/m.exec(conf('pjsip.conf'))?.[1] ?? '';
    this.#pbx = await startPrivatePbx({
      runDir: join(this.line.dataDir, 'pbx'),
      dialplanDir: join(this.line.dataDir, 'dialplan'),
      ...this.ports,
      ariPassword,
      softphonePassword,
      clock: systemClock,
      log: silentLogger,
    });
  }

  /** Waits until a controller is ready, its engines are up, and no channel or bridge is there. */
  async ready(): Promise<void> {
    const up = await until(READY_WITHIN_MS, async () => {
      const answer = await fetch(new URL('/readyz', this.line.stack.adminUrl)).catch(() => undefined);
      const told = (await answer?.json().catch(() => undefined)) as
        { readonly ready: boolean; readonly parts: readonly { readonly state: string }[] } | undefined;
      return told?.ready && told.parts.every(({ state }) => state === 'ready' || state === 'absent') ? true : undefined;
    });
    if (!up) throw new Error('the line did not come back');
    await this.line.cleared();
  }

  /** What a quiet line must not have: channels, bridges, and sockets for audio. */
  async leftovers(): Promise<string[]> {
    const sockets = udpSocketsOf(this.controllerPid);
    return [
      ...(await this.line.channels()).map((one) => `channel ${one.split('!')[0] ?? ''}`),
      ...(await this.line.bridges()).map((one) => `bridge ${one.split(' ')[0] ?? ''}`),
      ...Array.from({ length: sockets }, () => 'UDP socket of the controller'),
    ];
  }

  async close(): Promise<void> {
    await this.lifeline.stop();
    await this.second?.stop();
    await this.line.close();
    await this.#pbx.stop();
    await this.proxy.close();
    await this.service.close();
    this.model?.child.kill('SIGKILL');
  }
}

export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** A home that is the usual one but for its Python, which is the wrapper. */
function brokenHome(dataDir: string): string {
  const home = join(dataDir, 'home');
  mkdirSync(join(home, 'venv/bin'), { recursive: true });
  // Rendered prompts are shared with whoever judges what was heard.
  mkdirSync(join(homeDir, 'cache'), { recursive: true });
  for (const name of ['models', 'pbx', 'llama', 'cache']) symlinkSync(join(homeDir, name), join(home, name));
  const python = join(home, 'venv/bin/python');
  const real = join(homeDir, 'venv/bin/python');
  writeFileSync(python, `#!/bin/sh\nexec '${process.execPath}' '${here('engine-wrapper.mjs')}' '${real}' "$@"\n`);
  chmodSync(python, 0o755);
  return home;
}

/** An order's number leads to a web service, which says how long the order takes. */
function nodesAsking({ host }: WebService): Record<string, Record<string, unknown>> {
  return {
    orderNumber: { next: 'asked' },
    asked: {
      kind: 'tool',
      url: `http://${host}/orders/{orderNumber}`,
      deadlineMs: TOOL_DEADLINE_MS,
      results: [{ name: 'minutes', at: '/minutes', schema: { type: 'integer' } }],
      next: 'orderStatus',
      failed: 'notSeen',
    },
    notSeen: { kind: 'say', prompt: TOOL_FAILED, next: 'anythingElse' },
  };
}

function lifelineOf(line: TestLine): () => ChildHandle {
  const env = { ...line.controllerEnv(), HANDRAIL_ARI_URL: line.stack.pbx.ariUrl, NODE_OPTIONS: '' };
  return () => spawnLifeline([], env, line.dataDir, systemClock);
}

interface Model {
  readonly child: ChildProcess;
  readonly port: number;
}

/** @param port 0: any that is free */
async function startModel(modeFile: string, port: number): Promise<Model> {
  const heap = `--max-old-space-size=${String(MODEL_HEAP_MB)}`;
  const child = spawn(process.execPath, [heap, here('language-model.mjs'), String(port)], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, HANDRAIL_CHAOS_MODE: modeFile },
  });
  const [told] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, port: Number(told.toString()) };
}

/** Sockets for audio that a process holds: its own among those that the system lists. */
function udpSocketsOf(pid: number): number {
  const udp = readFileSync('/proc/net/udp', 'utf8').split('\n').slice(1);
  const inodes = new Set(udp.map((row) => row.trim().split(/\s+/)[9]).filter((inode) => inode !== undefined));
  return readdirSync(`/proc/${String(pid)}/fd`).filter((fd) => {
    try {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${String(pid)}/fd/${fd}`)) ?? [];
      return inode !== undefined && inodes.has(inode);
    } catch {
      return false;
    }
  }).length;
}

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Cancel, Clock } from '../kernel/clock.js';
import { Emitter, type Unsubscribe } from '../kernel/emitter.js';
import type { Logger } from '../kernel/log.js';
import { sensitive, type Sensitive } from '../kernel/sensitive.js';
import { backoffDelayMs } from './backoff.js';
import { LineCutter } from './line-cutter.js';
import { limit } from './limited.js';
import type { Engine, EngineState } from './ports.js';
import { firstMissing } from './worker-script.js';

export interface LlamaServerOptions {
  /** Where Debian's llama.cpp packages with their own libc are unpacked. */
  readonly prefixDir: string;
  /** The GGUF file. */
  readonly modelPath: string;
  /** On 127.0.0.1. */
  readonly port: number;
  /** @defaultValue 1: two threads beside a busy engine are ten times slower than one */
  readonly threads?: number;
  /** Tokens of one conversation. @defaultValue 2048 */
  readonly contextTokens?: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: () => number;
}

/** A llama-server of our own. `createChatModel` talks to it with `baseUrl` and `apiKey`. */
export interface LlamaServer extends Engine {
  readonly baseUrl: string;
  /** Made anew at each start of Handrail: nobody else on this machine, nor a web page, may use the server. */
  readonly apiKey: Sensitive<string>;
}

const LOAD_LIMIT_MS = 60_000;
const HEALTH_EVERY_MS = 2_000;
const HEALTH_DEADLINE_MS = 2_000;
const LOAD_PROBE_EVERY_MS = 150;
/** Unanswered health questions that make a hang: one may be lost to a prompt that is being read. */
const MOST_MISSES = 3;
const KILL_AFTER_MS = 2_000;
const STEADY_MS = 20_000;

export function createLlamaServer(options: LlamaServerOptions): LlamaServer {
  return new SupervisedLlamaServer(options);
}

/**
 * Starts the server, watches it at /health, and starts it again with backoff.
 * `starting` → `ready` | `down`; `ready` → `down`; `down` → `ready` (after a restart). `absent` is for ever.
 */
class SupervisedLlamaServer implements LlamaServer {
  readonly name = 'llama-server';
  readonly baseUrl: string;
  readonly apiKey = sensitive(randomBytes(24).toString('base64url'));
  problem: string | undefined;
  readonly #states = new Emitter<EngineState>();
  #state: EngineState = 'starting';
  #run: Run | undefined;
  #attempt = 0;
  #misses = 0;
  #readyAtMs = 0;
  #timer: Cancel | undefined;
  #closing: Promise<void> | undefined;

  constructor(private readonly options: LlamaServerOptions) {
    this.baseUrl = `http://127.0.0.1:${options.port}/v1`;
    const { loader, server, backends } = pathsIn(options.prefixDir);
    const missing = firstMissing([loader, server, backends, options.modelPath]);
    if (missing === undefined) this.#start();
    else {
      this.problem = missing;
      this.#state = 'absent';
    }
  }

  get state(): EngineState {
    return this.#state;
  }

  onState(listener: (state: EngineState) => void): Unsubscribe {
    return this.#states.subscribe(listener);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#timer?.();
    const run = this.#run;
    this.#run = undefined;
    if (this.#state !== 'absent') this.#enter('down', 'it is closed');
    if (!run) return;
    const cancel = this.options.clock.after(KILL_AFTER_MS, () => run.kill('SIGKILL'));
    run.kill('SIGTERM');
    await run.ended;
    cancel();
  }

  #start(): void {
    const run = startLlama(this.options, this.apiKey, (line) =>
      this.options.log.debug({ engine: this.name, line }, 'engine says'),
    );
    this.#run = run;
    this.#misses = 0;
    const startedAtMs = this.options.clock.nowMs();
    void run.ended.then((why) => {
      if (this.#run === run) this.#fall(why);
    });
    this.#timer = this.options.clock.after(LOAD_PROBE_EVERY_MS, () => void this.#look(run, startedAtMs));
  }

  async #look(run: Run, startedAtMs: number): Promise<void> {
    const { clock } = this.options;
    const well = await this.#isWell();
    if (this.#run !== run) return;
    const wasReady = this.#readyAtMs > startedAtMs;
    if (well) {
      this.#misses = 0;
      if (!wasReady) this.#readyAtMs = clock.nowMs();
      if (clock.nowMs() - this.#readyAtMs > STEADY_MS) this.#attempt = 0;
      this.#enter('ready', undefined);
    } else if (wasReady && ++this.#misses >= MOST_MISSES) {
      return this.#abandon(run, 'hangs: it did not answer health questions');
    } else if (!wasReady && clock.nowMs() - startedAtMs > LOAD_LIMIT_MS) {
      return this.#abandon(run, `was not ready within ${LOAD_LIMIT_MS} ms`);
    }
    const nextMs = well ? HEALTH_EVERY_MS : LOAD_PROBE_EVERY_MS;
    this.#timer = clock.after(nextMs, () => void this.#look(run, startedAtMs));
  }

  async #isWell(): Promise<boolean> {
    const limited = limit(this.options.clock, this.name, { deadlineMs: HEALTH_DEADLINE_MS });
    try {
      const response = await fetch(`http://127.0.0.1:${this.options.port}/health`, { signal: limited.signal });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    } finally {
      limited.release();
    }
  }

  #abandon(run: Run, why: string): void {
    this.#fall(why);
    run.kill('SIGKILL');
  }

  #fall(why: string): void {
    this.#run = undefined;
    this.#timer?.();
    const { clock, log, random = Math.random } = this.options;
    const delayMs = backoffDelayMs(this.#attempt++, random());
    log.warn({ engine: this.name, why, restartInMs: delayMs }, 'engine is down');
    this.#enter('down', `${this.name} ${why}`);
    this.#timer = clock.after(delayMs, () => this.#start());
  }

  #enter(state: EngineState, problem: string | undefined): void {
    this.problem = problem;
    if (state === this.#state) return;
    this.#state = state;
    this.#states.emit(state);
  }
}

interface Run {
  /** Resolves with the reason in words. */
  readonly ended: Promise<string>;
  /** To the server and its guard. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/**
 * llama-server does not watch its stdin, so a guard does: when we die without a word, its pipe ends and it takes the
 * server along. Both are one process group.
 */
const GUARD =
  '"$@" </dev/null & server=$!; { cat >/dev/null; kill -KILL $server; } <&3 2>/dev/null & exec 3<&-; wait $server';

function startLlama(options: LlamaServerOptions, apiKey: Sensitive<string>, onLine: (line: string) => void): Run {
  const { loader, server, backends, libraries } = pathsIn(options.prefixDir);
  const command = [
    ...[loader, '--library-path', libraries, server],
    ...['--model', resolve(options.modelPath), '--host', '127.0.0.1', '--port', String(options.port)],
    ...['--threads', String(options.threads ?? 1), '--ctx-size', String(options.contextTokens ?? 2048)],
    ...['--parallel', '1', '--poll', '0', '--cache-prompt', '--cache-ram', '64', '--no-ui', '--offline'],
  ];
  const child = spawn('sh', ['-c', GUARD, 'sh', ...command], {
    // It looks for its CPU backends in the folder where it starts.
    cwd: backends,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, LLAMA_API_KEY: apiKey.reveal() },
  });
  const lines = new LineCutter(onLine);
  child.stdout?.on('data', (chunk: Buffer) => lines.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => lines.push(chunk));
  child.stdio[3]?.on('error', () => undefined);
  const kill = (signal: 'SIGTERM' | 'SIGKILL'): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group has gone.
    }
  };
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`could not be started: ${error.message}`));
    child.on('exit', (code, signal) => {
      // The guard's reader may outlive the server.
      kill('SIGKILL');
      resolve(signal ? `was ended by ${signal}` : `ended with status ${code ?? '?'}`);
    });
  });
  return { ended, kill };
}

function pathsIn(prefixDir: string): { loader: string; server: string; backends: string; libraries: string } {
  // Absolute, as it starts in another folder.
  const prefix = resolve(prefixDir);
  const lib = join(prefix, 'usr', 'lib', 'x86_64-linux-gnu');
  return {
    loader: join(prefix, 'usr', 'lib64', 'ld-linux-x86-64.so.2'),
    server: join(prefix, 'usr', 'bin', 'llama-server'),
    backends: join(lib, 'ggml', 'backends0'),
    libraries: `${lib}:${join(lib, 'llama')}`,
  };
}

import { spawn, type ChildProcess } from 'node:child_process';
import type { Clock } from '../../kernel/clock.js';
import { MAX_ANSWER_BYTES, ToolFailure } from '../outcome.js';
import { notificationText, readMessage, replyText, requestText, type Answer } from './message.js';
import type { Wire, WireEvents } from './wire.js';

export interface StdioWireOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Beside what every process needs; nothing of our own environment, which holds secrets. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

const PASSED_ON = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'USER'] as const;
const END_AFTER_MS = 1_000;
const KILL_AFTER_MS = 2_000;
const NEWLINE = 0x0a;

type Pending = (answer: Answer | ToolFailure) => void;

/** MCP over the standard input and output of a process of our own, a message a line. What it writes to standard error is not read. */
export class StdioWire implements Wire {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #line: Buffer[] = [];
  #lineBytes = 0;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly options: StdioWireOptions,
    private readonly events: WireEvents,
  ) {
    const { args, command, env } = options;
    const own = Object.fromEntries(PASSED_ON.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
    this.#child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...own, ...env },
      // A group of its own: a command like npx has the server as its child.
      detached: true,
    });
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#ended = new Promise((resolve) => {
      const over = (): void => {
        this.#failAll(new ToolFailure('unreachable'));
        events.onClosed();
        resolve();
      };
      this.#child.on('error', over);
      this.#child.on('exit', over);
    });
  }

  request(method: string, params: object, signal: AbortSignal): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#pending.delete(id);
        this.#write(notificationText('notifications/cancelled', { requestId: id }));
        reject(new ToolFailure('cancelled'));
      };
      this.#pending.set(id, (answer) => {
        signal.removeEventListener('abort', onAbort);
        this.#pending.delete(id);
        try {
          if (answer instanceof ToolFailure) throw answer;
          resolve(answer.result());
        } catch (error) {
          reject(error as ToolFailure);
        }
      });
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      else this.#write(requestText(id, method, params));
    });
  }

  notify(method: string, params: object): Promise<void> {
    this.#write(notificationText(method, params));
    return Promise.resolve();
  }

  agreed(): void {
    // Only HTTP says it again with each message.
  }

  /** As the protocol has it: its input ends, and what does not go then is ended. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const { clock } = this.options;
    this.#child.stdin?.end();
    const cancels = [
      clock.after(END_AFTER_MS, () => this.#signal('SIGTERM')),
      clock.after(KILL_AFTER_MS, () => this.#signal('SIGKILL')),
    ];
    await this.#ended;
    for (const cancel of cancels) cancel();
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // The group has gone.
    }
  }

  #write(text: string): void {
    this.#child.stdin?.write(`${text}\n`);
  }

  #read(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      this.#keep(rest.subarray(0, end));
      const whole = this.#lineBytes <= MAX_ANSWER_BYTES;
      const text = Buffer.concat(this.#line).toString('utf8');
      [this.#line, this.#lineBytes] = [[], 0];
      if (whole) this.#take(text);
      rest = rest.subarray(end + 1);
    }
    this.#keep(rest);
  }

  /** Nobody knows whose answer it is that is too long: whoever waits has waited in vain. What comes of the line is let go. */
  #keep(part: Buffer): void {
    const before = this.#lineBytes;
    this.#lineBytes += part.length;
    if (this.#lineBytes <= MAX_ANSWER_BYTES) return void this.#line.push(part);
    this.#line = [];
    if (before <= MAX_ANSWER_BYTES) this.#failAll(new ToolFailure('too-big'));
  }

  #take(text: string): void {
    const message = readMessage(text);
    if (message?.type === 'answer') this.#pending.get(message.answer.id)?.(message.answer);
    else if (message?.type === 'request') this.#write(replyText(message.id, message.method));
    else if (message?.method === 'notifications/tools/list_changed') this.events.onToolsChanged();
  }

  #failAll(failure: ToolFailure): void {
    for (const fail of [...this.#pending.values()]) fail(failure);
  }
}

import { spawn } from 'node:child_process';
import { Emitter, type Unsubscribe } from '../kernel/emitter.js';
import { encodeFrame, FrameError, FrameParser, type Frame, type FrameHeader } from './frames.js';
import { LineCutter } from './line-cutter.js';

/** A child process that is spoken to by frames on its stdin and stdout. */
export interface FramedProcess {
  readonly pid: number | undefined;
  subscribe(listener: (event: FramedProcessEvent) => void): Unsubscribe;
  /** Never throws: writing to a process that has gone is followed by its `exit`. */
  send(header: FrameHeader, payload?: Uint8Array): void;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

export type FramedProcessEvent =
  | { readonly type: 'frame'; readonly frame: Frame }
  /** A line that the process wrote to its stderr. */
  | { readonly type: 'line'; readonly line: string }
  /** It wrote something that is no frame. It should be killed. */
  | { readonly type: 'garbled'; readonly why: string }
  /** It has ended, or could not be started. The last event. */
  | { readonly type: 'exit'; readonly why: string };

export interface ProcessCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts the command. It runs in a process group of its own, so that Ctrl-C at the terminal reaches only us and the
 * engines are closed in order; when we die without a word, it sees the end of its stdin and leaves.
 */
export function spawnFramed({ command, args, env = {} }: ProcessCommand): FramedProcess {
  const child = spawn(command, args, { stdio: 'pipe', detached: true, env: { ...process.env, ...env } });
  const events = new Emitter<FramedProcessEvent>();
  const parser = new FrameParser();
  const lines = new LineCutter((line) => events.emit({ type: 'line', line }));
  let trusted = true;
  let ended = false;

  const end = (why: string): void => {
    if (ended) return;
    ended = true;
    lines.end();
    events.emit({ type: 'exit', why });
  };
  child.stdout.on('data', (chunk: Buffer) => {
    if (!trusted) return;
    try {
      for (const frame of parser.push(chunk)) events.emit({ type: 'frame', frame });
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      trusted = false;
      events.emit({ type: 'garbled', why: error.message });
    }
  });
  child.stderr.on('data', (chunk: Buffer) => lines.push(chunk));
  // A broken pipe means that the process has gone: `exit` tells.
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => end(`could not be started: ${error.message}`));
  child.on('close', (code, signal) => end(signal ? `was ended by ${signal}` : `ended with status ${code ?? '?'}`));

  return {
    pid: child.pid,
    subscribe: (listener) => events.subscribe(listener),
    send(header, payload) {
      if (!ended && child.stdin.writable) child.stdin.write(encodeFrame(header, payload));
    },
    kill(signal) {
      child.kill(signal);
    },
  };
}

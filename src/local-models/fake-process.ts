import { Emitter, type Unsubscribe } from '../kernel/emitter.js';
import type { FramedProcess, FramedProcessEvent } from './framed-process.js';
import type { FrameHeader } from './frames.js';

/** An engine process that a test plays by hand. */
export class FakeProcess implements FramedProcess {
  readonly pid = 1;
  readonly sent: FrameHeader[] = [];
  readonly signals: string[] = [];
  /** Whether it answers health questions by itself. */
  healthy = true;
  /** Whether SIGTERM ends it; SIGKILL always does. */
  obedient = true;
  readonly #events = new Emitter<FramedProcessEvent>();
  #ended = false;

  subscribe(listener: (event: FramedProcessEvent) => void): Unsubscribe {
    return this.#events.subscribe(listener);
  }

  send(header: FrameHeader): void {
    this.sent.push(header);
    if (header.type === 'ping' && this.healthy) this.say({ type: 'pong', id: header['id'] });
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.signals.push(signal);
    if (signal === 'SIGKILL' || this.obedient) this.end(`was ended by ${signal}`);
  }

  say(header: FrameHeader, payload: Uint8Array = new Uint8Array()): void {
    this.#events.emit({ type: 'frame', frame: { header, payload } });
  }

  garble(): void {
    this.#events.emit({ type: 'garbled', why: 'impossible frame' });
  }

  end(why = 'ended with status 1'): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#events.emit({ type: 'exit', why });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** What it was asked, without health questions. */
  get asked(): FrameHeader[] {
    return this.sent.filter((header) => header.type !== 'ping');
  }
}

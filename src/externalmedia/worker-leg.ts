import { Emitter } from '../kernel/emitter.js';
import type { Unsubscribe } from '../kernel/emitter.js';
import type {
  LegOptions,
  LegStats,
  ListenOptions,
  MediaEvent,
  MediaLeg,
  MediaRemote,
  PlayOptions,
  SharedPcm,
  TurnDeadline,
} from './port.js';
import type { ThreadHandle } from './thread-handle.js';

/** A leg whose media lives on a media thread: every method posts a command and returns at once. */
export class WorkerLeg implements MediaLeg {
  #closed = false;

  private constructor(
    readonly callId: string,
    readonly local: { readonly host: string; readonly port: number },
    private readonly thread: ThreadHandle,
    private readonly leg: number,
    private readonly events: Emitter<MediaEvent>,
    readonly ended: Promise<LegStats | undefined>,
  ) {}

  /** Rejects with HR_MEDIA_FAILED or HR_PORT_IN_USE when no socket could be bound. */
  static async open(thread: ThreadHandle, options: LegOptions): Promise<WorkerLeg> {
    const events = new Emitter<MediaEvent>();
    let end: (stats: LegStats | undefined) => void = () => undefined;
    const ended = new Promise<LegStats | undefined>((resolve) => (end = resolve));
    const { leg, port } = await thread.open(options, {
      event: (event) => events.emit(event),
      ended: end,
    });
    return new WorkerLeg(options.callId, { host: options.host, port }, thread, leg, events, ended);
  }

  connect(remote: MediaRemote): void {
    this.thread.send({ type: 'connect', leg: this.leg, remote });
  }

  subscribe(listener: (event: MediaEvent) => void): Unsubscribe {
    return this.events.subscribe(listener);
  }

  play(id: string, audio: SharedPcm, options: PlayOptions = {}): void {
    const { samples } = audio;
    this.thread.send({ type: 'play', leg: this.leg, id, samples, bargeIn: options.bargeIn ?? true });
  }

  playStream(id: string, options: PlayOptions = {}): void {
    this.thread.send({ type: 'play-stream', leg: this.leg, id, bargeIn: options.bargeIn ?? true });
  }

  append(id: string, samples: Int16Array): void {
    // A view would be copied with all of its buffer: send only what is meant.
    this.thread.send({ type: 'append', leg: this.leg, id, samples: samples.slice() });
  }

  finish(id: string): void {
    this.thread.send({ type: 'finish', leg: this.leg, id });
  }

  flush(): void {
    this.thread.send({ type: 'flush', leg: this.leg });
  }

  resume(): void {
    this.thread.send({ type: 'resume', leg: this.leg });
  }

  listen(options: ListenOptions | undefined): void {
    this.thread.send({ type: 'listen', leg: this.leg, options });
  }

  arm(deadline: TurnDeadline | undefined): void {
    this.thread.send({ type: 'arm', leg: this.leg, deadline });
  }

  record(path: string | undefined): void {
    this.thread.tap('record', this.leg, path);
  }

  capture(path: string | undefined): void {
    this.thread.tap('capture', this.leg, path);
  }

  redact(on: boolean): void {
    this.thread.send({ type: 'redact', leg: this.leg, on });
  }

  steady(on: boolean): void {
    this.thread.send({ type: 'steady', leg: this.leg, on });
  }

  stats(): Promise<LegStats> {
    return this.thread.legStats(this.leg);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.thread.closeLeg(this.leg);
    this.events.clear();
  }
}

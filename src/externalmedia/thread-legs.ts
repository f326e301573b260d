import type { Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import type { LegEnd, LegEndDependencies } from './leg-end.js';
import { addTotals, noTotals } from './leg-totals.js';
import type { LegCommand, MediaCommand, MediaReport } from './messages.js';
import { ClockTimer, NativeTimer } from './deadline-timer.js';
import { createLegSockets } from './leg-sockets.js';
import type { LegSockets } from './leg-sockets.js';
import type { NativeIo } from './native-io.js';
import { PHASES, Pacer } from './pacer.js';
import type { PacerStep } from './pacer.js';
import type { LegTotals, MediaEvent } from './port.js';
import { RtpEnd } from './rtp-end.js';
import { ThreadTaps } from './tap/thread-taps.js';
import { GatedDetector } from './vad/gated-detector.js';
import type { SileroModel } from './vad/silero.js';
import { WebsocketEnd } from './websocket-end.js';

/** All legs of one media thread: their sockets, the one pacer, and the commands from the main thread. */
export class ThreadLegs {
  readonly #legs = new Map<number, LegEnd>();
  /** The legs of each phase of the pacer. */
  readonly #phases = Array.from({ length: PHASES }, () => new Map<number, LegEnd>());
  readonly #sockets: LegSockets;
  readonly #pacer: Pacer;
  /** The legs on sockets of Node's own. */
  readonly #websockets = new Set<number>();
  #model: SileroModel | undefined;
  #loading: Promise<void> | undefined;
  #taps: ThreadTaps | undefined;
  #closedTotals: LegTotals = noTotals;
  #stopped = false;

  /** @param io without it Node's own sockets and timers serve */
  constructor(
    private readonly clock: Clock,
    private readonly io: NativeIo | undefined,
    private readonly report: (message: MediaReport, transfer?: ArrayBuffer[]) => void,
  ) {
    this.#sockets = createLegSockets(io, () => clock.nowMs());
    this.#pacer = new Pacer(clock, io ? new NativeTimer(io) : new ClockTimer(clock), {
      phase: (phase, step) => this.#tick(phase, step),
      read: () => this.#sockets.receive(),
    });
  }

  /** Legs that are opened once the model is there are judged by it. Rejects as `loading` does. */
  loadModel(loading: Promise<SileroModel>): Promise<void> {
    const loaded = loading.then((model) => void (this.#model = model));
    this.#loading = loaded.catch(() => undefined);
    return loaded;
  }

  /** Stops the clock and closes what is open. Kept when the thread may end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#pacer.stop();
    for (const [number, end] of [...this.#legs]) this.#close(number, end);
    await this.#loading;
    await this.#model?.close();
  }

  /** Tells the main thread about a mistake that media survives. */
  trouble(what: string, error: unknown): void {
    this.report({ type: 'trouble', what, detail: error instanceof Error ? error.message : String(error) });
  }

  handle(command: MediaCommand): void {
    try {
      switch (command.type) {
        case 'open':
          void this.#open(command);
          return;
        case 'stop':
          void this.stop().then(() => this.report({ type: 'stopped' }));
          return;
        case 'taps':
          this.#taps = new ThreadTaps(this.clock, command.port);
          return;
        case 'leg-stats': {
          const end = this.#legs.get(command.leg);
          const { request } = command;
          if (end) this.report({ type: 'leg-stats', request, stats: end.stats() });
          else this.report({ type: 'failed', request, code: 'HR_CALL_GONE', where: 'its media leg is closed' });
          return;
        }
        case 'thread-stats':
          this.report({
            type: 'thread-stats',
            request: command.request,
            legs: this.#legs.size,
            lateness: this.#pacer.lateness.take(),
            packets: this.#totals(),
          });
          return;
        default:
          this.#command(command);
      }
    } catch (error) {
      this.trouble(`command ${command.type}`, error);
    }
  }

  #command(command: LegCommand): void {
    const end = this.#legs.get(command.leg);
    if (!end) return;
    const { media } = end;
    switch (command.type) {
      case 'connect':
        return end.connect(command.remote);
      case 'play':
        return media.play(command.id, command.samples, command.bargeIn);
      case 'play-stream':
        return media.playStream(command.id, command.bargeIn);
      case 'append':
        return media.append(command.id, command.samples);
      case 'finish':
        return media.finish(command.id);
      case 'flush':
        return media.flush();
      case 'resume':
        return media.resume();
      case 'listen':
        return media.listen(command.options);
      case 'arm':
        return media.arm(command.deadline);
      case 'record':
        return media.record(this.#tap(command.path, (taps, path) => taps.recording(command.tap, path)));
      case 'capture':
        return end.capture(
          this.#tap(command.path, (taps, path) => (local, remote) => taps.capture(command.tap, path, local, remote)),
        );
      case 'redact':
        return media.redact(command.on);
      case 'steady':
        return end.steady(command.on);
      case 'close':
        return this.#close(command.leg, end);
    }
  }

  #tap<Tap>(path: string | undefined, make: (taps: ThreadTaps, path: string) => Tap): Tap | undefined {
    return this.#taps && path !== undefined ? make(this.#taps, path) : undefined;
  }

  async #open({ request, leg, codec, host, transport }: Extract<MediaCommand, { type: 'open' }>): Promise<void> {
    const deps: LegEndDependencies = {
      codec,
      nowMs: () => this.clock.nowMs(),
      createVad: (history, onWindow) => new GatedDetector(history, this.#model?.stream(), onWindow),
      emit: (event) => this.#event(leg, event),
      trouble: (what, error) => this.trouble(what, error),
    };
    try {
      const end = transport === 'rtp' ? await RtpEnd.open(host, this.#sockets, deps) : new WebsocketEnd(deps);
      if (this.#stopped) return end.close();
      this.#legs.set(leg, end);
      if (transport === 'websocket') this.#websockets.add(leg);
      this.io?.gather(this.#websockets.size > 0);
      this.#pacer.start();
      this.#phases.reduce((least, phase) => (phase.size < least.size ? phase : least)).set(leg, end);
      this.report({ type: 'opened', request, port: end.port });
    } catch (error) {
      const known = error instanceof HandrailError;
      this.report({
        type: 'failed',
        request,
        code: known ? error.code : 'HR_MEDIA_FAILED',
        where: known ? error.where : String(error),
      });
    }
  }

  #close(number: number, end: LegEnd): void {
    this.#legs.delete(number);
    this.#websockets.delete(number);
    this.io?.gather(this.#websockets.size > 0);
    for (const phase of this.#phases) phase.delete(number);
    if (this.#legs.size === 0) this.#pacer.stop();
    end.close();
    const stats = end.stats();
    this.#closedTotals = addTotals(this.#closedTotals, stats);
    this.report({ type: 'closed', leg: number, stats });
  }

  #totals(): LegTotals {
    let totals = this.#closedTotals;
    for (const end of this.#legs.values()) totals = addTotals(totals, end.stats());
    return totals;
  }

  #tick(phase: number, step: PacerStep): void {
    const legs = this.#phases[phase];
    if (!legs) return;
    for (const end of legs.values()) {
      try {
        end.tick(step.frames, step.skipped);
      } catch (error) {
        this.trouble('tick', error);
      }
    }
  }

  #event(leg: number, event: MediaEvent): void {
    const transfer =
      event.type === 'pause' && event.samples.buffer instanceof ArrayBuffer ? [event.samples.buffer] : undefined;
    this.report({ type: 'event', leg, event }, transfer);
  }
}

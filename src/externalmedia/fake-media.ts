import type { Clock } from '../kernel/clock.js';
import { Emitter } from '../kernel/emitter.js';
import type { Unsubscribe } from '../kernel/emitter.js';
import { Deadline } from './deadline.js';
import { noTotals } from './leg-totals.js';
import type {
  LegOptions,
  LegStats,
  ListenOptions,
  MediaEvent,
  MediaLeg,
  MediaPlane,
  MediaPlaneStats,
  MediaRemote,
  PlayOptions,
  SharedPcm,
  TurnDeadline,
} from './port.js';
import { TELEPHONE_RATE_HZ } from './port.js';
import { LISTEN_DEFAULTS } from './speech-detector.js';

const noStats: LegStats = { ...noTotals, jitterMs: 0, waitMs: 0 };

const SAMPLES_PER_MS = TELEPHONE_RATE_HZ / 1_000;

/** What a test asked of, or saw in, a fake leg, in order. */
export type FakeMediaCall =
  | { readonly type: 'connect'; readonly remote: MediaRemote }
  | { readonly type: 'play'; readonly id: string; readonly audio: SharedPcm; readonly bargeIn: boolean }
  | { readonly type: 'play-stream'; readonly id: string; readonly bargeIn: boolean }
  | { readonly type: 'finish'; readonly id: string }
  | { readonly type: 'flush' | 'resume' }
  | { readonly type: 'listen'; readonly options: ListenOptions | undefined }
  | { readonly type: 'arm'; readonly deadline: TurnDeadline | undefined }
  | { readonly type: 'record' | 'capture'; readonly path: string | undefined }
  | { readonly type: 'redact' | 'steady'; readonly on: boolean }
  | { readonly type: 'close' };

interface FakeItem {
  readonly id: string;
  readonly bargeIn: boolean;
  samples: number;
  isFinished: boolean;
  startedAtMs: number | undefined;
}

/**
 * A media plane without sockets or threads, for tests of what speaks to it. Legs are kept in `legs`, also closed ones.
 */
export class FakeMediaPlane implements MediaPlane {
  readonly legs: FakeMediaLeg[] = [];
  /** Set to make `openLeg` reject. */
  failWith: Error | undefined;

  constructor(private readonly clock: Clock) {}

  async openLeg(options: LegOptions): Promise<FakeMediaLeg> {
    if (this.failWith) throw this.failWith;
    const leg = new FakeMediaLeg(this.clock, options, 40_000 + 2 * this.legs.length);
    this.legs.push(leg);
    return leg;
  }

  async stats(): Promise<MediaPlaneStats> {
    const legs = this.legs.filter((leg) => !leg.isClosed).length;
    return { legs, packets: noTotals, lateness: { p50Ms: 0, p99Ms: 0, maxMs: 0 } };
  }

  async close(): Promise<void> {
    for (const leg of this.legs) leg.close();
  }
}

/**
 * One leg of the fake plane. Records what is asked of it in `calls`. By the given clock, items are played one after
 * another with their `playout-start` and `playout-end`, and the turn deadline fires; the caller's side is played by the
 * test with `speak`, `bargeIn` or any event with `emit`.
 */
export class FakeMediaLeg implements MediaLeg {
  readonly callId: string;
  readonly local: { readonly host: string; readonly port: number };
  readonly calls: FakeMediaCall[] = [];
  isClosed = false;
  readonly ended: Promise<LegStats | undefined>;
  #keepEnded: (stats: LegStats | undefined) => void = () => undefined;
  readonly #events = new Emitter<MediaEvent>();
  readonly #queue: FakeItem[] = [];
  #cutOff: FakeItem[] = [];
  readonly #deadline = new Deadline<TurnDeadline>();
  #options: ListenOptions | undefined;
  #utteranceId = 0;
  #speaking = false;
  #lastVoicedMs: number | undefined;
  #audibleEndMs: number | undefined;
  #cancelItem: (() => void) | undefined;
  #cancelDeadline: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    options: LegOptions,
    port: number,
  ) {
    this.callId = options.callId;
    this.ended = new Promise((resolve) => (this.#keepEnded = resolve));
    this.local = { host: options.host, port: options.transport === 'websocket' ? 0 : port };
  }

  // --- what a test does and looks at ---

  /** Delivers any event, as the media thread would. */
  emit(event: MediaEvent): void {
    if (!this.isClosed) this.#events.emit(event);
  }

  /** What is listened for now. */
  get listening(): ListenOptions | undefined {
    return this.#options;
  }

  /** The deadline that is armed now. */
  get armedTurnId(): string | undefined {
    return this.#deadline.terms?.turnId;
  }

  /** Ids of what is queued or playing, in order. */
  get playing(): readonly string[] {
    return this.#queue.map(({ id }) => id);
  }

  /** Ids of everything that was ever asked to be played. */
  get played(): readonly string[] {
    return this.calls.flatMap((call) => (call.type === 'play' || call.type === 'play-stream' ? [call.id] : []));
  }

  /**
   * The caller begins to speak now: `speech-start` comes at once and flushes what allows barge-in.
   * Ignored, as by the real leg, when nobody listens.
   */
  startSpeaking(): void {
    const turnId = this.#options?.turnId;
    if (turnId === undefined) return;
    const atMs = this.clock.nowMs();
    this.#speaking = true;
    this.#utteranceId++;
    const bargedIn = this.#drop(true);
    this.emit({ type: 'speech-start', turnId, utteranceId: this.#utteranceId, atMs, bargedIn });
    this.#watchDeadline();
  }

  /** The caller's last voiced sample was `pauseMs` ago: delivers the utterance. */
  pauseSpeaking(samples: Int16Array, speechMs = samples.length / SAMPLES_PER_MS): void {
    const options = this.#options;
    if (!options) return;
    const atMs = this.clock.nowMs();
    this.#speaking = false;
    const lastVoicedMs = atMs - (options.pauseMs ?? LISTEN_DEFAULTS.pauseMs);
    this.#lastVoicedMs = lastVoicedMs;
    const { turnId } = options;
    const speechStartMs = lastVoicedMs - speechMs;
    this.emit({
      type: 'pause',
      turnId,
      utteranceId: this.#utteranceId,
      samples,
      speechStartMs,
      lastVoicedMs,
      endedMs: lastVoicedMs,
      atMs,
    });
    this.#watchDeadline();
  }

  /** In a pause, something that may be the caller's voice, or a breath. */
  stir(): void {
    const turnId = this.#options?.turnId;
    if (turnId === undefined) return;
    this.emit({ type: 'speech-sign', turnId, utteranceId: this.#utteranceId, atMs: this.clock.nowMs() });
  }

  /** The caller goes on after a pause. */
  resumeSpeaking(): void {
    const turnId = this.#options?.turnId;
    if (turnId === undefined) return;
    this.#speaking = true;
    this.emit({ type: 'speech-resume', turnId, utteranceId: this.#utteranceId, atMs: this.clock.nowMs() });
    this.#watchDeadline();
  }

  /** The pause became too long. */
  endUtterance(cut = false): void {
    const turnId = this.#options?.turnId;
    if (turnId === undefined) return;
    this.#speaking = false;
    const atMs = this.clock.nowMs();
    const lastVoicedMs = this.#lastVoicedMs ?? atMs;
    this.emit({ type: 'utterance-end', turnId, utteranceId: this.#utteranceId, lastVoicedMs, atMs, cut });
  }

  /**
   * The caller says `samples` from now on: `speech-start` now, `pause` when they and the pause are over. When `untilEnd`,
   * `utterance-end` follows after the longest pause, unless listening ended meanwhile.
   */
  speak(samples: Int16Array, options: { readonly untilEnd?: boolean } = {}): void {
    const listening = this.#options;
    if (!listening) return;
    const { pauseMs, maxPauseMs } = { ...LISTEN_DEFAULTS, ...listening };
    const speechMs = samples.length / SAMPLES_PER_MS;
    this.startSpeaking();
    const stillListens = (): boolean => this.#options?.turnId === listening.turnId;
    this.clock.after(speechMs + pauseMs, () => {
      if (stillListens()) this.pauseSpeaking(samples);
    });
    if (!options.untilEnd) return;
    this.clock.after(speechMs + maxPauseMs, () => {
      if (stillListens()) this.endUtterance();
    });
  }

  // --- the port ---

  connect(remote: MediaRemote): void {
    this.calls.push({ type: 'connect', remote });
  }

  subscribe(listener: (event: MediaEvent) => void): Unsubscribe {
    return this.#events.subscribe(listener);
  }

  play(id: string, audio: SharedPcm, options: PlayOptions = {}): void {
    const bargeIn = options.bargeIn ?? true;
    this.calls.push({ type: 'play', id, audio, bargeIn });
    this.#enqueue({ id, bargeIn, samples: audio.samples.length, isFinished: true, startedAtMs: undefined }, 'last');
  }

  playStream(id: string, options: PlayOptions = {}): void {
    const bargeIn = options.bargeIn ?? true;
    this.calls.push({ type: 'play-stream', id, bargeIn });
    this.#enqueue({ id, bargeIn, samples: 0, isFinished: false, startedAtMs: undefined }, 'last');
  }

  append(id: string, samples: Int16Array): void {
    const item = this.#queue.find((queued) => queued.id === id);
    if (!item || item.isFinished) return;
    item.samples += samples.length;
    this.#pump();
  }

  finish(id: string): void {
    this.calls.push({ type: 'finish', id });
    const item = this.#queue.find((queued) => queued.id === id);
    if (item) item.isFinished = true;
    this.#pump();
  }

  flush(): void {
    this.calls.push({ type: 'flush' });
    this.#drop(false);
  }

  /** Goes on where it stopped, without going back as the real leg does. */
  resume(): void {
    this.calls.push({ type: 'resume' });
    this.#queue.unshift(...this.#cutOff.splice(0));
    this.#pump();
  }

  listen(options: ListenOptions | undefined): void {
    this.calls.push({ type: 'listen', options });
    if (options && options.turnId !== this.#options?.turnId) this.#lastVoicedMs = undefined;
    if (!options || options.turnId !== this.#options?.turnId) this.#speaking = false;
    this.#options = options;
  }

  arm(deadline: TurnDeadline | undefined): void {
    this.calls.push({ type: 'arm', deadline });
    this.#deadline.arm(deadline);
    this.#watchDeadline();
  }

  record(path: string | undefined): void {
    this.calls.push({ type: 'record', path });
  }

  capture(path: string | undefined): void {
    this.calls.push({ type: 'capture', path });
  }

  redact(on: boolean): void {
    this.calls.push({ type: 'redact', on });
  }

  steady(on: boolean): void {
    this.calls.push({ type: 'steady', on });
  }

  async stats(): Promise<LegStats> {
    return noStats;
  }

  close(): void {
    if (this.isClosed) return;
    this.calls.push({ type: 'close' });
    this.isClosed = true;
    this.#cancelItem?.();
    this.#cancelDeadline?.();
    this.#events.clear();
    this.#keepEnded(noStats);
  }

  // --- playout and deadline by the clock ---

  #enqueue(item: FakeItem, where: 'first' | 'last'): void {
    if (this.isClosed || this.#queue.some(({ id }) => id === item.id)) return;
    if (where === 'first') this.#queue.unshift(item);
    else this.#queue.push(item);
    this.#pump();
  }

  /** Starts or ends the first item, or waits for its end. A stream's time runs only while it has samples. */
  #pump(): void {
    this.#cancelItem?.();
    const item = this.#queue[0];
    if (!item || this.isClosed) return this.#watchDeadline();
    const nowMs = this.clock.nowMs();
    if (item.samples > 0 && item.startedAtMs === undefined) {
      item.startedAtMs = nowMs;
      this.emit({ type: 'playout-start', id: item.id, atMs: nowMs, audibleAtMs: nowMs });
    }
    const leftMs = (item.startedAtMs ?? nowMs) + item.samples / SAMPLES_PER_MS - nowMs;
    if (leftMs > 0) this.#cancelItem = this.clock.after(leftMs, () => this.#pump());
    else if (item.isFinished) {
      this.#queue.shift();
      this.#end(item, 'finished');
      return this.#pump();
    }
    this.#watchDeadline();
  }

  #drop(isBargeIn: boolean): boolean {
    const dropped = this.#queue.filter((item) => !isBargeIn || item.bargeIn);
    const kept = this.#queue.filter((item) => !dropped.includes(item));
    this.#queue.splice(0, this.#queue.length, ...kept);
    const hasStarted = dropped.some(({ startedAtMs }) => startedAtMs !== undefined);
    if (!isBargeIn) this.#cutOff = [];
    else if (dropped.length > 0) this.#cutOff = dropped.filter(({ isFinished }) => isFinished);
    for (const item of dropped) this.#end(item, 'flushed', this.#cutOff.includes(item));
    this.#pump();
    return hasStarted;
  }

  #end(item: FakeItem, reason: 'finished' | 'flushed', resumable = false): void {
    const atMs = this.clock.nowMs();
    if (item.startedAtMs !== undefined) this.#audibleEndMs = atMs;
    const playedMs = item.startedAtMs === undefined ? 0 : atMs - item.startedAtMs;
    const heardMs = Math.round(Math.min(playedMs, item.samples / SAMPLES_PER_MS));
    this.emit({ type: 'playout-end', id: item.id, atMs, reason, heardMs, resumable });
    if (!resumable) return;
    item.samples -= Math.round(heardMs * SAMPLES_PER_MS);
    item.startedAtMs = undefined;
  }

  #hasAudible(): boolean {
    const nowMs = this.clock.nowMs();
    return this.#queue.some(
      ({ samples, startedAtMs }) => samples > 0 && (startedAtMs ?? nowMs) + samples / SAMPLES_PER_MS > nowMs,
    );
  }

  #watchDeadline(): void {
    this.#cancelDeadline?.();
    if (this.isClosed) return;
    const view = {
      speaking: this.#speaking,
      audible: this.#hasAudible(),
      lastVoicedMs: this.#lastVoicedMs,
      audibleEndMs: this.#audibleEndMs,
    };
    const nowMs = this.clock.nowMs();
    const due = this.#deadline.check(nowMs, view);
    if (due) {
      this.emit({ type: 'deadline', turnId: due.turnId, atMs: nowMs });
      const id = `deadline-${due.turnId}`;
      const samples = due.prompt.samples.length;
      this.#enqueue({ id, bargeIn: true, samples, isFinished: true, startedAtMs: undefined }, 'first');
      return;
    }
    const dueMs = this.#deadline.dueMs(view);
    if (dueMs !== undefined) this.#cancelDeadline = this.clock.after(dueMs - nowMs, () => this.#watchDeadline());
  }
}

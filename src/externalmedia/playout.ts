import { firstAudible, lastAudible } from './audible.js';
import { PlayoutItem } from './playout-item.js';
import type { MediaEvent } from './port.js';
import { FRAME_SAMPLES, TELEPHONE_RATE_HZ } from './port.js';

export type PlayoutEvent = Extract<MediaEvent, { type: 'playout-start' | 'playout-end' }>;

const SAMPLES_PER_MS = TELEPHONE_RATE_HZ / 1_000;

/**
 * What is said to one caller: a queue of prompts and streams, taken out in frames of 20 ms. Items follow each other
 * without a gap, also within a frame; a stream that has run dry plays silence and goes on when more comes.
 *
 * `playout-start` comes with the item's first packet when its first audible sample is already known, else with the frame
 * that brings it (a stream that begins with silence), at the latest before its `playout-end`.
 */
export class Playout {
  readonly #queue: PlayoutItem[] = [];
  /** What the caller's voice cut off, until all is flushed: it may have been a cough. */
  #cutOff: readonly PlayoutItem[] = [];
  #audibleEndMs: number | undefined;
  /** What allows barge-in stands still. */
  #isHeld = false;

  constructor(private readonly emit: (event: PlayoutEvent) => void) {}

  /** Appends a complete item. An id that is still queued is ignored. */
  play(id: string, samples: Int16Array, bargeIn: boolean): void {
    this.#enqueue(id, bargeIn, samples);
  }

  /** As `play`, but before everything else: what is being played goes on behind it. */
  playFirst(id: string, samples: Int16Array, bargeIn: boolean): void {
    if (this.#find(id)) return;
    this.#queue.unshift(PlayoutItem.complete(id, bargeIn, samples, lastAudible(samples)));
  }

  /** Appends an item whose samples come by `append`, until `finish`. */
  playStream(id: string, bargeIn: boolean): void {
    this.#enqueue(id, bargeIn, undefined);
  }

  /** Adds samples to a stream; ignored when it was flushed meanwhile. The array must not be changed afterwards. */
  append(id: string, samples: Int16Array): void {
    this.#find(id)?.append(samples, lastAudible(samples));
  }

  finish(id: string): void {
    this.#find(id)?.finish();
  }

  /** Ends all items, or only those that allow barge-in, which can be resumed then. Takes effect with the next frame. */
  flush(nowMs: number, which: 'all' | 'barge-in'): boolean {
    const kept = which === 'all' ? [] : this.#queue.filter((item) => !item.bargeIn);
    const dropped = which === 'all' ? [...this.#queue] : this.#queue.filter((item) => item.bargeIn);
    this.#queue.splice(0, this.#queue.length, ...kept);
    this.#isHeld = false;
    // Another sound, with nothing left to cut off, does not forget what the first one did.
    if (which === 'all') this.#cutOff = [];
    else if (dropped.length > 0) this.#cutOff = dropped.filter((item) => item.isComplete);
    for (const item of dropped) {
      if (item.playedSamples > 0) this.#markAudible(nowMs);
      this.#end(item, nowMs, 'flushed', this.#cutOff.includes(item));
    }
    return dropped.some((item) => item.playedSamples > 0);
  }

  /** Lets what allows barge-in stand still from the next frame on; tells whether there is anything. */
  hold(): boolean {
    this.#isHeld = this.#queue[0]?.bargeIn ?? false;
    return this.#isHeld;
  }

  /** It goes on with the sample at which it stopped. */
  release(): void {
    this.#isHeld = false;
  }

  /** Goes on with what a barge-in cut off, from the last pause before the cut; their events come again. */
  resume(): void {
    const items = this.#cutOff;
    this.#cutOff = [];
    for (const item of items) item.rewind();
    this.#queue.unshift(...items);
  }

  /**
   * Fills one frame of 160 samples that leaves at `nowMs`; what no item fills is silence.
   *
   * @returns whether any sample came from an item
   */
  nextFrame(into: Int16Array, nowMs: number): boolean {
    let filled = 0;
    while (filled < FRAME_SAMPLES) {
      const item = this.items[0];
      if (!item) break;
      const atMs = nowMs + filled / SAMPLES_PER_MS;
      const from = item.playedSamples;
      const taken = item.take(into, filled);
      if (taken > 0) {
        this.#start(item, from, atMs);
        if (firstAudible(into, filled, filled + taken) >= 0) this.#markAudible(nowMs);
        filled += taken;
        item.forgetPlayed();
      }
      if (item.isDone) {
        this.#queue.shift();
        this.#end(item, nowMs + filled / SAMPLES_PER_MS, 'finished');
      } else if (taken === 0) break;
    }
    into.fill(0, filled);
    return filled > 0;
  }

  /** What is queued and playing, in order; nothing as long as it stands still. */
  get items(): readonly PlayoutItem[] {
    return this.#isHeld && this.#queue[0]?.bargeIn ? [] : this.#queue;
  }

  /** Whether something is queued or playing, audible or not. */
  get isBusy(): boolean {
    return this.#queue.length > 0;
  }

  /** Whether anything audible is still to be played. A stream without samples is not. */
  get hasAudible(): boolean {
    return this.#queue.some((item) => item.hasAudibleLeft);
  }

  /** When the last audible frame left, or was cut off. */
  get audibleEndMs(): number | undefined {
    return this.#audibleEndMs;
  }

  #enqueue(id: string, bargeIn: boolean, samples: Int16Array | undefined): void {
    if (this.#find(id)) return;
    this.#queue.push(
      samples ? PlayoutItem.complete(id, bargeIn, samples, lastAudible(samples)) : PlayoutItem.stream(id, bargeIn),
    );
  }

  #find(id: string): PlayoutItem | undefined {
    return this.#queue.find((item) => item.id === id);
  }

  #markAudible(nowMs: number): void {
    this.#audibleEndMs = nowMs;
  }

  /** Tells the start as soon as the first audible sample is known: sample n of an item is heard n / 8 ms after its first. */
  #start(item: PlayoutItem, from: number, atMs: number): void {
    if (item.isStartTold) return;
    item.startedAtMs ??= atMs;
    const audible = item.firstAudibleFrom(from);
    if (audible === undefined) return;
    // A stream's later samples may have been delayed by silence: count from the frame that is being filled.
    this.#tellStart(item, item.startedAtMs, atMs + (audible - from) / SAMPLES_PER_MS);
  }

  #tellStart(item: PlayoutItem, atMs: number, audibleAtMs: number): void {
    item.isStartTold = true;
    this.emit({ type: 'playout-start', id: item.id, atMs, audibleAtMs });
  }

  #end(item: PlayoutItem, atMs: number, reason: 'finished' | 'flushed', resumable = false): void {
    if (!item.isStartTold && item.startedAtMs !== undefined) this.#tellStart(item, item.startedAtMs, item.startedAtMs);
    this.emit({
      type: 'playout-end',
      id: item.id,
      atMs,
      reason,
      heardMs: Math.round(item.playedSamples / SAMPLES_PER_MS),
      resumable,
    });
  }
}

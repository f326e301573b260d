import { FRAME_SAMPLES } from './port.js';
import { sequenceAdd, sequenceDistance } from './sequence.js';

/** What the buffer hands on, in the order of the sender. Called from within `push` and `tick`. */
export interface JitterSink {
  /** The payload is `bytes[start … end)`, only valid during the call. */
  packet(bytes: Uint8Array, start: number, end: number, timestamp: number, arrivalMs: number): void;
  /** `count` packets are given up; the packet after them follows at once. */
  lost(count: number, nowMs: number): void;
}

/**
 * What became of a packet that was pushed. `duplicate`: it was here before (a network that doubles, or a replay).
 * `late`: its place was given up. `jump`: too far away to be believed yet. `restarted`: the jump was believed.
 */
export type PushResult = 'taken' | 'duplicate' | 'late' | 'jump' | 'restarted' | 'oversized';

export interface JitterBufferOptions {
  /** Shortest wait for a missing packet. @defaultValue 20 */
  readonly minWaitMs?: number;
  /** Longest wait for a missing packet. @defaultValue 120 */
  readonly maxWaitMs?: number;
  /** The longest packet that is taken. @defaultValue 480, which is 60 ms of G.711 */
  readonly maxPayloadBytes?: number;
}

const DEFAULTS = {
  minWaitMs: 20,
  maxWaitMs: 120,
  maxPayloadBytes: 3 * FRAME_SAMPLES,
} as const satisfies JitterBufferOptions;

/** Power of two. A jump beyond it (640 ms) is not waited for. */
const WINDOW = 32;
/** How far behind a packet may be and still be a late one of this stream (RFC 3550 A.1, MAX_MISORDER). */
const MAX_MISORDER = 100;
/** Power of two above `MAX_MISORDER` + `WINDOW`: how many sequence numbers are remembered, to tell replays from late ones. */
const MEMORY = 256;
const NEVER = -1;
/** Share of the learnt reordering delay that is forgotten with each packet: half of it in about 14 s. */
const FORGET_PER_PACKET = 0.001;

interface Slot {
  filled: boolean;
  timestamp: number;
  arrivalMs: number;
  length: number;
  /** Where its payload begins in the one store of all payloads. */
  readonly start: number;
}

/**
 * An adaptive reorder buffer. Recognition, unlike an ear, needs no even flow: a packet in order is handed on at once, so
 * the buffer adds no delay to a good line, and there is no playout clock that the sender's could drift against: a minute
 * of speech is a minute of samples, at the sender's rate. Only when a packet is missing do its successors wait, until it
 * comes or the wait is over:
 *
 *     wait = clamp(max(minWait, 2 × jitter + 10 ms, 1.25 × reordering delay), minWait, maxWait)
 *
 * The jitter is that of RFC 3550 A.8. The reordering delay is the longest time by which a missing packet came after its
 * successor (also when it was given up before: then it is dropped, but the next one is waited for longer), forgotten by
 * half in 14 s. The bounds are 20 and 120 ms: recognition can do without 20 ms of speech sooner than it can wait.
 * A jump of more than 32 packets, or more than 100 back, is believed when two packets in sequence say so (RFC 3550 A.1).
 *
 * Pure: fed with arrival times, allocates nothing after construction, bounded at 32 packets of at most
 * 60 ms.
 */
export class JitterBuffer {
  readonly #slots: readonly Slot[];
  readonly #payloads: Uint8Array;
  readonly #maxPayloadBytes: number;
  readonly #minWaitMs: number;
  readonly #maxWaitMs: number;
  #next: number | undefined;
  #buffered = 0;
  /** When the first packet after the present gap came. */
  #gapSinceMs = 0;
  #reorderDelayMs = 0;
  #jumpTo: number | undefined;
  /** The last gap that was given up: a packet of it that comes after all teaches how long to wait. */
  #givenUpAtMs = Number.NEGATIVE_INFINITY;
  #givenUpWaitMs = 0;
  /** Which sequence number came last of those that share a place. */
  readonly #seen = new Int32Array(MEMORY).fill(NEVER);

  constructor(
    private readonly sink: JitterSink,
    options: JitterBufferOptions = {},
  ) {
    this.#minWaitMs = options.minWaitMs ?? DEFAULTS.minWaitMs;
    this.#maxWaitMs = options.maxWaitMs ?? DEFAULTS.maxWaitMs;
    this.#maxPayloadBytes = options.maxPayloadBytes ?? DEFAULTS.maxPayloadBytes;
    this.#payloads = new Uint8Array(WINDOW * this.#maxPayloadBytes);
    this.#slots = Array.from({ length: WINDOW }, (_, n) => ({
      filled: false,
      timestamp: 0,
      arrivalMs: 0,
      length: 0,
      start: n * this.#maxPayloadBytes,
    }));
  }

  /** Takes `bytes[start … end)`. Late, duplicate and unbelievable packets are dropped; the result says which. */
  push(
    sequence: number,
    timestamp: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    arrivalMs: number,
    jitterMs: number,
  ): PushResult {
    if (end - start > this.#maxPayloadBytes) return 'oversized';
    let result: PushResult = 'taken';
    if (this.#next === undefined) this.#next = sequence;
    let ahead = sequenceDistance(sequence, this.#next);
    if (ahead >= WINDOW || ahead < -MAX_MISORDER) {
      if (sequence !== this.#jumpTo) {
        this.#jumpTo = sequenceAdd(sequence, 1);
        return 'jump';
      }
      this.flush(arrivalMs);
      this.#next = sequence;
      ahead = 0;
      result = 'restarted';
    }
    this.#jumpTo = undefined;
    if (this.#seen[sequence & (MEMORY - 1)] === sequence) return 'duplicate';
    this.#seen[sequence & (MEMORY - 1)] = sequence;
    if (ahead < 0) {
      this.#learnFromLate(arrivalMs);
      return 'late';
    }
    this.#reorderDelayMs *= 1 - FORGET_PER_PACKET;

    if (ahead === 0) {
      if (this.#buffered > 0) this.#learn(arrivalMs - this.#gapSinceMs);
      this.#next = sequenceAdd(sequence, 1);
      this.sink.packet(bytes, start, end, timestamp, arrivalMs);
      this.#drain(arrivalMs);
    } else {
      if (this.#buffered === 0) this.#gapSinceMs = arrivalMs;
      this.#store(sequence, timestamp, bytes, start, end, arrivalMs);
    }
    this.tick(arrivalMs, jitterMs);
    return result;
  }

  /** Gives up what has been waited for long enough. */
  tick(nowMs: number, jitterMs: number): void {
    while (this.#buffered > 0 && nowMs - this.#gapSinceMs >= this.waitMs(jitterMs)) this.#giveUp(nowMs);
  }

  /** How long a missing packet is waited for at present. */
  waitMs(jitterMs: number): number {
    const wanted = Math.max(2 * jitterMs + 10, 1.25 * this.#reorderDelayMs, this.#minWaitMs);
    return Math.min(wanted, this.#maxWaitMs);
  }

  /** The stream has ended: hands on what waits, and forgets it. The next packet starts a new one. */
  flush(nowMs: number): void {
    while (this.#buffered > 0) this.#giveUp(nowMs);
    this.#next = undefined;
    this.#jumpTo = undefined;
    this.#givenUpAtMs = Number.NEGATIVE_INFINITY;
    this.#seen.fill(NEVER);
  }

  /** Gives up the present gap and hands on what lies behind it. There must be a packet behind it. */
  #giveUp(nowMs: number): void {
    if (this.#next === undefined) return;
    let missing = 0;
    while (!this.#slotOf(sequenceAdd(this.#next, missing)).filled) missing++;
    this.#givenUpAtMs = nowMs;
    this.#givenUpWaitMs = nowMs - this.#gapSinceMs;
    this.#next = sequenceAdd(this.#next, missing);
    this.sink.lost(missing, nowMs);
    this.#drain(nowMs);
  }

  #slotOf(sequence: number): Slot {
    const slot = this.#slots[sequence & (WINDOW - 1)];
    if (!slot) throw new RangeError('no jitter slot');
    return slot;
  }

  #store(sequence: number, timestamp: number, bytes: Uint8Array, start: number, end: number, arrivalMs: number): void {
    const slot = this.#slotOf(sequence);
    slot.filled = true;
    slot.timestamp = timestamp;
    slot.arrivalMs = arrivalMs;
    slot.length = end - start;
    for (let i = 0; i < slot.length; i++) this.#payloads[slot.start + i] = bytes[start + i] ?? 0;
    this.#buffered++;
  }

  /** Hands on what is in order now; the wait for a further gap starts anew with the packet behind it. */
  #drain(nowMs: number): void {
    while (this.#next !== undefined && this.#buffered > 0) {
      const slot = this.#slotOf(this.#next);
      if (!slot.filled) break;
      slot.filled = false;
      this.#buffered--;
      this.#next = sequenceAdd(this.#next, 1);
      this.sink.packet(this.#payloads, slot.start, slot.start + slot.length, slot.timestamp, slot.arrivalMs);
    }
    if (this.#buffered > 0) this.#gapSinceMs = Math.min(nowMs, this.#oldestArrivalMs());
  }

  #oldestArrivalMs(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const slot of this.#slots) if (slot.filled && slot.arrivalMs < oldest) oldest = slot.arrivalMs;
    return oldest;
  }

  #learnFromLate(arrivalMs: number): void {
    const behindMs = arrivalMs - this.#givenUpAtMs;
    if (behindMs <= this.#maxWaitMs) this.#learn(this.#givenUpWaitMs + behindMs);
  }

  #learn(delayMs: number): void {
    this.#reorderDelayMs = Math.max(this.#reorderDelayMs, Math.min(delayMs, this.#maxWaitMs));
  }
}

import { AudioBudget } from './audio-budget.js';
import { LossConcealer } from './concealer.js';
import type { AudioCodec } from './codec.js';
import { JitterBuffer } from './jitter-buffer.js';
import { FRAME_SAMPLES, TELEPHONE_RATE_HZ } from './port.js';
import type { LegStats } from './port.js';
import { ReceiverStats } from './receiver-stats.js';
import { createRtpView, parseRtp } from './rtp.js';
import { timestampAdd, timestampDistance } from './sequence.js';
import { StallFill } from './stall-fill.js';

/** Where samples come from: the line, the concealer, or a time in which nothing was sent. */
export type AudioKind = 'line' | 'concealed' | 'silence';

/** The longest time that is filled with silence at once when the sender's timestamps tell of it. */
const MAX_FILL_SAMPLES = TELEPHONE_RATE_HZ;
/** What is filled in may run ahead of the time that has passed by this much: packets come in bursts. */
const FILL_AHEAD_MS = 200;
/** What was decoded or made up last: one for all calls of a thread, so that it stays in the processor's cache. */
const decoded = new Int16Array(3 * FRAME_SAMPLES);
/** The usual view, made once: a packet must not cost an allocation. */
const frame = decoded.subarray(0, FRAME_SAMPLES);
const silence = new Int16Array(FRAME_SAMPLES);
/** In place of a timestamp: a field that is always a number is written without allocation. */
const NONE = -1;

export type ReceiverCounters = Omit<LegStats, 'sent' | 'foreign'>;

/**
 * From datagrams to a gapless flow of PCM: parse, reorder, decode, conceal, and fill the times in which the sender was
 * silent. `onAudio` gets views that are only valid during
 * the call, with the arrival time of the packet that brought the samples.
 */
export class Receiver {
  readonly #view = createRtpView();
  readonly #stats = new ReceiverStats();
  readonly #concealer = new LossConcealer();
  readonly #buffer: JitterBuffer;
  readonly #budget = new AudioBudget();
  #ssrc: number | undefined;
  #malformed = 0;
  #late = 0;
  #duplicates = 0;
  #jumps = 0;
  #restarts = 0;
  #refused = 0;
  #concealed = 0;
  /** Of the sample that follows the last one; none before the first packet. */
  #nextTimestamp = NONE;
  readonly #stall: StallFill;

  constructor(
    private readonly codec: AudioCodec,
    private readonly onAudio: (samples: Int16Array, arrivalMs: number, kind: AudioKind) => void,
  ) {
    this.#stall = new StallFill((samples, nowMs) => onAudio(samples, nowMs, 'silence'));
    this.#buffer = new JitterBuffer(
      {
        packet: (bytes, start, end, timestamp, arrivalMs) => this.#packet(bytes, start, end, timestamp, arrivalMs),
        lost: (count, nowMs) => this.#lost(count, nowMs),
      },
      { maxPayloadBytes: 3 * FRAME_SAMPLES * codec.bytesPerSample },
    );
  }

  /** Takes one datagram of the pinned source. Never throws on its bytes. */
  receive(datagram: Uint8Array, nowMs: number): void {
    const view = this.#view;
    if (parseRtp(datagram, view) !== undefined) {
      this.#malformed++;
      return;
    }
    if (!this.#budget.spend((view.payloadEnd - view.payloadStart) / this.codec.bytesPerSample, nowMs)) {
      this.#refused++;
      return;
    }
    if (view.ssrc !== this.#ssrc) this.#newSender(view.ssrc, nowMs);
    // A payload that we did not agree on still holds its place in the sequence, or it would count as lost.
    const foreignPayload = view.payloadType !== this.codec.payloadType;
    if (foreignPayload) this.#malformed++;
    const end = foreignPayload ? view.payloadStart : view.payloadEnd;
    const result = this.#buffer.push(
      view.sequence,
      view.timestamp,
      datagram,
      view.payloadStart,
      end,
      nowMs,
      this.#stats.jitterMs,
    );
    switch (result) {
      case 'oversized':
        this.#malformed++;
        return;
      case 'jump':
        this.#jumps++;
        return;
      case 'restarted':
        this.#restarts++;
        this.#stats.restart();
        break;
      case 'late':
        this.#late++;
        break;
      case 'duplicate':
        this.#duplicates++;
        break;
      case 'taken':
    }
    this.#stats.packet(view.sequence, view.timestamp, nowMs, result !== 'duplicate');
  }

  /** Lets time pass: gives up missing packets, and fills in when nothing comes at all. Once a frame. */
  tick(nowMs: number): void {
    this.#buffer.tick(nowMs, this.#stats.jitterMs);
    this.#stall.tick(nowMs, this.#buffer.waitMs(this.#stats.jitterMs));
  }

  counters(): ReceiverCounters {
    return {
      received: this.#stats.received,
      malformed: this.#malformed,
      lost: this.#stats.lost,
      reordered: this.#stats.reordered,
      late: this.#late,
      duplicates: this.#duplicates,
      jumps: this.#jumps,
      restarts: this.#restarts,
      refused: this.#refused,
      concealed: this.#concealed,
      jitterMs: this.#stats.jitterMs,
      waitMs: this.#buffer.waitMs(this.#stats.jitterMs),
    };
  }

  #packet(bytes: Uint8Array, start: number, end: number, timestamp: number, arrivalMs: number): void {
    if (start === end) return;
    this.#fillPause(timestamp, arrivalMs);
    const samples = this.codec.decode(bytes, start, end, decoded);
    const pcm = samples === FRAME_SAMPLES ? frame : decoded.subarray(0, samples);
    this.#concealer.good(pcm);
    this.#nextTimestamp = timestampAdd(timestamp, samples);
    this.#stall.heard(arrivalMs);
    this.onAudio(pcm, arrivalMs, 'line');
  }

  /** Packets were given up: what silence did not stand for already is concealed. */
  #lost(count: number, nowMs: number): void {
    if (this.#nextTimestamp === NONE) return;
    const stalled = Math.min(count, Math.floor(this.#stall.samples / FRAME_SAMPLES));
    this.#stall.standsFor(stalled * FRAME_SAMPLES);
    const frames = Math.min(count - stalled, Math.floor(this.#believable(nowMs) / FRAME_SAMPLES));
    for (let i = 0; i < frames; i++) {
      this.#concealer.conceal(frame);
      this.onAudio(frame, nowMs, 'concealed');
    }
    this.#concealed += frames;
    this.#nextTimestamp = timestampAdd(this.#nextTimestamp, count * FRAME_SAMPLES);
  }

  /** The sender let time pass without a packet: as much silence, less what was handed on while nothing came. */
  #fillPause(timestamp: number, arrivalMs: number): void {
    if (this.#nextTimestamp === NONE) return;
    const pause = timestampDistance(timestamp, this.#nextTimestamp);
    const missing = pause - this.#stall.samples;
    if (pause <= 0 || missing > MAX_FILL_SAMPLES) return;
    let left = Math.min(missing, this.#believable(arrivalMs));
    while (left > 0) {
      const samples = Math.min(left, FRAME_SAMPLES);
      this.onAudio(samples === FRAME_SAMPLES ? silence : silence.subarray(0, samples), arrivalMs, 'silence');
      left -= samples;
    }
  }

  /** Samples that may have been missed since the last packet, by our own clock: no sender's numbers are believed beyond. */
  #believable(nowMs: number): number {
    return Math.floor((this.#stall.sinceAudioMs(nowMs) + FILL_AHEAD_MS) * (TELEPHONE_RATE_HZ / 1_000));
  }

  /** Another SSRC is another stream (RFC 3550 §8.2): what waits of the old one is handed on, then all is forgotten. */
  #newSender(ssrc: number, nowMs: number): void {
    if (this.#ssrc !== undefined) this.#restarts++;
    this.#buffer.flush(nowMs);
    this.#ssrc = ssrc;
    this.#stats.restart();
    this.#concealer.reset();
    this.#nextTimestamp = NONE;
  }
}

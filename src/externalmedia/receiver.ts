import { LossConcealer } from './concealer.js';
import type { G711 } from './g711.js';
import { JitterBuffer } from './jitter-buffer.js';
import { FRAME_MS, FRAME_SAMPLES } from './port.js';
import { ReceiverStats } from './receiver-stats.js';
import { createRtpView, parseRtp } from './rtp.js';
import { timestampAdd, timestampDistance } from './sequence.js';

/** Where samples come from: the line, the concealer, or a time in which nothing was sent. */
export type AudioKind = 'line' | 'concealed' | 'silence';

/** The longest time without packets that is filled with silence when the sender's timestamps tell of it. */
const MAX_FILL_SAMPLES = 8_000;
/** After this long without a packet, silence is handed on in its place, so that whoever listens sees time pass. */
const STALL_MS = 3 * FRAME_MS;
/** A longer loss is a hole, not something to conceal frame by frame. */
const MAX_CONCEALED_FRAMES = 32;

export interface ReceiverCounters {
  readonly received: number;
  readonly malformed: number;
  readonly lost: number;
  readonly reordered: number;
  readonly late: number;
  readonly concealed: number;
  readonly jitterMs: number;
}

/**
 * From datagrams to a gapless flow of PCM: parse, reorder, decode, conceal, and fill the times in which the sender was
 * silent (Asterisk sends nothing for about 200 ms during a key press). `onAudio` gets views that are only valid during
 * the call, with the arrival time of the packet that brought the samples.
 */
export class Receiver {
  readonly #view = createRtpView();
  readonly #stats = new ReceiverStats();
  readonly #concealer = new LossConcealer();
  readonly #buffer: JitterBuffer;
  readonly #pcm = new Int16Array(3 * FRAME_SAMPLES);
  readonly #silence = new Int16Array(FRAME_SAMPLES);
  #ssrc: number | undefined;
  #malformed = 0;
  #late = 0;
  #concealed = 0;
  #nextTimestamp: number | undefined;
  #lastAudioMs: number | undefined;
  /** Silence handed on since the last packet because nothing came. */
  #stalledSamples = 0;

  constructor(
    private readonly codec: G711,
    private readonly onAudio: (samples: Int16Array, arrivalMs: number, kind: AudioKind) => void,
  ) {
    this.#buffer = new JitterBuffer({
      packet: (payload, timestamp, arrivalMs) => this.#packet(payload, timestamp, arrivalMs),
      lost: (count, nowMs) => this.#lost(count, nowMs),
    });
  }

  /** Takes one datagram of the pinned source. Never throws on its bytes. */
  receive(datagram: Uint8Array, nowMs: number): void {
    const view = this.#view;
    if (parseRtp(datagram, view) !== undefined) {
      this.#malformed++;
      return;
    }
    if (view.ssrc !== this.#ssrc) {
      this.#ssrc = view.ssrc;
      this.#restart();
      this.#buffer.reset();
    }
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
    if (result === 'oversized') {
      this.#malformed++;
      return;
    }
    if (result === 'restarted') this.#stats.restart();
    if (result === 'late') this.#late++;
    if (result !== 'jump') this.#stats.packet(view.sequence, view.timestamp, nowMs, result !== 'duplicate');
  }

  /** Lets time pass: gives up missing packets, and fills in when nothing comes at all. Once a frame. */
  tick(nowMs: number): void {
    this.#buffer.tick(nowMs, this.#stats.jitterMs);
    if (this.#lastAudioMs === undefined) return;
    const owed = Math.floor((nowMs - this.#lastAudioMs - STALL_MS) / FRAME_MS) * FRAME_SAMPLES;
    // At most a few frames a tick: after a stall of our own the time is not made up for.
    for (let n = 0; n < 3 && this.#stalledSamples < owed; n++) {
      this.#stalledSamples += FRAME_SAMPLES;
      this.onAudio(this.#silence, nowMs, 'silence');
    }
    if (this.#stalledSamples < owed) this.#stalledSamples = owed;
  }

  counters(): ReceiverCounters {
    return {
      received: this.#stats.received,
      malformed: this.#malformed,
      lost: this.#stats.lost,
      reordered: this.#stats.reordered,
      late: this.#late,
      concealed: this.#concealed,
      jitterMs: this.#stats.jitterMs,
    };
  }

  #packet(payload: Uint8Array, timestamp: number, arrivalMs: number): void {
    if (payload.length === 0) return;
    this.#fillPause(timestamp, arrivalMs);
    const samples = this.codec.decode(payload, 0, payload.length, this.#pcm);
    const pcm = this.#pcm.subarray(0, samples);
    this.#concealer.good(pcm);
    this.#nextTimestamp = timestampAdd(timestamp, samples);
    this.#lastAudioMs = arrivalMs;
    this.#stalledSamples = 0;
    this.onAudio(pcm, arrivalMs, 'line');
  }

  #lost(count: number, nowMs: number): void {
    const frames = Math.min(count, MAX_CONCEALED_FRAMES);
    for (let i = 0; i < frames; i++) {
      this.#concealer.conceal(this.#pcm);
      this.onAudio(this.#pcm.subarray(0, FRAME_SAMPLES), nowMs, 'concealed');
    }
    this.#concealed += count;
    if (this.#nextTimestamp !== undefined)
      this.#nextTimestamp = timestampAdd(this.#nextTimestamp, count * FRAME_SAMPLES);
  }

  /** The sender let time pass without a packet: as much silence, less what was handed on while nothing came. */
  #fillPause(timestamp: number, arrivalMs: number): void {
    if (this.#nextTimestamp === undefined) return;
    const pause = timestampDistance(timestamp, this.#nextTimestamp);
    if (pause <= 0 || pause > MAX_FILL_SAMPLES) return;
    let left = pause - this.#stalledSamples;
    while (left > 0) {
      const samples = Math.min(left, FRAME_SAMPLES);
      this.onAudio(this.#silence.subarray(0, samples), arrivalMs, 'silence');
      left -= samples;
    }
  }

  #restart(): void {
    this.#stats.restart();
    this.#concealer.reset();
    this.#nextTimestamp = undefined;
  }
}

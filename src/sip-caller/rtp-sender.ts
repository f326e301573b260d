import type { Cancel, Clock } from '../kernel/clock.js';
import { g711 } from '../externalmedia/g711.js';
import { FRAME_MS, FRAME_SAMPLES, TELEPHONE_RATE_HZ } from '../externalmedia/port.js';
import { RTP_HEADER_BYTES } from '../externalmedia/rtp.js';
import { sequenceAdd, timestampAdd } from '../externalmedia/sequence.js';
import { lastVoicedSample } from '../audio/voiced.js';
import { Distribution } from './distribution.js';
import { dtmfDefaults, dtmfTicks, type DtmfOptions, type DtmfTick } from './dtmf.js';
import { Recording } from './recording.js';
import { payloadTypes, type CallerCodec } from './sdp.js';

export interface RtpSenderOptions {
  readonly clock: Clock;
  readonly codec: CallerCodec;
  readonly eventType: number | undefined;
  /** Uniform in [0, 1): SSRC and first sequence number and timestamp (RFC 3550, 8). */
  readonly random: () => number;
  readonly send: (packet: Uint8Array) => void;
}

/** When a recording was spoken. Moments are those of a person's mouth: a packet leaves when its last sample was said. */
export interface Played {
  readonly startedMs: number;
  /** End of the last voiced sample (to 5 ms); `startedMs` when nothing in it is voiced. */
  readonly lastVoicedSentMs: number;
}

type Job =
  | { readonly type: 'audio'; readonly samples: Int16Array; readonly done: (startedMs: number) => void }
  | { readonly type: 'ticks'; readonly ticks: readonly (DtmfTick | undefined)[]; readonly done: () => void };

/**
 * The caller's mouth: one packet every 20 ms against absolute deadlines, silence when there is nothing to say. Ticks that
 * the process missed are made up for at once, so that the stream's own time never drifts from the clock.
 */
export class RtpSender {
  /** How late each tick was, in milliseconds. */
  readonly lateness = new Distribution();
  readonly spoken = new Recording();
  readonly #options: RtpSenderOptions;
  readonly #silence = new Int16Array(FRAME_SAMPLES);
  readonly #queue: Job[] = [];
  #job: { readonly what: Job; at: number; readonly startedMs: number } | undefined;
  #eventTimestamp = 0;
  readonly #ssrc: number;
  #sequence: number;
  #timestamp: number;
  #dueMs: number;
  #first = true;
  #cancel: Cancel | undefined;
  #stopped = false;

  constructor(options: RtpSenderOptions) {
    this.#options = options;
    this.#ssrc = Math.floor(options.random() * 0x1_0000_0000) >>> 0;
    this.#sequence = Math.floor(options.random() * 0x1_0000);
    this.#timestamp = Math.floor(options.random() * 0x1_0000_0000) >>> 0;
    this.#dueMs = options.clock.nowMs();
    this.#tick();
  }

  /** Speaks after everything that was asked for before. Resolves when the last packet has left, or on `stop`. */
  async play(samples: Int16Array): Promise<Played> {
    const startedMs = await new Promise<number>((done) => this.#enqueue({ type: 'audio', samples, done }));
    const last = lastVoicedSample(samples);
    const voicedMs = last === undefined ? 0 : ((last + 1) * 1_000) / TELEPHONE_RATE_HZ;
    return { startedMs, lastVoicedSentMs: startedMs + voicedMs };
  }

  /** Presses keys one after another. @throws Error when the other side takes no RFC 4733 events, RangeError for no key */
  async dtmf(digits: string, options: DtmfOptions = {}): Promise<void> {
    if (this.#options.eventType === undefined) throw new Error('the other side takes no telephone-event');
    const { durationMs, gapMs } = { ...dtmfDefaults, ...options };
    const gap = new Array<undefined>(Math.ceil(gapMs / FRAME_MS)).fill(undefined);
    const ticks = [...digits].flatMap((digit) => [...dtmfTicks(digit, durationMs), ...gap]);
    await new Promise<void>((done) => this.#enqueue({ type: 'ticks', ticks, done }));
  }

  /** Ends the stream and lets everybody go who waits for the end of a playout. Idempotent. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    const nowMs = this.#options.clock.nowMs();
    this.#job?.what.done(this.#job.startedMs);
    for (const job of this.#queue.splice(0)) job.done(nowMs);
    this.#job = undefined;
  }

  #enqueue(job: Job): void {
    if (this.#stopped) job.done(this.#options.clock.nowMs());
    else this.#queue.push(job);
  }

  #tick(): void {
    const { clock } = this.#options;
    // A timer may fire a fraction of a millisecond early; half a millisecond is below what anybody measures here.
    for (let lateMs = clock.nowMs() - this.#dueMs; lateMs > -0.5 && !this.#stopped;) {
      this.lateness.add(Math.max(0, lateMs));
      this.#sendFrame(this.#dueMs);
      this.#dueMs += FRAME_MS;
      lateMs = clock.nowMs() - this.#dueMs;
    }
    if (!this.#stopped) this.#cancel = clock.after(this.#dueMs - clock.nowMs(), () => this.#tick());
  }

  #sendFrame(dueMs: number): void {
    const next = this.#job === undefined ? this.#queue.shift() : undefined;
    if (next) this.#job = { what: next, at: 0, startedMs: dueMs - FRAME_MS };
    const job = this.#job;
    if (job?.what.type === 'audio') {
      const frame = new Int16Array(FRAME_SAMPLES);
      frame.set(job.what.samples.subarray(job.at, job.at + FRAME_SAMPLES));
      this.#sendAudio(frame, dueMs);
      job.at += FRAME_SAMPLES;
      if (job.at >= job.what.samples.length) this.#finishJob();
    } else if (job) {
      const tick = job.what.ticks[job.at];
      if (tick) this.#sendEvent(tick);
      else this.#sendAudio(this.#silence, dueMs);
      job.at += 1;
      if (job.at >= job.what.ticks.length) this.#finishJob();
    } else {
      this.#sendAudio(this.#silence, dueMs);
    }
    this.#timestamp = timestampAdd(this.#timestamp, FRAME_SAMPLES);
  }

  #finishJob(): void {
    const job = this.#job;
    this.#job = undefined;
    job?.what.done(job.startedMs);
  }

  #sendAudio(samples: Int16Array, dueMs: number): void {
    const { codec } = this.#options;
    const payload = new Uint8Array(FRAME_SAMPLES);
    g711(codec).encode(samples, payload);
    if (samples !== this.#silence) this.spoken.add({ atMs: dueMs - FRAME_MS, samples });
    this.#sendPacket(payloadTypes[codec], this.#first, this.#timestamp, payload);
    this.#first = false;
  }

  #sendEvent(tick: DtmfTick): void {
    if (tick.marker) this.#eventTimestamp = this.#timestamp;
    tick.payloads.forEach((payload, index) => {
      const marker = tick.marker && index === 0;
      this.#sendPacket(this.#options.eventType ?? 0, marker, this.#eventTimestamp, payload);
    });
  }

  #sendPacket(payloadType: number, marker: boolean, timestamp: number, payload: Uint8Array): void {
    const packet = Buffer.alloc(RTP_HEADER_BYTES + payload.length);
    packet[0] = 0x80;
    packet[1] = (marker ? 0x80 : 0) | payloadType;
    packet.writeUInt16BE(this.#sequence, 2);
    packet.writeUInt32BE(timestamp, 4);
    packet.writeUInt32BE(this.#ssrc, 8);
    packet.set(payload, RTP_HEADER_BYTES);
    this.#sequence = sequenceAdd(this.#sequence, 1);
    this.#options.send(packet);
  }
}

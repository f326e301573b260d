import type { CallMediaDependencies } from './call-media.js';
import { CallMedia } from './call-media.js';
import type { AudioCodec } from './codec.js';
import { codecOf } from './codec.js';
import type { UdpEnd } from './leg-sockets.js';
import type { LegStats, MediaCodec } from './port.js';
import { FRAME_SAMPLES } from './port.js';
import { Receiver } from './receiver.js';
import { RTP_HEADER_BYTES, RtpWriter } from './rtp.js';
import type { CaptureTap } from './tap/leg-taps.js';

export interface RtpLegDependencies extends CallMediaDependencies {
  readonly codec: MediaCodec;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Sends a datagram to the pinned address. The bytes are only valid during the call. */
  readonly send: (datagram: Uint8Array) => void;
}

/** The frame that is being sent: one for all calls of a thread, so that it stays in the processor's cache. */
const frame = new Int16Array(FRAME_SAMPLES);

/**
 * One call's media over RTP: everything between datagrams and events, without a socket or timer. Fed with datagrams as
 * they come and with `tick` every 20 ms.
 */
export class RtpLeg {
  readonly media: CallMedia;
  readonly #codec: AudioCodec;
  readonly #writer: RtpWriter;
  readonly #receiver: Receiver;
  #remote: UdpEnd | undefined;
  #capture: CaptureTap | undefined;
  #inTalkspurt = false;
  #sent = 0;

  constructor(private readonly deps: RtpLegDependencies) {
    this.media = new CallMedia(deps);
    this.#codec = codecOf(deps.codec, 'rtp');
    const { payloadType, bytesPerSample } = this.#codec;
    this.#writer = new RtpWriter(payloadType, deps.random, FRAME_SAMPLES * bytesPerSample);
    this.#receiver = new Receiver(this.#codec, (samples, arrivalMs, kind) => this.media.hear(samples, arrivalMs, kind));
  }

  /** Starts the flow of packets. */
  connect(remote: UdpEnd): void {
    this.#remote = remote;
    this.media.lineLives(this.deps.nowMs());
  }

  get remote(): UdpEnd | undefined {
    return this.#remote;
  }

  /** A datagram of the pinned source came. */
  receive(datagram: Uint8Array, arrivalMs: number): void {
    this.media.lineLives(arrivalMs);
    if (this.#capture) this.#captured(this.#capture, 'in', datagram, arrivalMs);
    this.#receiver.receive(datagram, arrivalMs);
    this.media.listenNow(arrivalMs);
  }

  /** 20 ms have passed: sends `frames` packets, after `skipped` frames of time that stay empty. */
  tick(frames: number, skipped: number): void {
    if (!this.#remote) return;
    const nowMs = this.deps.nowMs();
    this.#receiver.tick(nowMs);
    this.media.tick(nowMs);
    if (skipped > 0) {
      this.#writer.skip(skipped);
      this.media.skip(skipped);
    }
    for (let i = 0; i < frames; i++) this.#sendFrame(nowMs);
  }

  /** Captures from now on, in place of what was captured before; `undefined` ends it. */
  capture(tap: CaptureTap | undefined): void {
    this.#capture?.end();
    this.#capture = tap;
  }

  stats(): Omit<LegStats, 'foreign'> {
    return { ...this.#receiver.counters(), sent: this.#sent };
  }

  close(): void {
    this.media.close();
    this.capture(undefined);
    this.#remote = undefined;
  }

  /** A packet keeps its header, so that a capture tells of the network what it should, whatever was said. */
  #captured(tap: CaptureTap, direction: 'in' | 'out', datagram: Uint8Array, nowMs: number): void {
    if (!this.media.isRedacted) return tap.datagram(direction, datagram, nowMs);
    tap.datagram(direction, Uint8Array.from(datagram).fill(this.#codec.silence, RTP_HEADER_BYTES), nowMs);
  }

  #sendFrame(nowMs: number): void {
    const isVoice = this.media.nextFrame(frame, nowMs);
    const slot = this.#writer.next(isVoice && !this.#inTalkspurt);
    this.#inTalkspurt = isVoice;
    if (isVoice) this.#codec.encode(frame, slot.payload);
    else slot.payload.fill(this.#codec.silence);
    this.#sent++;
    if (this.#capture) this.#captured(this.#capture, 'out', slot.bytes, nowMs);
    this.deps.send(slot.bytes);
  }
}

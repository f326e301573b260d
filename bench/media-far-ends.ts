import { existsSync } from 'node:fs';
import { ClockTimer, NativeTimer, type DeadlineTimer } from '../src/externalmedia/deadline-timer.js';
import { createLegSockets, type LegSocket, type LegSockets, type UdpEnd } from '../src/externalmedia/leg-sockets.js';
import { loadNativeIo, nativeIoPath } from '../src/externalmedia/native-io.js';
import { FRAME_MS, FRAME_SAMPLES } from '../src/externalmedia/port.js';
import { RTP_HEADER_BYTES } from '../src/externalmedia/rtp.js';
import { systemClock } from '../src/kernel/clock.js';
import { Distribution } from '../src/sip-caller/index.js';

/** Ends are served in slices of a frame, as calls that began at different times are. */
const SLICES = 8;
/** µ-law of PCM 0. */
const SILENCE = 0xff;

/** What far ends heard since `mark`. */
export interface FarEndFigures {
  readonly received: number;
  /** Missing sequence numbers in what came. */
  readonly lost: number;
  /** Time between two packets at one end. */
  readonly gapMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** How late their own 20 ms clock was: it shares the machine with what it measures. */
  readonly latenessMsP99: number;
}

/** The audio of one call's other side: speaks a clip in a loop, and measures what comes. */
export class FarEnd {
  /** When the first voiced packet came since `mark`, on the machine's monotonic clock. */
  firstVoicedMs: number | undefined;
  readonly #packet = rtpPacket();
  #clip: Uint8Array | undefined;
  #sequence = 0;
  #position = 0;
  #lastMs: number | undefined;
  #lastSequence: number | undefined;

  constructor(readonly socket: LegSocket) {}

  /** @param from where in the clip it begins, in frames: callers do not speak in step */
  call(remote: UdpEnd, clip: Uint8Array, from: number): void {
    this.socket.pin(remote);
    this.#clip = clip;
    this.#position = (from * FRAME_SAMPLES) % clip.length;
  }

  speak(): void {
    const clip = this.#clip;
    if (!clip) return;
    number(this.#packet, this.#sequence++);
    this.#packet.set(clip.subarray(this.#position, this.#position + FRAME_SAMPLES), RTP_HEADER_BYTES);
    this.#position = (this.#position + FRAME_SAMPLES) % clip.length;
    this.socket.send(this.#packet);
  }

  /** @returns the gap before this packet and how many are missing in it */
  hear(bytes: Uint8Array, arrivalMs: number): { readonly gapMs: number | undefined; readonly lost: number } {
    const sequence = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
    const gapMs = this.#lastMs === undefined ? undefined : arrivalMs - this.#lastMs;
    const step = this.#lastSequence === undefined ? 1 : (sequence - this.#lastSequence) & 0xffff;
    this.#lastMs = arrivalMs;
    this.#lastSequence = sequence;
    if (this.firstVoicedMs === undefined && bytes[RTP_HEADER_BYTES + 1] !== SILENCE) this.firstVoicedMs = arrivalMs;
    return { gapMs, lost: Math.max(0, step - 1) };
  }
}

/** All far ends of a process: one clock, one measure. */
export class FarEnds {
  readonly #ends = new Set<FarEnd>();
  readonly #sockets: LegSockets;
  readonly #timer: DeadlineTimer;
  #received = 0;
  #lost = 0;
  #gaps = new Distribution();
  #lateness = new Distribution();

  constructor() {
    const io = existsSync(nativeIoPath) ? loadNativeIo() : undefined;
    this.#sockets = createLegSockets(io, () => systemClock.nowMs());
    this.#timer = io ? new NativeTimer(io) : new ClockTimer(systemClock);
    this.#pace(systemClock.nowMs(), 0);
  }

  async open(host: string): Promise<FarEnd> {
    const socket = await this.#sockets.open(host, {
      datagram: (bytes, arrivalMs) => this.#hear(end, bytes, arrivalMs),
      trouble: () => undefined,
      lost: () => undefined,
    });
    const end = new FarEnd(socket);
    this.#ends.add(end);
    return end;
  }

  close(end: FarEnd): void {
    this.#ends.delete(end);
    end.socket.close();
  }

  /** Forgets what was counted. */
  mark(): void {
    this.#received = 0;
    this.#lost = 0;
    this.#gaps = new Distribution();
    this.#lateness = new Distribution();
    for (const end of this.#ends) end.firstVoicedMs = undefined;
  }

  figures(): FarEndFigures {
    return {
      received: this.#received,
      lost: this.#lost,
      gapMs: { p50: this.#gaps.percentile(0.5), p99: this.#gaps.percentile(0.99), max: this.#gaps.max },
      latenessMsP99: this.#lateness.percentile(0.99),
    };
  }

  #hear(end: FarEnd, bytes: Uint8Array, arrivalMs: number): void {
    const { gapMs, lost } = end.hear(bytes, arrivalMs);
    this.#received++;
    this.#lost += lost;
    if (gapMs !== undefined) this.#gaps.add(gapMs);
  }

  /** Absolute deadlines: slice n is due at start + n × 2.5 ms. */
  #pace(startMs: number, slice: number): void {
    const dueMs = startMs + (slice * FRAME_MS) / SLICES;
    this.#timer.wakeAt(dueMs, () => {
      this.#lateness.add(Math.max(0, systemClock.nowMs() - dueMs));
      this.#sockets.receive();
      let index = 0;
      for (const end of this.#ends) if (index++ % SLICES === slice % SLICES) end.speak();
      this.#pace(startMs, slice + 1);
    });
  }
}

/** A packet of 20 ms of G.711, still to be numbered. */
export function rtpPacket(): Uint8Array {
  const packet = new Uint8Array(RTP_HEADER_BYTES + FRAME_SAMPLES);
  packet[0] = 0x80;
  return packet;
}

export function number(packet: Uint8Array, sequence: number): void {
  const view = new DataView(packet.buffer, packet.byteOffset);
  view.setUint16(2, sequence & 0xffff);
  view.setUint32(4, (sequence * FRAME_SAMPLES) >>> 0);
}

import { FRAME_SAMPLES } from './port.js';
import { sequenceAdd, timestampAdd } from './sequence.js';

/** The fixed part of an RTP header in bytes (RFC 3550 §5.1). */
export const RTP_HEADER_BYTES = 12;

/** Why a datagram is not RTP. */
export type RtpFault = 'too-short' | 'version' | 'csrc' | 'extension' | 'padding';

/** The fields of one packet. One view is reused for all packets of a leg, so that parsing allocates nothing. */
export interface RtpView {
  marker: boolean;
  payloadType: number;
  sequence: number;
  timestamp: number;
  ssrc: number;
  /** Where the payload lies in the datagram that was parsed; padding is not part of it. */
  payloadStart: number;
  payloadEnd: number;
}

export function createRtpView(): RtpView {
  return { marker: false, payloadType: 0, sequence: 0, timestamp: 0, ssrc: 0, payloadStart: 0, payloadEnd: 0 };
}

/**
 * Reads an RTP packet into `into` (RFC 3550 §5.1: CSRC list, extension and padding are stepped over within bounds).
 * Never throws and reads nothing outside of `bytes`; `into` is unspecified after a fault.
 *
 * @returns the fault, or `undefined` when the packet is sound
 */
export function parseRtp(bytes: Uint8Array, into: RtpView): RtpFault | undefined {
  const length = bytes.length;
  if (length < RTP_HEADER_BYTES) return 'too-short';
  const first = byteAt(bytes, 0);
  if (first >> 6 !== 2) return 'version';

  let start = RTP_HEADER_BYTES + 4 * (first & 0x0f);
  if (start > length) return 'csrc';
  if (first & 0x10) {
    if (start + 4 > length) return 'extension';
    start += 4 + 4 * uint16At(bytes, start + 2);
    if (start > length) return 'extension';
  }
  let end = length;
  if (first & 0x20) {
    const padding = byteAt(bytes, length - 1);
    if (padding === 0 || padding > length - start) return 'padding';
    end -= padding;
  }

  const second = byteAt(bytes, 1);
  into.marker = second >= 0x80;
  into.payloadType = second & 0x7f;
  into.sequence = uint16At(bytes, 2);
  into.timestamp = uint32At(bytes, 4);
  into.ssrc = uint32At(bytes, 8);
  into.payloadStart = start;
  into.payloadEnd = end;
  return undefined;
}

/** A packet that waits for its payload: encode into `payload`, then send `bytes`. */
export interface RtpSlot {
  readonly bytes: Uint8Array;
  readonly payload: Uint8Array;
}

/** The packet in the making, by the length of its payload: one for all streams of a thread, so that it stays in the processor's cache. */
const slots = new Map<number, RtpSlot>();

function slotOf(payloadBytes: number): RtpSlot {
  let slot = slots.get(payloadBytes);
  if (!slot) {
    const bytes = new Uint8Array(RTP_HEADER_BYTES + payloadBytes);
    slots.set(payloadBytes, (slot = { bytes, payload: bytes.subarray(RTP_HEADER_BYTES) }));
  }
  return slot;
}

/**
 * Writes the packets of one stream: sequence numbers are gapless and timestamps follow the sampling clock through
 * silence, flush and barge-in (RFC 3550 §5.1). A packet is only valid until any writer of the thread makes the next.
 */
export class RtpWriter {
  readonly #slot: RtpSlot;
  readonly #ssrc: number;
  readonly #payloadType: number;
  #sequence: number;
  #timestamp: number;

  /** @param random uniform in [0, 1): source of SSRC, first sequence number and first timestamp (RFC 3550 §5.1, §8) */
  constructor(payloadType: number, random: () => number, payloadBytes: number = FRAME_SAMPLES) {
    this.#payloadType = payloadType;
    this.#ssrc = Math.floor(random() * 0x1_0000_0000) >>> 0;
    this.#sequence = Math.floor(random() * 0x1_0000);
    this.#timestamp = Math.floor(random() * 0x1_0000_0000) >>> 0;
    this.#slot = slotOf(payloadBytes);
  }

  get ssrc(): number {
    return this.#ssrc;
  }

  /** Makes the next packet of 160 samples. `marker`: it is the first of a talkspurt (RFC 3551 §4.1). */
  next(marker: boolean): RtpSlot {
    const slot = this.#slot;
    const header = slot.bytes;
    header[0] = 0x80;
    header[1] = (marker ? 0x80 : 0) | this.#payloadType;
    header[2] = this.#sequence >> 8;
    header[3] = this.#sequence;
    writeUint32(header, 4, this.#timestamp);
    writeUint32(header, 8, this.#ssrc);
    this.#sequence = sequenceAdd(this.#sequence, 1);
    this.#timestamp = timestampAdd(this.#timestamp, FRAME_SAMPLES);
    return slot;
  }

  /** Lets `frames` frames of time pass without packets, so that the receiver sees a pause and not a slow sender. */
  skip(frames: number): void {
    this.#timestamp = timestampAdd(this.#timestamp, frames * FRAME_SAMPLES);
  }
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function uint16At(bytes: Uint8Array, at: number): number {
  return (byteAt(bytes, at) << 8) | byteAt(bytes, at + 1);
}

function uint32At(bytes: Uint8Array, at: number): number {
  return ((uint16At(bytes, at) << 16) | uint16At(bytes, at + 2)) >>> 0;
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

import { FRAME_MS, type MediaTransport } from '../../externalmedia/port.js';
import { problem, ok, warning, type Finding } from './check.js';

/**
 * The arithmetic of doctor's audio check. Two external media channels stand in one bridge: what goes in at one end
 * comes back at the other. Every frame is filled with one G.711 code of its own, which survives decoding and coding, so
 * that each packet is known again whatever Asterisk did to sequence numbers and timestamps.
 */

/** Two seconds. A frame's code is its index: below 0x64 no code of either law stands for silence. */
export const LOOP_FRAMES = 100;

/** Which frame a payload was, by what most of its bytes say; `undefined` for silence and anything else. */
export function frameOfPayload(payload: Uint8Array): number | undefined {
  const counts = new Map<number, number>();
  for (const code of payload) counts.set(code, (counts.get(code) ?? 0) + 1);
  for (const [code, count] of counts) {
    if (count > payload.length / 2 && code < LOOP_FRAMES) return code;
  }
  return undefined;
}

/** One way through Asterisk. Milliseconds. */
export interface WayReport {
  readonly sent: number;
  /** Packets of audio that arrived at all, silence included. */
  readonly packets: number;
  /** Frames that were known again. */
  readonly received: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Interarrival jitter (RFC 3550 A.8) at the end. */
  readonly jitterMs: number;
}

/** Watches one way: `sent` and `arrived` are told as they happen. */
export class WayWatch {
  readonly #sentMs = new Map<number, number>();
  readonly #transitMs = new Map<number, number>();
  #packets = 0;
  #jitterMs = 0;
  #last: { readonly index: number; readonly atMs: number } | undefined;

  sent(index: number, atMs: number): void {
    this.#sentMs.set(index, atMs);
  }

  arrived(payload: Uint8Array, atMs: number): void {
    this.#packets++;
    const index = frameOfPayload(payload);
    const sentMs = index === undefined ? undefined : this.#sentMs.get(index);
    if (index === undefined || sentMs === undefined || this.#transitMs.has(index)) return;
    this.#transitMs.set(index, atMs - sentMs);
    if (this.#last) {
      const distance = Math.abs(atMs - this.#last.atMs - (index - this.#last.index) * FRAME_MS);
      this.#jitterMs += (distance - this.#jitterMs) / 16;
    }
    this.#last = { index, atMs };
  }

  report(): WayReport {
    const sorted = [...this.#transitMs.values()].sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return {
      sent: this.#sentMs.size,
      packets: this.#packets,
      received: sorted.length,
      medianMs: at(0.5),
      p99Ms: at(0.99),
      jitterMs: this.#jitterMs,
    };
  }
}

export interface LoopReport {
  readonly ways: readonly [WayReport, WayReport];
  /** How late our own 20 ms clock was, 99th percentile: what the times are worth. */
  readonly latenessP99Ms: number;
  /** Our address, which Asterisk must reach. */
  readonly ownHost: string;
  readonly codec: string;
  readonly transport: MediaTransport;
}

/** Above these a conversation suffers. */
const LIMITS = { lossShare: 0.01, oneWayMs: 60, jitterMs: 20 } as const;

export function judgeLoop({ ways, latenessP99Ms, ownHost, codec, transport }: LoopReport): Finding {
  const packets = ways[0].packets + ways[1].packets;
  const received = ways[0].received + ways[1].received;
  const sent = ways[0].sent + ways[1].sent;
  if (received === 0 && transport === 'websocket') {
    return problem(
      `of ${sent} packets sent to Asterisk over its websocket none came back`,
      `Look at Asterisk’s log, and check that media.codec (${codec}) is one that it has.`,
    );
  }
  if (packets === 0) {
    return problem(
      `of ${sent} packets sent to Asterisk none came back to ${ownHost}`,
      `Check that media.host is an address that Asterisk reaches, and that no firewall stops UDP either way.`,
    );
  }
  if (received === 0) {
    return problem(
      `${packets} packets came back to ${ownHost}, none with the audio that was sent`,
      `Check that no firewall stops UDP from ${ownHost} to Asterisk’s RTP ports (rtp.conf), and that media.codec is ${codec} there.`,
    );
  }
  const found = `there and back ${ms(ways[0].medianMs + ways[1].medianMs)}; ${ways.map(describeWay).join('; ')}; ${codec} over ${transport}; our own clock late by ${ms(latenessP99Ms)} (p99)`;
  if (ways.some((way) => way.received === 0)) {
    return problem(found, 'Audio goes one way only: look at firewall and NAT between Asterisk and this machine.');
  }
  if (received < sent * (1 - LIMITS.lossShare)) {
    return warning(found, 'Packets are lost: look at the network between Asterisk and this machine, and at its load.');
  }
  if (ways.some((way) => way.medianMs > LIMITS.oneWayMs || way.jitterMs > LIMITS.jitterMs)) {
    return warning(found, 'Audio is late or uneven: run Handrail nearer to Asterisk, or look at the load of both.');
  }
  return ok(found);
}

function describeWay({ sent, received, medianMs, p99Ms, jitterMs }: WayReport): string {
  return `${received} of ${sent} packets in ${ms(medianMs)} (p99 ${ms(p99Ms)}), jitter ${ms(jitterMs)}`;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

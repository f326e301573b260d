import { TELEPHONE_RATE_HZ } from './port.js';

/** Twice the rate of speech: a sender that catches up after a stall of the network is heard in full. */
const REFILL_PER_MS = (2 * TELEPHONE_RATE_HZ) / 1_000;
/** What may come at once: as much as the kernel holds for us while our own thread is busy, and more. */
const BURST_SAMPLES = 3 * TELEPHONE_RATE_HZ;
/** A packet costs at least this much, however short: 10 ms. */
const MIN_COST_SAMPLES = TELEPHONE_RATE_HZ / 100;

/**
 * How much audio one caller may make us work on: a token bucket in samples, refilled at twice real time. What a flood
 * brings beyond it is dropped before it is decoded, so that one port cannot take the thread from the other calls.
 */
export class AudioBudget {
  #left = BURST_SAMPLES;
  /** NaN before the first packet: a field that is always a number is written without allocation. */
  #atMs = Number.NaN;

  /** Takes what a packet of `samples` costs; false when there is not enough left. */
  spend(samples: number, nowMs: number): boolean {
    if (!Number.isNaN(this.#atMs))
      this.#left = Math.min(BURST_SAMPLES, this.#left + Math.max(0, nowMs - this.#atMs) * REFILL_PER_MS);
    this.#atMs = nowMs;
    const cost = Math.max(samples, MIN_COST_SAMPLES);
    if (this.#left < cost) return false;
    this.#left -= cost;
    return true;
  }
}

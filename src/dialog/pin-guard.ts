import { timingSafeEqual, createHash } from 'node:crypto';
import type { Clock } from '../kernel/clock.js';
import type { Sensitive } from '../kernel/sensitive.js';

const TRIES = 5;
const LOCKED_MS = 15 * 60_000;

/** A PIN, for all calls together: five wrong ones within a quarter of an hour, and none is taken for as long. */
export class PinGuard {
  readonly #wrongAtMs: number[] = [];

  constructor(
    private readonly pin: Sensitive<string>,
    private readonly clock: Clock,
  ) {}

  get isLocked(): boolean {
    const sinceMs = this.clock.nowMs() - LOCKED_MS;
    return this.#wrongAtMs.filter((atMs) => atMs > sinceMs).length >= TRIES;
  }

  accepts(keyed: string): boolean {
    if (this.isLocked) return false;
    if (timingSafeEqual(digest(keyed), digest(this.pin.reveal()))) return true;
    this.#wrongAtMs.push(this.clock.nowMs());
    if (this.#wrongAtMs.length > TRIES) this.#wrongAtMs.shift();
    return false;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import type { Cancel, Clock } from './clock.js';

interface Pending {
  readonly dueMs: number;
  readonly order: number;
  readonly task: () => void;
}

/** A clock that stands still until a test moves it. Tasks run in the order of their due times. */
export class FakeClock implements Clock {
  #nowMs = 0;
  #order = 0;
  readonly #pending = new Set<Pending>();

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  after(delayMs: number, task: () => void): Cancel {
    const pending: Pending = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, task };
    this.#pending.add(pending);
    return () => void this.#pending.delete(pending);
  }

  /** Moves time on, running what falls due. Tasks that fall due because of other tasks run too. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let next = this.#next(untilMs); next; next = this.#next(untilMs)) {
      this.#pending.delete(next);
      this.#nowMs = next.dueMs;
      next.task();
    }
    this.#nowMs = untilMs;
  }

  /** As `advance`, letting promises settle between tasks. */
  async advanceAsync(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let next = this.#next(untilMs); next; next = this.#next(untilMs)) {
      this.#pending.delete(next);
      this.#nowMs = next.dueMs;
      next.task();
      await settle();
    }
    this.#nowMs = untilMs;
    await settle();
  }

  /** How many tasks wait: a test for leaks. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  #next(untilMs: number): Pending | undefined {
    let first: Pending | undefined;
    for (const p of this.#pending) {
      if (p.dueMs > untilMs) continue;
      if (!first || p.dueMs < first.dueMs || (p.dueMs === first.dueMs && p.order < first.order)) first = p;
    }
    return first;
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

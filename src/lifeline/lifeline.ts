import type { AriPort } from '../ari/port.js';
import { planSweep, runSweep, targetOf, type SweepAction } from '../ari/sweep.js';
import type { Cancel, Clock } from '../kernel/clock.js';
import { LeaseWatch, type Verdict } from './lease-watch.js';

/** The few things that the lifeline asks of Asterisk. Each rejects when Asterisk does not answer, or refuses. */
export interface LifelineAri extends Pick<
  AriPort,
  'listChannels' | 'listBridges' | 'hangup' | 'destroyBridge' | 'continueInDialplan'
> {
  /** The controller's lease; empty when there is none. */
  readLease(): Promise<string>;
}

/** What the lifeline tells of itself: one line of its log each. */
export type LifelineEvent =
  | { readonly event: 'asterisk-away'; readonly problem: string }
  | { readonly event: 'asterisk-back' }
  | { readonly event: 'controller-silent'; readonly afterMs: number }
  | { readonly event: 'controller-back' }
  | { readonly event: 'done'; readonly action: SweepAction['type']; readonly id: string }
  | { readonly event: 'failed'; readonly action: SweepAction['type']; readonly id: string; readonly problem: string };

export interface LifelineParts {
  readonly ari: LifelineAri;
  /** The Stasis application: nothing outside it is touched. */
  readonly app: string;
  /** How long a lease may stand still. */
  readonly afterMs: number;
  readonly clock: Clock;
  readonly tell: (event: LifelineEvent) => void;
}

/** Distance of two looks. */
const POLL_MS = 500;
/** So many requests at once; before each such batch the lease is read again. */
const BATCH = 8;

/**
 * Watches the controller's lease. When it stands still, every caller who is in the application goes back to the dialplan,
 * once, at the line after `Stasis()`, where the keypad menu is; then media channels and bridges that nobody needs any more
 * are removed. Looks on while the controller is away, for callers who enter meanwhile.
 *
 * Two of these do no harm: what the other has done already is no error.
 */
export class Lifeline {
  readonly #watch: LeaseWatch;
  readonly #moved = new Set<string>();
  #verdict: Verdict = 'unleased';
  #away = false;
  #stopped = false;
  #wake: () => void = () => undefined;

  constructor(private readonly parts: LifelineParts) {
    this.#watch = new LeaseWatch(parts.afterMs, 2 * POLL_MS);
  }

  /** Looks until it is stopped. Never rejects. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      await this.look();
      if (this.#stopped) return;
      // The last look before the verdict comes when it is due, not up to half a second later.
      const left = this.#verdict === 'serving' ? this.#watch.leftMs : POLL_MS;
      await this.#sleep(Math.min(POLL_MS, Math.max(1, left)));
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  /** One look, and what follows from it. */
  async look(): Promise<void> {
    try {
      if (await this.#isSilent()) await this.#rescue();
    } catch (error) {
      if (this.#stopped) return;
      this.#watch.away();
      if (!this.#away) this.parts.tell({ event: 'asterisk-away', problem: problemOf(error) });
      this.#away = true;
    }
  }

  async #isSilent(): Promise<boolean> {
    const { ari, afterMs, clock, tell } = this.parts;
    const lease = await ari.readLease();
    if (this.#stopped) return false;
    if (this.#away) tell({ event: 'asterisk-back' });
    this.#away = false;
    const before = this.#verdict;
    this.#verdict = this.#watch.read(lease, clock.nowMs());
    if (this.#verdict === 'silent' && before !== 'silent') tell({ event: 'controller-silent', afterMs });
    if (this.#verdict !== 'silent' && before === 'silent') {
      tell({ event: 'controller-back' });
      this.#moved.clear();
    }
    return this.#verdict === 'silent';
  }

  async #rescue(): Promise<void> {
    const { ari, app } = this.parts;
    const [channels, bridges] = await Promise.all([ari.listChannels(), ari.listBridges()]);
    const nobody: ReadonlySet<string> = new Set();
    const plan = planSweep(channels, bridges, {
      app,
      liveCallIds: nobody,
      liveCallChannelIds: nobody,
      orphanCallers: 'continue',
    }).filter((action) => !this.#moved.has(targetOf(action)));
    for (let at = 0; at < plan.length; at += BATCH) {
      // The controller may have come back since the decision, or since the last batch.
      if (!(await this.#isSilent())) return;
      await Promise.all(plan.slice(at, at + BATCH).map((action) => this.#carryOut(action)));
    }
  }

  async #carryOut(action: SweepAction): Promise<void> {
    const { failed } = await runSweep(this.parts.ari, [action]);
    const [failure] = failed;
    const what = { action: action.type, id: targetOf(action) };
    if (failure) this.parts.tell({ event: 'failed', ...what, problem: problemOf(failure.error) });
    else this.parts.tell({ event: 'done', ...what });
    if (!failure && action.type === 'continue') this.#moved.add(action.channelId);
  }

  #sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel: Cancel = this.parts.clock.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

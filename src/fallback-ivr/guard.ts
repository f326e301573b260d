import { Breaker, type BreakerOptions, type BreakerState } from './breaker.js';
import type { Cancel, Clock } from '../kernel/clock.js';
import { Emitter, type Unsubscribe } from '../kernel/emitter.js';
import { HandrailError } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import type { Engine, EngineState } from '../local-models/ports.js';

/** An engine of which there is one more thing to know. */
export interface Guarded extends Engine {
  /** stt, nlu, tts or llm. */
  readonly component: string;
  readonly breaker: BreakerState;
  /** Switched off by an admin: nobody asks it, and it is not probed. */
  readonly isOff: boolean;
  /** When state, breaker or switch last changed, in ms since 1970. */
  readonly sinceWallMs: number;
  onBreaker(listener: (state: BreakerState) => void): Unsubscribe;
  /** What is under way goes on; from the next request on it counts. */
  switchTo(on: boolean): void;
}

export interface GuardParts {
  /** The component, as metrics and log call it: stt, nlu, tts, llm. */
  readonly component: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly options?: BreakerOptions;
}

/**
 * Who goes on or hangs up within this says nothing about the engine; who was kept waiting longer does, even though it was
 * the turn's deadline that cancelled the request.
 */
const PATIENCE_MS = 1_000;

/**
 * An engine behind its circuit breaker and a switch. To everybody it is `down` while the breaker is not closed, or the switch
 * is off, so that the next turn begins on the face that still works. After a rest a probe, which no caller waits for, decides.
 */
export class Guard<E extends Engine> implements Guarded {
  readonly #breaker: Breaker;
  readonly #states = new Emitter<EngineState>();
  readonly #breakers = new Emitter<BreakerState>();
  #cancel: Cancel = () => undefined;
  #told: EngineState;
  #closed = false;
  #isOff = false;
  #sinceWallMs: number;
  #lastProblem = '';

  /** @param probe asks the engine something small; rejects when the answer is late or wrong */
  constructor(
    protected readonly engine: E,
    private readonly probe: (engine: E) => Promise<void>,
    protected readonly parts: GuardParts,
  ) {
    this.#breaker = new Breaker(parts.options);
    this.#told = this.state;
    this.#sinceWallMs = parts.clock.wallMs();
    engine.onState((state) => {
      this.#tell();
      if (state !== 'ready' || this.#breaker.state !== 'open') return;
      this.#breaker.renewed();
      void this.#probe();
    });
  }

  get component(): string {
    return this.parts.component;
  }

  get name(): string {
    return this.engine.name;
  }

  get state(): EngineState {
    const { state } = this.engine;
    return state === 'ready' && (this.#isOff || this.#breaker.state !== 'closed') ? 'down' : state;
  }

  get problem(): string | undefined {
    if (this.#isOff) return 'was switched off by an admin';
    if (this.#breaker.state === 'closed') return this.engine.problem;
    return `rests after bad answers (breaker ${this.#breaker.state}): ${this.#lastProblem}`;
  }

  get breaker(): BreakerState {
    return this.#breaker.state;
  }

  get isOff(): boolean {
    return this.#isOff;
  }

  get sinceWallMs(): number {
    return this.#sinceWallMs;
  }

  get waitMs(): number {
    return this.engine.waitMs ?? 0;
  }

  onState(listener: (state: EngineState) => void): Unsubscribe {
    return this.#states.subscribe(listener);
  }

  onBreaker(listener: (state: BreakerState) => void): Unsubscribe {
    return this.#breakers.subscribe(listener);
  }

  switchTo(on: boolean): void {
    if (this.#isOff === !on) return;
    this.#isOff = !on;
    this.#sinceWallMs = this.parts.clock.wallMs();
    if (on && this.#breaker.state === 'open') this.#probeWhenDue();
    this.#tell();
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    return this.engine.close();
  }

  /** @throws HandrailError HR_ENGINE_DOWN at once: nobody waits for an engine that rests or is switched off */
  protected mustServe(): void {
    if (this.#isOff || this.#breaker.state !== 'closed')
      throw new HandrailError('HR_ENGINE_DOWN', `${this.name}: ${this.problem ?? ''}.`);
  }

  /** One request whose answer comes whole. @throws HandrailError of the engine, or HR_ENGINE_DOWN */
  protected async judged<T>(ask: () => Promise<T>): Promise<T> {
    this.mustServe();
    const askedAtMs = this.parts.clock.nowMs();
    try {
      const answer = await ask();
      this.answered(undefined, askedAtMs);
      return answer;
    } catch (error) {
      this.answered(error, askedAtMs);
      throw error;
    }
  }

  /**
   * @param error undefined for a good answer
   * @param askedAtMs when the request was made
   */
  protected answered(error: unknown, askedAtMs: number): void {
    if (isCancelled(error) && this.parts.clock.nowMs() - askedAtMs < PATIENCE_MS) return;
    if (error !== undefined) this.#lastProblem = error instanceof Error ? error.message : String(error);
    const before = this.#breaker.state;
    this.#breaker.answered(error === undefined, this.parts.clock.nowMs());
    if (this.#breaker.state !== before) this.#changed();
  }

  #changed(): void {
    const { clock, component, log } = this.parts;
    const { state } = this.#breaker;
    if (state === 'open') {
      const probeInMs = Math.round(this.#breaker.leftMs(clock.nowMs()));
      log.warn({ component, probeInMs, problem: this.#lastProblem }, 'breaker is open: calls go on without it');
      this.#probeWhenDue();
    } else if (state === 'closed') log.info({ component }, 'breaker is closed again');
    this.#sinceWallMs = clock.wallMs();
    this.#breakers.emit(state);
    this.#tell();
  }

  #probeWhenDue(): void {
    const { clock } = this.parts;
    this.#cancel();
    this.#cancel = clock.after(Math.ceil(this.#breaker.leftMs(clock.nowMs())), () => void this.#probe());
  }

  async #probe(): Promise<void> {
    const { clock } = this.parts;
    // An engine that is being started again tells when it is there; asking it before would only prolong its rest.
    if (this.#closed || this.#isOff || this.engine.state !== 'ready' || this.#breaker.state !== 'open') return;
    if (!this.#breaker.beginProbe(clock.nowMs())) {
      // Timers may come a moment early.
      this.#probeWhenDue();
      return;
    }
    this.#cancel();
    this.#changed();
    let good = false;
    try {
      await this.probe(this.engine);
      good = true;
    } catch (error) {
      this.#lastProblem = error instanceof Error ? error.message : String(error);
    }
    if (this.#closed) return;
    this.#breaker.probed(good, clock.nowMs());
    this.#changed();
  }

  #tell(): void {
    if (this.state === this.#told) return;
    this.#told = this.state;
    this.#sinceWallMs = this.parts.clock.wallMs();
    this.#states.emit(this.#told);
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof HandrailError && error.code === 'HR_CANCELLED';
}

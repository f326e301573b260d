import type { Clock } from '../kernel/clock.js';
import type { Unsubscribe } from '../kernel/emitter.js';
import { HandrailError } from '../kernel/errors.js';
import { HealthWatch } from './health-watch.js';
import { limit, type Limited } from './limited.js';
import type { Engine, EngineState, RequestLimits } from './ports.js';

const PROBE_MS = 2_000;

/** What is the same for every engine behind HTTP: its health, and the limits of its requests. */
export abstract class HttpEngine implements Engine {
  readonly #watch: HealthWatch;
  /** Ends what is still under way when we are closed. */
  readonly #life = new AbortController();

  /** @param probe resolves when the engine is well; the first one begins before the constructor of the engine goes on */
  constructor(
    readonly name: string,
    protected readonly clock: Clock,
    probe: (signal: AbortSignal) => Promise<void>,
  ) {
    this.#watch = new HealthWatch({ clock, probe: () => this.#look(probe) });
  }

  get state(): EngineState {
    return this.#watch.state;
  }

  get problem(): string | undefined {
    return this.#watch.problem;
  }

  onState(listener: (state: EngineState) => void): Unsubscribe {
    return this.#watch.onState(listener);
  }

  close(): Promise<void> {
    this.#life.abort();
    this.#watch.close();
    return Promise.resolve();
  }

  /** @throws HandrailError HR_ENGINE_DOWN */
  protected needReady(): void {
    if (this.state !== 'ready')
      throw new HandrailError('HR_ENGINE_DOWN', `${this.name}: ${this.problem ?? 'it is starting'}.`);
  }

  /** The limits of one request; closing the engine is one of them. */
  protected limit({ deadlineMs, signal }: RequestLimits): Limited {
    const life = this.#life.signal;
    return limit(this.clock, this.name, { deadlineMs, signal: signal ? AbortSignal.any([signal, life]) : life });
  }

  async #look(probe: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const limited = this.limit({ deadlineMs: PROBE_MS });
    try {
      await probe(limited.signal);
    } catch (error) {
      throw limited.explain(error);
    } finally {
      limited.release();
    }
  }
}

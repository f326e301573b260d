import type { Cancel, Clock } from '../kernel/clock.js';
import { Emitter, type Unsubscribe } from '../kernel/emitter.js';
import type { EngineState } from './ports.js';

export interface HealthWatchOptions {
  readonly clock: Clock;
  /** Resolves when the engine is well, rejects with the reason when it is not; must settle by itself. */
  readonly probe: () => Promise<void>;
  /** @defaultValue 2000 */
  readonly everyMs?: number;
}

/** Follows the health of an engine that is reached over HTTP and may not be ours to restart. */
export class HealthWatch {
  readonly #states = new Emitter<EngineState>();
  #state: EngineState = 'starting';
  #problem: string | undefined;
  #timer: Cancel | undefined;
  #closed = false;

  constructor(private readonly options: HealthWatchOptions) {
    void this.#look();
  }

  get state(): EngineState {
    return this.#state;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  onState(listener: (state: EngineState) => void): Unsubscribe {
    return this.#states.subscribe(listener);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.();
    this.#problem = 'it is closed';
    this.#enter('down');
  }

  async #look(): Promise<void> {
    let problem: string | undefined;
    try {
      await this.options.probe();
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    if (this.#closed) return;
    this.#problem = problem;
    this.#enter(problem === undefined ? 'ready' : 'down');
    this.#timer = this.options.clock.after(this.options.everyMs ?? 2_000, () => void this.#look());
  }

  #enter(state: EngineState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#states.emit(state);
  }
}

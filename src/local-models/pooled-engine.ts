import type { Unsubscribe } from '../kernel/emitter.js';
import type { Engine, EngineState } from './ports.js';
import type { WorkerPool } from './worker-pool.js';

/** An engine on a pool of workers: its health is the pool’s, and closing it closes the pool. */
export abstract class PooledEngine implements Engine {
  constructor(
    readonly name: string,
    protected readonly pool: WorkerPool,
  ) {}

  get state(): EngineState {
    return this.pool.state;
  }

  get problem(): string | undefined {
    return this.pool.problem;
  }

  get waitMs(): number {
    return this.pool.waitMs;
  }

  onState(listener: (state: EngineState) => void): Unsubscribe {
    return this.pool.onState(listener);
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}

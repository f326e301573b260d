import type { HealthPart } from './admin/index.js';
import type { Engines } from './engines.js';
import type { Logger } from './kernel/log.js';
import type { TurnMetrics } from './observability/turn-metrics.js';

/** Tells metrics and log of every state that an engine or its breaker enters. */
export function watchEngines({ all, guarded }: Engines, metrics: TurnMetrics, log: Logger): void {
  for (const engine of all) {
    metrics.engineState(engine.name, engine.state);
    engine.onState((state) => {
      metrics.engineState(engine.name, state);
      log.info({ engine: engine.name, state }, 'engine state');
    });
  }
  for (const engine of guarded) {
    const { component, name } = engine;
    metrics.breakerState(component, name, engine.breaker);
    engine.onBreaker((breaker) => {
      metrics.breakerState(component, name, breaker);
      log.info({ component, engine: name, breaker }, 'breaker state');
    });
  }
}

/** The engines as health and the admin page show them. */
export function engineParts({ all, guarded }: Engines): HealthPart[] {
  return all.map((engine) => {
    const { name, state, problem } = engine;
    const guard = guarded.find((one) => one === engine);
    if (!guard) return { name, state, problem };
    const { breaker, isOff, sinceWallMs } = guard;
    return { name, state, problem, breaker, isOff, sinceWallMs };
  });
}

/** Switches an engine off or on, for every call. @returns whether there is one of this name that can be switched */
export function switchEngine({ guarded }: Engines, name: string, on: boolean): boolean {
  const named = guarded.filter((engine) => engine.name === name);
  for (const engine of named) engine.switchTo(on);
  return named.length > 0;
}

import type { Scenario } from './scenario.js';

/** A scenario that is kept with a flow. Its name is its key. */
export interface KeptScenario {
  readonly scenario: Scenario;
  readonly author: string;
  readonly savedAtWallMs: number;
}

/** Where the scenarios of flows are kept. All methods reject with HR_STORE_FAILED. */
export interface ScenarioBook {
  /** Adds them; one of the same name is replaced. */
  keep(flowId: string, kept: readonly KeptScenario[]): Promise<void>;
  /** By name. */
  all(flowId: string): Promise<readonly KeptScenario[]>;
  /** @returns whether there was one of this name */
  drop(flowId: string, name: string): Promise<boolean>;
}

import type { LiveBoard } from './admin/index.js';
import type { AriPort } from './ari/port.js';
import type { CallFlow, NewCall } from './dialog/reception.js';
import type { DialogSettings } from './dialog/settings.js';
import { TrialCalls } from './dialog/trial-calls.js';
import { openCanary } from './flow-canary.js';
import type { ControllerStage } from './flow-stage.js';
import type { CanaryDesk } from './flow/canary-desk.js';
import { FlowDesk } from './flow/desk.js';
import { lintInWorld, type LintWorld } from './flow/lint-world.js';
import type { Flow } from './flow/schema.js';
import type { Clock } from './kernel/clock.js';
import type { Logger } from './kernel/log.js';
import type { SqliteStore } from './store/sqlite-store.js';

export interface CallFlowParts {
  readonly stage: ControllerStage;
  readonly store: SqliteStore;
  readonly live: LiveBoard;
  /** What a flow is held against before it is published. */
  readonly world: LintWorld;
  /** Asterisk, once it is connected. */
  readonly ari: () => AriPort | undefined;
  readonly settings: DialogSettings;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Which flow a call gets: the one that it tries out, the canary's, or the live one. */
export class CallFlows {
  readonly #trials: TrialCalls;

  private constructor(
    private readonly parts: CallFlowParts,
    readonly desk: FlowDesk,
    readonly canary: CanaryDesk,
  ) {
    this.#trials = new TrialCalls(parts);
  }

  /** @param name of the file: what is published from it says so */
  static async open(parts: CallFlowParts, flowOfFile: Flow, name: string): Promise<CallFlows> {
    const { stage, store, world, clock } = parts;
    const desk = await FlowDesk.open(
      {
        book: store.flows,
        stage,
        check: (flow) => lintInWorld(flow, world),
        nowWallMs: () => clock.wallMs(),
      },
      flowOfFile,
      name,
    );
    return new CallFlows(parts, desk, await openCanary({ ...parts, desk }));
  }

  forCall(call: NewCall): CallFlow {
    const tried = this.#trials.flowFor(call);
    return this.parts.stage.forCall(tried ? { flow: tried, version: 0 } : this.canary.flowFor(call));
  }

  async ofVersion(version: number): Promise<CallFlow> {
    return this.parts.stage.forCall({ ...(await this.desk.version(version)), version });
  }

  /** Rings an extension with a flow that is not live. @returns the id of the call */
  async tryOut(extension: string, flow: Flow, start: string): Promise<string> {
    await this.parts.stage.rehearse(flow);
    return this.#trials.ring(extension, flow, start);
  }

  /** Renders the prompts of what is live and of the canary; what fails is spoken by the engine when it comes up. */
  async render(onProgress: (line: string) => void): Promise<void> {
    const { log, stage } = this.parts;
    const flows = [this.desk.live.flow, ...(this.canary.running ? [this.canary.running.flow] : [])];
    for (const flow of flows) {
      const { failed } = await stage.render(flow, onProgress);
      if (failed.length > 0)
        log.error({ failed: failed.length, first: failed[0]?.error.message }, 'prompts could not be rendered');
    }
  }
}

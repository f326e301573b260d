import { Auditor, type LiveBoard } from './admin/index.js';
import { CanaryDesk } from './flow/canary-desk.js';
import type { FlowDesk } from './flow/desk.js';
import type { Clock } from './kernel/clock.js';
import { explain } from './kernel/errors.js';
import type { Logger } from './kernel/log.js';
import type { SqliteStore } from './store/sqlite-store.js';

export interface CanaryParts {
  readonly desk: FlowDesk;
  readonly live: LiveBoard;
  readonly store: SqliteStore;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The canary desk on the database, whose guard looks after each call that ends. */
export async function openCanary({ desk, live, store, clock, log }: CanaryParts): Promise<CanaryDesk> {
  const auditor = new Auditor(store.audit, clock, log);
  const flowId = desk.live.flow.id;
  const canary = await CanaryDesk.open({
    book: store.canaries,
    desk,
    figures: (version, sinceWallMs) => store.figures.ofVersion({ flowId, version, sinceWallMs }),
    nowWallMs: () => clock.wallMs(),
    async onTakenBack({ version }, { who, why }) {
      log.warn({ version, why }, 'a canary was taken back by its guard');
      const [from, to] = [`canary ${String(version)}`, `version ${String(desk.live.version)}: ${why}`];
      await auditor.wrote(who, { action: 'flow.canary.taken-back', subject: flowId, from, to });
    },
  });
  live.subscribe((event) => {
    if (event.type !== 'call-ended') return;
    canary.look().catch((err: unknown) => log.warn({ problem: explain(err) }, 'the canary could not be compared'));
  });
  return canary;
}

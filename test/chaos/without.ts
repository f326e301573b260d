import type { Fault } from './fault.js';
import { faults } from './faults.js';
import type { WorldKind } from './world.js';

/** For each mechanism that keeps a promise, a row that it keeps: taken away, the row must fail. */
const mechanisms: readonly { readonly what: string; readonly world: WorldKind; readonly row: string }[] = [
  { what: 'the turn deadline', world: 'no-deadline', row: 'STT: accepts, never answers' },
  { what: 'the lifeline', world: 'no-lifeline', row: 'controller: SIGSTOP' },
  { what: 'the dialplan’s menu', world: 'no-dialplan', row: 'controller: never started, new calls' },
];

export const withouts: readonly Fault[] = mechanisms.flatMap(({ what, world, row }) =>
  faults.filter(({ name }) => name === row).map((fault) => ({ ...fault, name: `${row}, without ${what}`, world })),
);

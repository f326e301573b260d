import type { LegTotals } from './port.js';

export const noTotals: LegTotals = {
  received: 0,
  sent: 0,
  foreign: 0,
  malformed: 0,
  lost: 0,
  reordered: 0,
  late: 0,
  duplicates: 0,
  jumps: 0,
  restarts: 0,
  refused: 0,
  concealed: 0,
};

/** The sums of two sets of counters; whatever else they hold is left out. */
export function addTotals(a: LegTotals, b: LegTotals): LegTotals {
  return {
    received: a.received + b.received,
    sent: a.sent + b.sent,
    foreign: a.foreign + b.foreign,
    malformed: a.malformed + b.malformed,
    lost: a.lost + b.lost,
    reordered: a.reordered + b.reordered,
    late: a.late + b.late,
    duplicates: a.duplicates + b.duplicates,
    jumps: a.jumps + b.jumps,
    restarts: a.restarts + b.restarts,
    refused: a.refused + b.refused,
    concealed: a.concealed + b.concealed,
  };
}

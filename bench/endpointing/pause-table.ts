import { endOf, type Ending, type EndpointingOptions } from '../../src/dialog/endpointing.js';
import { isNoSpeech } from '../../src/dialog/no-speech.js';
import { decidedMs } from './judge.js';
import type { Timeline } from './timeline.js';

/** Shorter ones are sounds of the words themselves. */
const LEAST_MS = 250;
/** Pauses from so long on, to the next. */
const LENGTHS_MS = [LEAST_MS, 500, 700, 900] as const;

/** In the order of how long they are waited for. */
const PLACES = {
  whole: 'behind a whole request',
  'may-go-on': 'where people often go on',
  unsure: 'behind what was heard badly',
  nothing: 'behind what belongs nowhere',
  broken: 'in the middle of something',
} as const satisfies Record<Ending, string>;

/** The pauses in which callers were silent behind one kind of ending, by length. */
export interface PausesAt {
  readonly place: Ending;
  readonly lengths: readonly { readonly fromMs: number; readonly n: number; readonly cutOff: number }[];
}

/** Where callers pause and then go on, for how long, and how often they are answered there. */
export function pauseTable(
  timelines: readonly Timeline[],
  accept: number,
  options: EndpointingOptions,
): readonly PausesAt[] {
  const pauses = timelines.flatMap((timeline) =>
    timeline.pauses.flatMap((pause) =>
      pause.resumedMs === undefined || isNoSpeech(pause.understanding, pause.recognition, pause)
        ? []
        : [
            {
              place: endOf(pause.understanding, pause.recognition.free, accept),
              lengthMs: pause.resumedMs - pause.endedMs,
              isCutOff: decidedMs(pause, accept, options) < pause.resumedMs,
            },
          ],
    ),
  );
  return (Object.keys(PLACES) as Ending[]).map((place) => ({
    place,
    lengths: LENGTHS_MS.map((fromMs, index) => {
      const toMs = LENGTHS_MS[index + 1] ?? Infinity;
      const these = pauses.filter((one) => one.place === place && one.lengthMs >= fromMs && one.lengthMs < toMs);
      return { fromMs, n: these.length, cutOff: these.filter(({ isCutOff }) => isCutOff).length };
    }),
  }));
}

/** As lines of text; places where nobody paused are left out. */
export function describePauses(table: readonly PausesAt[]): string[] {
  const heads = LENGTHS_MS.map((fromMs) => `from ${fromMs} ms`.padStart(14));
  const rows = table
    .filter(({ lengths }) => lengths.some(({ n }) => n > 0))
    .map(({ place, lengths }) => [
      PLACES[place].padEnd(28),
      ...lengths.map(({ n, cutOff }) => (n === 0 ? '' : `${cutOff} of ${n}`).padStart(14)),
    ]);
  return [['  cut off in pauses'.padEnd(30), ...heads].join(''), ...rows.map((row) => `  ${row.join('').trimEnd()}`)];
}

import { basename, join } from 'node:path';
import { LEAD_MS, TAIL_MS, trimmed } from '../../src/audio/utterance.js';
import { readWav } from '../../src/audio/wav.js';
import { digitString, readTakes } from '../../src/cli/calibrate/digit-strings.js';
import { hasValueOutside, knownPart, withoutSomeValues } from '../../src/cli/calibrate/poorer-flow.js';
import { inNoise, NOISE_DB, noiseFiles, readRows, truthOf, type Row } from '../../src/cli/calibrate/rows.js';
import { spread } from '../../src/cli/spread.js';
import type { Meaning } from '../../src/flow/expectation.js';
import type { Flow } from '../../src/flow/schema.js';
import { bankLine } from './bank-line.js';
import type { Place } from './verdict.js';

/** One thing said at one place, and what it means there; `truth` is absent where the flow cannot know it. */
export interface Sample {
  readonly place: Place;
  readonly samples: Int16Array;
  readonly truth: Meaning | undefined;
  readonly speaker: string | undefined;
}

/** Samples of one kind; made one by one, because a thousand recordings need not lie in memory. */
export interface SampleSet {
  readonly name: string;
  readonly count: number;
  make(index: number): Promise<Sample>;
}

const SHORTEST_STRING = 4;
const LONGEST_STRING = 8;

/**
 * Everything that the folder has, as sets. The other line is one of another trade, where requests to this flow are out of place.
 *
 * @param limit the most samples of each set
 * @throws HandrailError HR_USAGE
 */
export async function sampleSets(
  folder: string,
  flow: Flow,
  limit: number,
  other: Flow = bankLine,
): Promise<readonly SampleSet[]> {
  const rows = await readRows(folder);
  const takes = await readTakes(folder);
  const spokenAt =
    (at: Flow) =>
    (row: Row): Place => ({ flow: at, nodeId: row.node ?? at.start });
  const [here, atPoorer] = [spokenAt(flow), spokenAt(withoutSomeValues(flow))];
  const account: Place = { flow: bankLine, nodeId: 'account' };
  const confirming = { intent: undefined, slots: { account: '4711' } };
  const readBack: Place = { flow: bankLine, nodeId: 'account', confirming };

  const requests = (
    name: string,
    placeOf: (row: Row) => Place,
    from: readonly Row[],
    truth = true,
    noise?: Int16Array,
  ) => {
    const chosen = spread(from, Math.min(limit, from.length));
    return {
      name,
      count: chosen.length,
      make: async (index: number) => {
        const row = itemAt(chosen, index);
        const place = placeOf(row);
        const clean = trimmed(await readWav(join(folder, row.file)), LEAD_MS, TAIL_MS);
        const samples = noise ? inNoise(clean, noise, row) : clean;
        return { place, samples, truth: truth ? knownPart(place.flow, row) : undefined, speaker: undefined };
      },
    };
  };
  const strings = (name: string, place: Place, known: boolean) => ({
    name,
    count: Math.min(limit, 100 * takes.speakers.length),
    make: async (index: number) => {
      const { digits, samples, speaker } = await digitString(takes, index, SHORTEST_STRING, LONGEST_STRING);
      return { place, samples, truth: known ? { intent: undefined, slots: { account: digits } } : undefined, speaker };
    },
  });
  const meant = rows.filter((row) => truthOf(row) !== undefined);
  const some = spread(meant, Math.ceil(meant.length / 3));
  const lacking = meant.filter((row) => hasValueOutside(atPoorer(row).flow, row));
  const noisy = (await noiseFiles(folder)).map(async (path) => {
    const name = `requests, noise of ${basename(path, '.wav')} at ${NOISE_DB} dB`;
    return requests(name, here, meant, true, await readWav(path));
  });
  const sets = [
    requests('requests', here, meant),
    ...(await Promise.all(noisy)),
    strings('digit strings', account, true),
    requests(
      'outside: what means nothing',
      here,
      rows.filter((row) => truthOf(row) === undefined),
      false,
    ),
    // What is on the list may be taken: the rest is asked, or missing in what is read back.
    requests('outside: requests with a value that is not on the list', atPoorer, lacking),
    requests('outside: requests at another line', () => ({ flow: other, nodeId: other.start }), some, false),
    requests('outside: requests where digits are asked for', () => account, some, false),
    strings('outside: digit strings at the start', { flow, nodeId: flow.start }, false),
    strings('outside: digit strings at a yes-or-no question', readBack, false),
  ];
  return sets.filter(({ count }) => count > 0);
}

function itemAt<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`there is no item ${index} of ${list.length}`);
  return item;
}

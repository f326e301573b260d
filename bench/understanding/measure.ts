import type { Hearing } from '../../src/cli/hearing.js';
import { progressOf } from '../../src/cli/progress.js';
import { expectationOf } from '../../src/dialog/expecting.js';
import type { Understander } from '../../src/dialog/ports.js';
import { systemClock } from '../../src/kernel/clock.js';
import type { SampleSet } from './material.js';
import { stateAt, verdictOf, type Verdict } from './verdict.js';

/** Figures of one set; shares are 0 … 1 of its samples. */
export interface SetFigures {
  readonly name: string;
  readonly n: number;
  readonly right: number;
  /** What was taken is right, some of what was said is missing, and the flow asks on. */
  readonly part: number;
  readonly confirmedRight: number;
  readonly actedWrong: number;
  readonly confirmedWrong: number;
  /** Read back wrongly, and rightly behind a “no”. */
  readonly secondRight: number;
  readonly refused: number;
  /** Right or confirmed right, by speaker, where the recordings name one. */
  readonly bySpeaker: Readonly<Record<string, number>>;
}

/** One recognition may take long on a busy machine; here nobody waits on the telephone. */
const DEADLINE_MS = 30_000;

/** What a flow makes of each set; sets are printed as they are done. */
export async function measureUnderstanding(
  { sttFor, understander }: Pick<Hearing, 'sttFor'> & { readonly understander: Understander },
  sets: readonly SampleSet[],
  print: (line: string) => void,
): Promise<{ readonly sets: readonly SetFigures[] }> {
  const all = sets.reduce((sum, { count }) => sum + count, 0);
  const step = progressOf(all, systemClock, print);
  const figures: SetFigures[] = [];
  for (const set of sets) {
    const verdicts: { readonly verdict: Verdict; readonly speaker: string | undefined }[] = [];
    for (let index = 0; index < set.count; index++) {
      const { place, samples, truth, speaker } = await set.make(index);
      const compiled = understander.compile(expectationOf(place.flow, stateAt(place)));
      const stt = await sttFor(speaker);
      const heard = await stt.recognise(
        {
          samples,
          vocabulary: compiled.vocabulary,
          ...(compiled.grammar ? { grammar: compiled.grammar } : { mode: 'free' as const }),
        },
        { deadlineMs: DEADLINE_MS },
      );
      const { hypotheses } = await compiled.understand(heard);
      step();
      verdicts.push({ verdict: verdictOf(place, hypotheses, truth), speaker });
    }
    const summary = summarise(set.name, verdicts);
    figures.push(summary);
    print(describeSet(summary));
  }
  return { sets: figures };
}

export function summarise(
  name: string,
  verdicts: readonly { readonly verdict: Verdict; readonly speaker: string | undefined }[],
): SetFigures {
  const share = (among: typeof verdicts, ...wanted: readonly Verdict[]): number =>
    among.length === 0
      ? 0
      : Math.round((1_000 * among.filter(({ verdict }) => wanted.includes(verdict)).length) / among.length) / 1_000;
  const speakers = new Set(verdicts.flatMap(({ speaker }) => speaker ?? []));
  return {
    name,
    n: verdicts.length,
    right: share(verdicts, 'right'),
    part: share(verdicts, 'part'),
    confirmedRight: share(verdicts, 'confirmed-right'),
    actedWrong: share(verdicts, 'acted-wrong'),
    confirmedWrong: share(verdicts, 'confirmed-wrong'),
    secondRight: share(verdicts, 'second-right'),
    refused: share(verdicts, 'refused'),
    bySpeaker: Object.fromEntries(
      [...speakers].map((speaker) => [
        speaker,
        share(
          verdicts.filter((verdict) => verdict.speaker === speaker),
          'right',
          'confirmed-right',
        ),
      ]),
    ),
  };
}

/** One line: what is right for this set, what was acted on wrongly, and where the rest went. */
export function describeSet(set: SetFigures): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const speakers = Object.entries(set.bySpeaker).map(([speaker, share]) => `${speaker} ${percent(share)}`);
  const good = set.name.startsWith('outside')
    ? `nothing wrong acted on ${percent(1 - set.actedWrong)} (right as far as it is known ${percent(set.right + set.confirmedRight)})`
    : `right or confirmed right ${percent(set.right + set.confirmedRight)} (at once ${percent(set.right)})`;
  return [
    `${set.name} (${set.n}): ${good}`,
    `right in part, asked on ${percent(set.part)}`,
    `acted wrong ${percent(set.actedWrong)}`,
    `right behind a “no” ${percent(set.secondRight)}`,
    `confirmed wrong ${percent(set.confirmedWrong)}`,
    `refused ${percent(set.refused)}`,
    ...(speakers.length > 0 && !set.name.startsWith('outside') ? [speakers.join(', ')] : []),
  ].join('; ');
}

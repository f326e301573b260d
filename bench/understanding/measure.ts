import { performance } from 'node:perf_hooks';
import { expectationOf } from '../../src/dialog/expecting.js';
import { compileExpectation } from '../../src/dialog/nlu/compile.js';
import type { Understander } from '../../src/dialog/ports.js';
import type { SpeechToText } from '../../src/local-models/ports.js';
import { TELEPHONE_RATE_HZ } from '../../src/externalmedia/port.js';
import { Distribution } from '../../src/sip-caller/index.js';
import type { SampleSet } from './material.js';
import { stateAt, verdictOf, type Verdict } from './verdict.js';

/** Figures of one set; shares are 0 … 1 of its samples. */
export interface SetFigures {
  readonly name: string;
  readonly n: number;
  readonly right: number;
  readonly confirmedRight: number;
  readonly actedWrong: number;
  readonly confirmedWrong: number;
  readonly refused: number;
  /** Right or confirmed right, by speaker, where the recordings name one. */
  readonly bySpeaker: Readonly<Record<string, number>>;
}

export interface TimeFigures {
  readonly n: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

export interface Measured {
  readonly sets: readonly SetFigures[];
  /** Recognition of utterances of about 3 s, in ms: from the request to the answer of the worker. */
  readonly recognitionMs: TimeFigures;
  /** From the worker's answer to the meaning, in ms, all samples. */
  readonly understandingMs: TimeFigures;
}

/** What a list of very many names costs. */
export interface DirectoryFigures {
  readonly names: number;
  /** From the question to a grammar, and from there until the worker has it. */
  readonly compileMs: number;
  readonly prepareMs: number;
  /** As `recognitionMs` of all, over this grammar. */
  readonly recognitionMs: TimeFigures;
}

/** One recognition may take long on a busy machine; here nobody waits on the telephone. */
const DEADLINE_MS = 30_000;
/** Utterances that count for the recognition time. */
const ABOUT_3_S = { fromMs: 2_500, toMs: 3_500 } as const;

export async function measureUnderstanding(
  stt: SpeechToText,
  understander: Understander,
  sets: readonly SampleSet[],
  print: (line: string) => void,
): Promise<Measured> {
  const recognition = new Distribution();
  const understanding = new Distribution();
  const figures: SetFigures[] = [];
  for (const set of sets) {
    const verdicts: { readonly verdict: Verdict; readonly speaker: string | undefined }[] = [];
    for (let index = 0; index < set.count; index++) {
      const { place, samples, truth, speaker } = await set.make(index);
      const compiled = understander.compile(expectationOf(place.flow, stateAt(place)));
      const asked = performance.now();
      const heard = await stt.recognise(
        {
          samples,
          vocabulary: compiled.vocabulary,
          ...(compiled.grammar ? { grammar: compiled.grammar } : { mode: 'free' as const }),
        },
        { deadlineMs: DEADLINE_MS },
      );
      const answered = performance.now();
      const { hypotheses } = await compiled.understand(heard);
      understanding.add(performance.now() - answered);
      if (isAbout3Seconds(samples)) recognition.add(answered - asked);
      verdicts.push({ verdict: verdictOf(place, hypotheses, truth), speaker });
    }
    const summary = summarise(set.name, verdicts);
    figures.push(summary);
    print(describeSet(summary));
  }
  return { sets: figures, recognitionMs: timeFigures(recognition), understandingMs: timeFigures(understanding) };
}

/** @param audio utterances of any length; those of about 3 s are measured */
export async function measureDirectory(
  stt: SpeechToText,
  names: readonly string[],
  audio: readonly Int16Array[],
): Promise<DirectoryFigures> {
  const began = performance.now();
  const entity = { type: 'list' as const, values: [...names] };
  const { grammar } = compileExpectation({ kind: 'entity', name: 'who', entity, examples: [] });
  const compiled = performance.now();
  await stt.prepare(grammar);
  const prepared = performance.now();
  const recognition = new Distribution();
  for (const samples of audio.filter(isAbout3Seconds)) {
    const asked = performance.now();
    await stt.recognise({ samples, grammar }, { deadlineMs: DEADLINE_MS });
    recognition.add(performance.now() - asked);
  }
  return {
    names: names.length,
    compileMs: Math.round(compiled - began),
    prepareMs: Math.round(prepared - compiled),
    recognitionMs: timeFigures(recognition),
  };
}

function isAbout3Seconds(samples: Int16Array): boolean {
  const ms = (1_000 * samples.length) / TELEPHONE_RATE_HZ;
  return ms >= ABOUT_3_S.fromMs && ms <= ABOUT_3_S.toMs;
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
    confirmedRight: share(verdicts, 'confirmed-right'),
    actedWrong: share(verdicts, 'acted-wrong'),
    confirmedWrong: share(verdicts, 'confirmed-wrong'),
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
    ? `not acted on, or only what is known of it ${percent(1 - set.actedWrong)}`
    : `right or confirmed right ${percent(set.right + set.confirmedRight)} (at once ${percent(set.right)})`;
  return [
    `${set.name} (${set.n}): ${good}`,
    `acted wrong ${percent(set.actedWrong)}`,
    `confirmed wrong ${percent(set.confirmedWrong)}`,
    `refused ${percent(set.refused)}`,
    ...(speakers.length > 0 && !set.name.startsWith('outside') ? [speakers.join(', ')] : []),
  ].join('; ');
}

function timeFigures(times: Distribution): TimeFigures {
  const figure = (ms: number): number | null => (times.count === 0 ? null : Math.round(10 * ms) / 10);
  return { n: times.count, p50: figure(times.percentile(0.5)), p95: figure(times.percentile(0.95)) };
}

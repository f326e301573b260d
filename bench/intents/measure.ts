import { performance } from 'node:perf_hooks';
import { matchConfidences } from '../../src/dialog/nlu/confidence.js';
import { LexicalMatcher } from '../../src/dialog/nlu/matcher.js';
import { taskOf } from '../../src/dialog/nlu/intent-task.js';
import type { IntentClassifier } from '../../src/local-models/ports.js';
import { Distribution } from '../../src/sip-caller/index.js';
import { seeded } from '../../src/audio/utterance.js';
import { misheard, shuffled, type IntentData, type Labelled } from './data.js';

/** Shares are 0 … 1. `…Caught`: refused at the threshold that refuses 3 % of another half of what is meant. */
export interface IntentFigures {
  readonly name: string;
  readonly judge: 'classifier' | 'words';
  readonly heard: 'clean' | 'misheard';
  readonly n: number;
  readonly accuracy: number;
  readonly falselyRefused: number;
  /** Sentences of no intent; `null` where the set has none. */
  readonly outsideCaught: number | null;
  /** Sentences for other intents of the same data set; `null` where all of its intents are known. */
  readonly nearOutsideCaught: number | null;
}

export interface IntentResult {
  readonly figures: readonly IntentFigures[];
  /** From the sentence to the probabilities, classifier, in ms. */
  readonly ms: { readonly p50: number; readonly p95: number };
}

interface Answer {
  readonly best: string;
  readonly sure: number;
}

type Judge = (text: string) => Promise<Answer>;

const FALSE_REFUSALS = 0.03;
const MENU_INTENTS = 8;
/** Nobody waits on the telephone here. */
const DEADLINE_MS = 30_000;

/** Each data set as a whole, and menus of eight of its intents, where its other sentences are near outside. */
export async function measureIntents(
  classifier: IntentClassifier,
  sets: readonly IntentData[],
  menus: number,
  print: (line: string) => void,
): Promise<IntentResult> {
  const times = new Distribution();
  const figures: IntentFigures[] = [];
  const add = (found: IntentFigures): void => {
    figures.push(found);
    print(describeFigures(found));
  };
  for (const set of sets) {
    for (const judged of await judges(classifier, set.examples, times))
      for (const heard of ['clean', 'misheard'] as const) {
        const answers = await answersOf(judged.judge, set.test, heard);
        const outside = await answersOf(judged.judge, set.outside.map(asOutside), heard);
        add(figuresOf(set.name, judged.name, heard, answers, outside, []));
      }
    const labels = [...new Set(set.examples.map(({ label }) => label))];
    const collected = new Map<string, { answers: Judged[]; outside: Judged[]; near: Judged[] }>();
    for (let menu = 0; menu < menus; menu++) {
      const onMenu = new Set(shuffled(labels, 100 + menu).slice(0, MENU_INTENTS));
      const examples = set.examples.filter(({ label }) => onMenu.has(label));
      const meant = set.test.filter(({ label }) => onMenu.has(label));
      const others = shuffled(
        set.test.filter(({ label }) => !onMenu.has(label)),
        menu,
      ).slice(0, meant.length);
      for (const judged of await judges(classifier, examples, times))
        for (const heard of ['clean', 'misheard'] as const) {
          const key = `${judged.name} ${heard}`;
          const all = collected.get(key) ?? { answers: [], outside: [], near: [] };
          collected.set(key, all);
          all.answers.push(...(await answersOf(judged.judge, meant, heard)));
          all.near.push(...(await answersOf(judged.judge, others, heard)));
          const some = shuffled(set.outside, menu).slice(0, meant.length).map(asOutside);
          all.outside.push(...(await answersOf(judged.judge, some, heard)));
        }
    }
    for (const judge of ['classifier', 'words'] as const)
      for (const heard of ['clean', 'misheard'] as const) {
        const all = collected.get(`${judge} ${heard}`);
        const name = `${set.name}, ${menus} menus of ${MENU_INTENTS}`;
        if (all) add(figuresOf(name, judge, heard, all.answers, all.outside, all.near));
      }
  }
  return { figures, ms: { p50: round(times.percentile(0.5), 1), p95: round(times.percentile(0.95), 1) } };
}

interface Judged {
  readonly right: boolean;
  readonly sure: number;
}

async function judges(classifier: IntentClassifier, examples: readonly Labelled[], times: Distribution) {
  const labels = [...new Set(examples.map(({ label }) => label))];
  const candidates = labels.map((id) => ({ id, phrases: examples.filter((e) => e.label === id).map((e) => e.text) }));
  const answer = (probabilities: readonly number[]): Answer => {
    const sure = Math.max(...probabilities);
    return { best: labels[probabilities.indexOf(sure)] ?? '', sure };
  };
  const matcher = new LexicalMatcher();
  const words: Judge = (text) => Promise.resolve(answer(matchConfidences(matcher.match(text, candidates))));
  const task = taskOf(candidates, []);
  if (!task) return [{ name: 'words' as const, judge: words }];
  await classifier.prepare(task);
  const meaning: Judge = async (text) => {
    const began = performance.now();
    const probabilities = await classifier.classify(task, text, { deadlineMs: DEADLINE_MS });
    times.add(performance.now() - began);
    return answer(probabilities);
  };
  return [
    { name: 'classifier' as const, judge: meaning },
    { name: 'words' as const, judge: words },
  ];
}

const asOutside = (text: string): Labelled => ({ text, label: '' });

async function answersOf(judge: Judge, rows: readonly Labelled[], heard: 'clean' | 'misheard'): Promise<Judged[]> {
  const random = seeded(5);
  const answers: Judged[] = [];
  for (const { text, label } of rows) {
    const { best, sure } = await judge(heard === 'clean' ? text : misheard(text, random));
    answers.push({ right: best === label, sure });
  }
  return answers;
}

/** The threshold comes from every second sentence, everything else from the others. */
export function figuresOf(
  name: string,
  judge: IntentFigures['judge'],
  heard: IntentFigures['heard'],
  answers: readonly Judged[],
  outside: readonly Judged[],
  near: readonly Judged[],
): IntentFigures {
  const heldBack = answers.filter((_answer, index) => index % 2 === 0).map(({ sure }) => sure);
  const judged = answers.filter((_answer, index) => index % 2 === 1);
  const threshold = heldBack.sort((a, b) => a - b)[Math.floor(FALSE_REFUSALS * heldBack.length)] ?? 0;
  const below = (rows: readonly Judged[]): number | null =>
    rows.length === 0 ? null : round(rows.filter(({ sure }) => sure < threshold).length / rows.length, 3);
  return {
    name,
    judge,
    heard,
    n: judged.length,
    accuracy: round(judged.filter(({ right }) => right).length / Math.max(1, judged.length), 3),
    falselyRefused: below(judged) ?? 0,
    outsideCaught: below(outside),
    nearOutsideCaught: below(near),
  };
}

function describeFigures(found: IntentFigures): string {
  const percent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);
  return (
    `${found.name}, ${found.heard}, ${found.judge} (${found.n}): right ${percent(found.accuracy)}; ` +
    `at ${percent(found.falselyRefused)} falsely refused: outside caught ${percent(found.outsideCaught)}, ` +
    `near outside ${percent(found.nearOutsideCaught)}`
  );
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

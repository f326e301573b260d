import { spoken, type Expectation, type Hypothesis, type Meaning } from '../../flow/expectation.js';
import { dayAt, type Day } from '../../flow/reckoned-values.js';
import type { Entity } from '../../flow/schema.js';
import { systemClock } from '../../kernel/clock.js';
import { sensitive } from '../../kernel/sensitive.js';
import type { FreeTranscript, Grammar, IntentClassifier, Recognition } from '../../local-models/ports.js';
import { currencies, months } from '../../flow/words/english-values.js';
import { acousticConfidence, coverageConfidence, matchConfidences, sharesOf, speechConfidence } from './confidence.js';
import { recalibrated, type ConfidenceModel } from './confidence-model.js';
import type { CompiledExpectation, Understanding } from '../ports.js';
import { taskOf } from './intent-task.js';
import { LexicalMatcher, type MatchCandidate } from './matcher.js';
import { sentenceArcs } from './sentence-arcs.js';
import { settler } from './settling.js';
import { slotsToCome } from './slots-to-come.js';
import { meaningKey, Walker, type Path } from './walk.js';
import { numberWords } from './words.js';

/** As the port, with a grammar for every expectation. */
interface Compiled extends CompiledExpectation {
  readonly grammar: Grammar;
}

interface Reading {
  readonly text: string;
  /** Share of the sound that it explains, as the recogniser sees it: the words that were most likely said. */
  readonly share: number;
  readonly paths: readonly Path[];
  readonly hypotheses: readonly Hypothesis[];
}

const vocabularyLength = 400;
/** Hypotheses less probable than this are noise. */
const leastProbability = 0.01;
/** A sentence that is explained less than this cannot be said to stop in the middle of anything. */
const openCoverage = 0.7;

/** From this share of what may have been said on, a caller is given the breath to go on. */
const likelyBeginning = 0.2;
/** A guess at least this sure is not looked at again. */
const sureEnough = 0.9;
/** The intent thread needs about 10 ms; a later answer is not worth the caller’s time. */
const classifyWithinMs = 80;

export interface CompileOptions {
  readonly today?: () => Day;
  readonly confidence?: ConfidenceModel | undefined;
}

/**
 * Compiles what can be understood at one moment. A thousand names take some tens of milliseconds.
 * @param intents judges sentences that the automaton does not explain; without it, or while it is down, shared words do
 * @param options.today for “tomorrow”, and for days without a year
 * @param options.confidence what was learnt of this line’s callers; without it probabilities stay as they are
 */
export function compileExpectation(
  expectation: Expectation,
  intents?: IntentClassifier,
  options: CompileOptions = {},
): Compiled {
  const { today = () => dayAt(systemClock.wallMs()), confidence } = options;
  const matcher = new LexicalMatcher();
  const builder = sentenceArcs(expectation);
  const walker = new Walker(builder.arcs, builder.finals, firmWords(expectation));
  const moreMayCome = slotsToCome(expectation);
  const settle = settler(expectation, today);
  const candidates = candidatesOf(expectation);
  const phrases = candidates.map((candidate) => candidate.phrases);
  const formIntents = formIntentsOf(expectation);
  const task = taskOf(phrases, othersOf(expectation));
  // Who asks first waits: what cannot be learnt now is learnt then, or told by the engine’s state.
  if (task) void intents?.prepare(task).catch(() => undefined);

  /** Reads one transcript whose words were heard with the probability `heard`; `classified`: by the intent classifier. */
  const read = (text: string, heard: number, share = heard, classified?: readonly number[]): Reading => {
    const paths = walker.read(text);
    const telling = settle(paths.filter((path) => !isEmpty(path.meaning, formIntents)));
    // A reading that explains less of the words is no rival of one that explains more.
    const rivals = telling.filter((path) => path.coverage > (telling[0]?.coverage ?? 0) - 0.01);
    const shares = sharesOf(rivals.map((path) => path.score));
    const walked = rivals.map((path, index) => ({
      meaning: path.meaning,
      probability: (shares[index] ?? 0) * coverageConfidence(path.coverage) * heard,
    }));
    // “Can I get …” has said nothing yet: it is not to be taken for the option that shares its words.
    if (telling.length === 0 && isOpen(paths[0])) return { text, share, paths, hypotheses: [] };
    const near = classified ?? matchConfidences(matcher.match(text, phrases));
    const matched = candidates.map(({ meaning }, index) => ({ meaning, probability: (near[index] ?? 0) * heard }));
    const sure = walked.reduce((sum, hypothesis) => sum + hypothesis.probability, 0);
    const likely = matched.reduce((sum, hypothesis) => sum + hypothesis.probability, 0);
    return { text, share, paths, hypotheses: merge(sure >= likely ? walked : matched) };
  };

  const conclude = (readings: readonly Reading[]): Understanding => {
    const best = readings.reduce<Reading | undefined>(
      (top, reading) => (top && top.share >= reading.share ? top : reading),
      undefined,
    );
    const hypotheses = merge(readings.flatMap((reading) => reading.hypotheses)).filter(
      ({ probability }) => probability >= leastProbability,
    );
    const openEnd = isOpen(best?.paths[0]);
    const complete = !openEnd && hypotheses[0] !== undefined && isWhole(expectation, hypotheses[0].meaning);
    const mayGoOn = complete && (moreMayCome(hypotheses[0]?.meaning) || isLikelyBeginning(readings));
    return { hypotheses, text: sensitive(best?.text ?? ''), complete, mayGoOn, openEnd };
  };

  const understand = ({ readings, free, noSpeechProb }: Recognition, classified?: readonly number[]): Understanding => {
    const speech = speechConfidence(noSpeechProb);
    const constrained = readings.map((reading) =>
      read(reading.text.reveal(), speech * reading.posterior, reading.posterior),
    );
    const rest = Math.max(0, 1 - readings.reduce((sum, reading) => sum + reading.posterior, 0));
    return conclude(
      usable(free)
        ? [...constrained, read(free.text.reveal(), speech * rest * freeConfidence(free), rest, classified)]
        : constrained,
    );
  };

  return {
    grammar: builder.grammar(digitsOf(expectation)),
    vocabulary: vocabularyOf(expectation),
    understandText: (text) => conclude([read(text, 1)]),
    understand: (recognition) => {
      const judged = (found: Understanding): Understanding =>
        confidence ? { ...found, hypotheses: recalibrated(confidence, recognition, found.hypotheses) } : found;
      const plain = understand(recognition);
      const { free } = recognition;
      const sure = (plain.hypotheses[0]?.probability ?? 0) >= sureEnough;
      if (sure || plain.openEnd || !task || !usable(free) || intents?.state !== 'ready') return judged(plain);
      return intents.classify(task, free.text.reveal(), { deadlineMs: classifyWithinMs }).then(
        (classified) => judged(understand(recognition, classified)),
        () => judged(plain),
      );
    },
  };
}

function isOpen(path: Path | undefined): boolean {
  return path !== undefined && path.open && path.coverage >= openCoverage;
}

/** Whether all that was said is a sentence, and also how a longer one begins: “no”, where “no, that’s all” may be said. */
function isBeginning(paths: readonly Path[] = []): boolean {
  const whole = paths.find((path) => !path.open);
  return whole !== undefined && paths.some((path) => path.cut && path.coverage >= whole.coverage);
}

/** Not only the best reading counts: half of “no, that’s all” sounds like “nope”, too, after which nothing would follow. */
function isLikelyBeginning(readings: readonly Reading[]): boolean {
  const all = readings.reduce((sum, { share }) => sum + share, 0);
  const beginnings = readings.filter(({ paths }) => isBeginning(paths)).reduce((sum, { share }) => sum + share, 0);
  return beginnings > 0 && beginnings >= likelyBeginning * all;
}

function usable(free: FreeTranscript | undefined): free is FreeTranscript {
  return free !== undefined && !free.runaway && free.tokens > 0;
}

function freeConfidence(free: FreeTranscript): number {
  return acousticConfidence(free.logProb / free.tokens);
}

/** Adds up the probabilities of equal meanings; best first. */
function merge(hypotheses: readonly Hypothesis[]): Hypothesis[] {
  const merged = new Map<string, Hypothesis>();
  for (const { meaning, probability } of hypotheses) {
    const key = meaningKey(meaning);
    const sum = (merged.get(key)?.probability ?? 0) + probability;
    merged.set(key, { meaning, probability: Math.min(1, sum) });
  }
  return [...merged.values()].sort((a, b) => b.probability - a.probability);
}

/** A form's intent without any slot says nothing: every “can I get a …” would be one. */
function isEmpty({ intent, slots, answerId }: Meaning, formIntents: ReadonlySet<string>): boolean {
  const bare = intent === undefined || formIntents.has(intent);
  return bare && answerId === undefined && Object.keys(slots).length === 0;
}

function formIntentsOf(expectation: Expectation): ReadonlySet<string> {
  if (expectation.kind === 'choice') return new Set(expectation.forms.map(({ intent }) => intent));
  return new Set(expectation.kind === 'slots' ? [expectation.intent] : []);
}

/** Where digits are asked for, one that does not fit makes another number: none may be passed over. */
function firmWords(expectation: Expectation): ReadonlySet<string> {
  if (expectation.kind !== 'entity') return new Set();
  const { type } = expectation.entity;
  if (type === 'list' || type === 'compound' || type === 'yesno') return new Set();
  return new Set(
    Array.from({ length: 100 }, (_, value) => numberWords(value))
      .flat()
      .concat('hundred', 'thousand'),
  );
}

/** How many digits are asked for, where nothing else is. */
function digitsOf(expectation: Expectation): Grammar['digits'] {
  if (expectation.kind !== 'entity' || expectation.entity.type !== 'digits') return undefined;
  const { min, max } = expectation.entity;
  return { min, max };
}

/** What is matched as a whole sentence, beside the automaton: options and written answers. */
function candidatesOf(
  expectation: Expectation,
): readonly { readonly meaning: Meaning; readonly phrases: MatchCandidate }[] {
  const option = ({ id, phrases }: { readonly id: string; readonly phrases: readonly string[] }) => ({
    meaning: { intent: id, slots: {} },
    phrases: { id, phrases },
  });
  if (expectation.kind === 'choice') return expectation.options.map(option);
  if (expectation.kind !== 'open') return [];
  const answers = expectation.knowledge.map(({ id, questions }) => ({
    meaning: { intent: 'question', slots: {}, answerId: id },
    phrases: { id, phrases: questions },
  }));
  return [...expectation.exits.map(option), ...answers];
}

/** What people say here that means none of the candidates. */
function othersOf(expectation: Expectation): readonly string[] {
  return expectation.kind === 'choice' || expectation.kind === 'open' ? (expectation.others ?? []) : [];
}

/** Whether a meaning needs nothing more. */
function isWhole(expectation: Expectation, meaning: Meaning): boolean {
  switch (expectation.kind) {
    case 'choice': {
      const form = expectation.forms.find(({ intent }) => intent === meaning.intent)?.form;
      return form === undefined || form.slots.every(({ name, required }) => !required || name in meaning.slots);
    }
    case 'slots': {
      if (expectation.asked !== undefined) return expectation.asked in meaning.slots;
      return expectation.form.slots.every(({ name, required }) => !required || name in meaning.slots);
    }
    case 'entity': {
      const value = meaning.slots[expectation.name];
      return value !== undefined && (expectation.entity.type !== 'digits' || value.length === expectation.entity.max);
    }
    case 'confirmation':
      // A bare “no” is often followed by what it should be.
      return meaning.intent === 'yes' || expectation.form === undefined || Object.keys(meaning.slots).length > 0;
    case 'open':
      return true;
    default:
      return expectation satisfies never;
  }
}

/** The words that are worth telling a recogniser without grammar, values first, cut to what a prompt can hold. */
function vocabularyOf(expectation: Expectation): string {
  const words = new Set(vocabularyWords(expectation));
  let text = '';
  for (const word of words) {
    if (text.length + word.length + 2 > vocabularyLength) break;
    text += text === '' ? word : `, ${word}`;
  }
  return text;
}

function vocabularyWords(expectation: Expectation): readonly string[] {
  switch (expectation.kind) {
    case 'choice':
      return [
        ...expectation.forms.flatMap(({ form }) => form.slots.flatMap(({ entity }) => entityWords(entity))),
        ...expectation.options.flatMap(({ phrases }) => phrases),
      ];
    case 'slots':
      return expectation.form.slots.flatMap(({ entity }) => entityWords(entity));
    case 'entity':
      return entityWords(expectation.entity);
    case 'confirmation':
      return ['yes', 'no', ...(expectation.form?.form.slots.flatMap(({ entity }) => entityWords(entity)) ?? [])];
    case 'open':
      return [
        ...expectation.exits.flatMap(({ phrases }) => phrases),
        ...expectation.knowledge.map((k) => k.questions[0] ?? ''),
      ];
    default:
      return expectation satisfies never;
  }
}

function entityWords(entity: Entity): readonly string[] {
  switch (entity.type) {
    case 'list':
      return entity.values.map((value) => spoken(value).value);
    case 'compound':
      return entity.parts.flatMap((part) => part.values.map((value) => spoken(value).value));
    case 'digits':
      return ['1 2 3 4 5 6 7 8 9 0'];
    case 'number':
      return [];
    case 'yesno':
      return ['yes', 'no'];
    case 'date':
      return months;
    case 'time':
      return ['a.m.', 'p.m.', "o'clock"];
    case 'amount':
      return entity.currency === undefined ? [] : [currencies[entity.currency].many, currencies[entity.currency].parts];
    case 'code':
      return ['A B C 1 2 3'];
    default:
      return entity satisfies never;
  }
}

import type { Expectation, Hypothesis, Meaning } from '../../flow/expectation.js';
import { dayAt, type Day } from '../../flow/reckoned-values.js';
import { systemClock } from '../../kernel/clock.js';
import { sensitive } from '../../kernel/sensitive.js';
import type { FreeTranscript, Grammar, IntentClassifier, Recognition } from '../../local-models/ports.js';
import { acousticConfidence, coverageConfidence, matchConfidences, sharesOf, speechConfidence } from './confidence.js';
import { grammarEvidence, recalibrated, type ConfidenceModel } from './confidence-model.js';
import type { CompiledExpectation, Understanding } from '../ports.js';
import { taskOf } from './intent-task.js';
import { LexicalMatcher, type MatchCandidate } from './matcher.js';
import { sentenceArcs } from './sentence-arcs.js';
import { settler } from './settling.js';
import { slotsToCome } from './slots-to-come.js';
import { vocabularyOf } from './vocabulary.js';
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

/** Hypotheses less probable than this are noise. */
const leastProbability = 0.01;
/** A sentence that is explained less than this cannot be said to stop in the middle of anything. */
const openCoverage = 0.7;

/** From this share of what may have been said on, a caller is given the breath to go on. */
const likelyBeginning = 0.2;
/** A guess at least this sure is not looked at again. */
const sureEnough = 0.9;
/** The intent thread needs about 10 ms; a later answer is not worth the caller’s time. */
const classifyLimitMs = 80;

export interface CompileOptions {
  readonly today?: () => Day;
  readonly confidence?: ConfidenceModel | undefined;
  /** How long the intent classifier is waited for. @defaultValue 80 */
  readonly classifyWithinMs?: number;
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
  const { today = () => dayAt(systemClock.wallMs()), confidence, classifyWithinMs = classifyLimitMs } = options;
  const matcher = new LexicalMatcher();
  const builder = sentenceArcs(expectation);
  const walker = new Walker(builder.arcs, builder.finals, {
    firm: firmWords(expectation),
    exact: isExact(expectation),
  });
  const moreMayCome = slotsToCome(expectation);
  const settle = settler(expectation, today);
  const openTopic = expectation.kind === 'open';
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
    return { hypotheses, text: sensitive(best?.text ?? ''), complete, mayGoOn, openEnd, openTopic };
  };

  const ear = digitsOf(expectation) ? 'digits' : 'words';
  const understand = (recognition: Recognition, classified?: readonly number[]): Understanding => {
    const { readings, free, noSpeechProb } = recognition;
    const speech = speechConfidence(noSpeechProb);
    const constrained = readings.map((reading) =>
      read(reading.text.reveal(), speech * reading.posterior, reading.posterior),
    );
    const rest = Math.max(0, 1 - readings.reduce((sum, reading) => sum + reading.posterior, 0));
    const byGrammar = merge(constrained.flatMap(({ hypotheses }) => hypotheses));
    const heardFreely = usable(free)
      ? [supporting(byGrammar, read(free.text.reveal(), speech * rest * freeConfidence(free), rest, classified))]
      : [];
    const found = conclude([...constrained, ...heardFreely]);
    const evidence = grammarEvidence(recognition, found.hypotheses, byGrammar, ear);
    return evidence ? { ...found, evidence } : found;
  };

  return {
    grammar: builder.grammar(digitsOf(expectation)),
    vocabulary: vocabularyOf(expectation),
    understandText: (text) => conclude([read(text, 1)]),
    understand: (recognition) => {
      const judged = (found: Understanding): Understanding =>
        confidence && found.evidence
          ? { ...found, hypotheses: recalibrated(confidence, found.evidence, found.hypotheses) }
          : found;
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

/** Free words that are explained less than this hide something that was said. */
const wholeCoverage = 0.99;
/** What the grammar must give a meaning, for each 1 of the free transcript’s, to be what was hidden. */
const leastSupport = 0.15;

/**
 * “A double shot sixteen ounce logo with milk” tells of an order that has something more, whatever it is: what of the free
 * words is not explained speaks for those meanings of the grammar that have the rest of it and something more.
 */
function supporting(byGrammar: readonly Hypothesis[], free: Reading): Reading {
  if ((free.paths[0]?.coverage ?? 1) >= wholeCoverage) return free;
  const hypotheses = free.hypotheses.flatMap((part) => {
    const wholes = byGrammar.filter(({ meaning }) => isPartOf(part.meaning, meaning));
    const sum = wholes.reduce((all, { probability }) => all + probability, 0);
    if (sum < leastSupport * part.probability) return [part];
    return wholes.map((whole) => ({ ...whole, probability: (part.probability * whole.probability) / sum }));
  });
  return { ...free, hypotheses };
}

/** Whether `whole` is the same and says something more. */
function isPartOf(part: Meaning, whole: Meaning): boolean {
  const slots = Object.entries(part.slots);
  return (
    part.intent === whole.intent &&
    slots.length > 0 &&
    slots.length < Object.keys(whole.slots).length &&
    slots.every(([name, value]) => whole.slots[name] === value)
  );
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

/** Where one letter makes another person, or another number. */
function isExact(expectation: Expectation): boolean {
  if (expectation.kind === 'person') return true;
  return expectation.kind === 'entity' && !['list', 'compound'].includes(expectation.entity.type);
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
    case 'person':
      return expectation.name in meaning.slots || meaning.intent !== undefined;
    case 'confirmation':
      // A bare “no” is often followed by what it should be.
      return meaning.intent === 'yes' || expectation.form === undefined || Object.keys(meaning.slots).length > 0;
    case 'open':
      return true;
    default:
      return expectation satisfies never;
  }
}

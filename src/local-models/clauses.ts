/** A piece of text that is synthesised in one go, and the silence that follows it. */
export interface Clause {
  readonly text: string;
  readonly pauseMs: number;
}

/**
 * - `early`: the first clause is short, so that its sound is there soon; later ones are as long as is good for the melody
 * - `sentences`: whole sentences, for prompts that are rendered ahead of time
 */
export type Splitting = 'early' | 'sentences';

const CLAUSE_PAUSE_MS = 60;
const SENTENCE_PAUSE_MS = 150;
/** Each word costs about 30 ms before the first sound: a longer first clause is cut. */
const UNCUT_WORDS = 7;
/** Shorter clauses are joined to the next: the voice sounds chopped otherwise. */
const LATER_CLAUSE_WORDS = 6;
const MAX_CLAUSE_WORDS = 30;

/** Words before which a speaker may take breath, when a first clause has no comma. */
const BREATHS = new Set(
  'and or but so because if when while with for to from at on in until that which who'.split(' '),
);
/** Where to cut, best first: early enough to be heard soon, late enough to sound like a phrase. */
const BREATH_PLACES = [5, 4, 6, 3, 7, 8, 9];

/** Cuts plain text (see `speakable`) into clauses. Nothing is lost but white space. */
export function splitClauses(text: string, splitting: Splitting = 'early'): Clause[] {
  const sentences = cutAfter(text, /[.!?]+["')\]]*(?=\s|$)/g);
  const clauses = sentences.flatMap((sentence, index) => {
    const parts = splitting === 'early' ? cutSentence(sentence, index === 0) : [sentence];
    return parts
      .flatMap(cutRunOn)
      .map((part, at, all) => ({ text: part, pauseMs: at === all.length - 1 ? SENTENCE_PAUSE_MS : CLAUSE_PAUSE_MS }));
  });
  return clauses.filter((clause) => /[\p{L}\p{N}]/u.test(clause.text));
}

function cutSentence(sentence: string, isFirst: boolean): string[] {
  const parts = cutAfter(sentence, /[,;:]["')\]]*(?=\s)|\s[–—-](?=\s)/g);
  const [first, ...rest] = parts;
  if (first === undefined) return [];
  if (!isFirst) return join(parts);
  const [head, tail] = cutAtBreath(first);
  return [head, ...join(tail === undefined ? rest : [tail, ...rest])];
}

/** Joins neighbours until each has enough words for a melody. */
function join(parts: readonly string[]): string[] {
  const joined: string[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last !== undefined && countWords(last) < LATER_CLAUSE_WORDS) joined[joined.length - 1] = `${last} ${part}`;
    else joined.push(part);
  }
  return joined;
}

/** Cuts a long first clause before the last word at which a speaker may take breath early enough. */
function cutAtBreath(clause: string): [string, string?] {
  const words = clause.split(' ');
  if (words.length <= UNCUT_WORDS) return [clause];
  for (const at of BREATH_PLACES) {
    if (BREATHS.has(words[at]?.toLowerCase() ?? '')) return [words.slice(0, at).join(' '), words.slice(at).join(' ')];
  }
  return [clause];
}

/** A sentence without any mark is cut by length: a deadline must not hang on somebody's punctuation. */
function cutRunOn(clause: string): string[] {
  const words = clause.split(' ');
  const pieces: string[] = [];
  for (let at = 0; at < words.length; at += MAX_CLAUSE_WORDS)
    pieces.push(words.slice(at, at + MAX_CLAUSE_WORDS).join(' '));
  return pieces;
}

function cutAfter(text: string, mark: RegExp): string[] {
  const pieces: string[] = [];
  let from = 0;
  for (const match of text.matchAll(mark)) {
    const to = match.index + match[0].length;
    pieces.push(text.slice(from, to));
    from = to;
  }
  pieces.push(text.slice(from));
  return pieces.map((piece) => piece.trim().replace(/\s+/g, ' ')).filter((piece) => piece !== '');
}

function countWords(text: string): number {
  return text.split(' ').length;
}

import { contracted, expanded } from './contractions.js';

/**
 * Words of a sentence, in the two shapes that the NLU needs. The *written* shape is what Whisper puts on paper (lower
 * case, apostrophes kept); the *canonical* shape has one spelling for everything that means the same: numerals become
 * number words, contractions are written in full, apostrophes and accents go, so that “8-ounce”, “8 ounce” and “eight
 * ounce” are one phrase.
 */
const ones = [
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen',
  'eighteen nineteen',
]
  .join(' ')
  .split(' ');
const tens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

const abbreviations: Readonly<Record<string, string>> = { oz: 'ounce', ok: 'okay', nr: 'number', vs: 'versus' };

/** Lower-case words as Whisper writes them, without punctuation; hyphens part words, apostrophes stay. */
export function writtenWords(text: string): string[] {
  const plain = text
    .toLowerCase()
    .replace(/[‘’ʼ`]/g, "'")
    .replace(/(\p{N})(?=\p{L})/gu, '$1 ')
    .replace(/(\p{N})[.,](?=\p{N}{3}(?!\p{N}))/gu, '$1');
  return plain.match(/[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}']*/gu)?.map((word) => word.replace(/'+$/, '')) ?? [];
}

/** Words in the one spelling that is compared. */
export function canonicalWords(text: string): string[] {
  return expanded(writtenWords(text)).flatMap((word) => {
    const bare = word.normalize('NFKD').replace(/\p{M}/gu, '').replace(/'/g, '');
    if (/^[0-9]+$/.test(bare)) return numeralWords(bare);
    return bare === '' ? [] : [abbreviations[bare] ?? bare];
  });
}

/** A written numeral as it is most often said: up to 99 as a number, anything else digit by digit. */
function numeralWords(numeral: string): string[] {
  if (numeral.length <= 2 && !(numeral.length === 2 && numeral.startsWith('0'))) return numberWords(Number(numeral));
  return [...numeral].map((digit) => digitWord(digit));
}

/** “five” for “5”. */
export function digitWord(digit: string): string {
  return ones[Number(digit)] ?? digit;
}

/** The words of a whole number from 0 to 9,999: 1205 → one thousand two hundred five. */
export function numberWords(value: number): string[] {
  if (value < 20) return [ones[value] ?? String(value)];
  if (value < 100) return [tens[Math.floor(value / 10)] ?? '', ...(value % 10 ? numberWords(value % 10) : [])];
  const [unit, name] = value < 1000 ? [100, 'hundred'] : [1000, 'thousand'];
  return [...numberWords(Math.floor(value / unit)), name, ...(value % unit ? numberWords(value % unit) : [])];
}

const irregular: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

/** The words of an ordinal: 21 → twenty first. */
export function ordinalWords(value: number): string[] {
  const words = numberWords(value);
  const last = words.pop() ?? '';
  return [...words, irregular[last] ?? last.replace(/y$/, 'ie') + 'th'];
}

const numberOf = new Map(Array.from({ length: 100 }, (_, value) => [numberWords(value).join(' '), String(value)]));

/**
 * The ways in which a phrase may be said and Whisper may write it: contractions and their full forms, number words as
 * numerals, and a numeral joined to the next word (“eight ounce” → “eight ounce”, “8 ounce”, “8-ounce”). The first is the
 * phrase itself.
 */
export function spellings(phrase: string): string[] {
  const said = writtenWords(phrase);
  const forms = [said, expanded(said), contracted(said)];
  return [...new Set(forms.flatMap((words) => numeralSpellings(words)))];
}

function numeralSpellings(said: readonly string[]): string[] {
  const found = new Set([said.join(' ')]);
  for (let at = 0; at < said.length; at++) {
    for (const length of [2, 1]) {
      const numeral = numberOf.get(said.slice(at, at + length).join(' '));
      const word = /^[0-9]{1,2}$/.test(said[at] ?? '') ? numberWords(Number(said[at])).join(' ') : undefined;
      if (numeral === undefined && word === undefined) continue;
      const before = said.slice(0, at);
      const after = said.slice(at + (numeral === undefined ? 1 : length));
      found.add([...before, numeral ?? word, ...after].join(' '));
      const digits = numeral ?? said[at] ?? '';
      if (after.length > 0) found.add([...before, `${digits}-${after.join(' ')}`].join(' '));
      return [...found];
    }
  }
  return [...found];
}

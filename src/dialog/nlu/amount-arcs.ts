import type { EntityOf } from '../../flow/entities.js';
import { amountValue } from '../../flow/reckoned-values.js';
import type { EntityPlace } from './entity-place.js';
import type { GrammarBuilder } from './grammar-builder.js';
import { term, terms, type MeantValue } from './term.js';
import { numberWords } from './words.js';

const units = {
  USD: { sign: '$', whole: ['dollars', 'dollar', 'bucks'], parts: ['cents', 'cent'] },
  EUR: { sign: '€', whole: ['euros', 'euro'], parts: ['cents', 'cent'] },
  GBP: { sign: '£', whole: ['pounds', 'pound', 'quid'], parts: ['pence', 'p', 'penny'] },
} as const;

/** Above this a numeral is one of full hundreds, for the recogniser: each numeral is an arc. */
const everyNumeralTo = 999;

/**
 * Terms add up: `+20000 +500 +50` are hundredths; `#1 #2 #5` is a numeral written sign by sign.
 * “twelve dollars and fifty cents”, “twelve fifty”, “twelve point five”, “a hundred and twenty”, “fifty cents”.
 */
export function amountArcs(grammar: GrammarBuilder, entity: EntityOf<'amount'>, { from, to, slot }: EntityPlace): void {
  const { sign, whole: wholeNames, parts } = units[entity.currency ?? 'USD'];
  const whole = grammar.state();
  const named = grammar.state();
  const small = grammar.state();
  const last = grammar.state();
  wholeArcs(grammar, entity.max, { from, to: whole, slot, sign: entity.currency === undefined ? '' : sign });
  grammar.any(whole, wholeNames, named);
  grammar.free(whole, to);
  grammar.free(named, to);

  // twelve dollars [and] fifty [cents], twelve fifty
  grammar.free(named, small);
  grammar.arc(named, 'and', small);
  terms(grammar, { from: small, to: last, slot }, hundredths(), 4);
  terms(grammar, { from: whole, to: last, slot }, writtenHundredths(), 4);
  grammar.any(last, [...parts, ...wholeNames], to);
  grammar.free(last, to);

  // twelve point five [dollars]
  const point = grammar.state();
  const tenth = grammar.state();
  grammar.any(whole, ['point'], point);
  const digits = (factor: number) =>
    Array.from({ length: 10 }, (_, digit): readonly [string, readonly string[]] => [
      `+${digit * factor}`,
      digit === 0 ? ['zero', 'oh', '0'] : [numberWords(digit).join(' '), String(digit)],
    ]);
  terms(grammar, { from: point, to: tenth, slot }, digits(10), 4);
  terms(grammar, { from: tenth, to: last, slot }, digits(1), 5);
  grammar.free(tenth, last);
  terms(grammar, { from: point, to: last, slot }, hundredths().slice(9), 4);

  // fifty cents
  const alone = grammar.state();
  terms(grammar, { from, to: alone, slot }, hundredths(), 0);
  grammar.any(alone, parts, to);
}

/** One to `max` in words, and in numerals as Whisper writes them. */
function wholeArcs(
  grammar: GrammarBuilder,
  max: number,
  {
    from,
    to,
    slot,
    sign,
  }: { readonly from: number; readonly to: number; readonly slot: string; readonly sign: string },
): void {
  const thousands = grammar.state();
  const hundreds = grammar.state();
  const rest = grammar.state();
  const counted = (first: number, last: number, factor: number, name: string) =>
    Array.from({ length: Math.max(0, last - first + 1) }, (_, index): readonly [string, readonly string[]] => {
      const count = first + index;
      const words = `${numberWords(count).join(' ')}${name}`;
      return [`+${count * factor}`, count === 1 && name !== '' ? [words, `a${name}`] : [words]];
    });
  terms(
    grammar,
    { from, to: thousands, slot },
    counted(1, Math.min(99, Math.floor(max / 1_000)), 100_000, ' thousand'),
    0,
  );
  grammar.free(thousands, to);
  grammar.free(thousands, hundreds);
  grammar.free(from, hundreds);
  const mostHundreds = max >= 1_000 ? 99 : Math.floor(max / 100);
  terms(grammar, { from: hundreds, to: rest, slot }, counted(1, mostHundreds, 10_000, ' hundred'), 1);
  const tail = grammar.state();
  grammar.free(rest, to);
  grammar.free(rest, tail);
  grammar.arc(rest, 'and', tail);
  grammar.free(hundreds, tail);
  terms(grammar, { from: tail, to, slot }, counted(1, Math.min(99, max), 100, ''), 2);

  const numerals = Array.from({ length: max }, (_, index) => index + 1)
    .filter((value) => value <= everyNumeralTo || value % 100 === 0)
    .map((value): readonly [string, readonly string[]] => [
      `+${value * 100}`,
      sign === '' ? [String(value)] : [String(value), `${sign}${value}`],
    ]);
  terms(grammar, { from, to, slot }, numerals, 0);
  // Any other numeral is read from free text.
  let at = from;
  for (let place = 0; place < String(max).length; place++) {
    const next = grammar.state();
    for (let digit = 0; digit < 10; digit++) {
      grammar.arc(at, numberWords(digit).join(' '), next, { tag: term(slot, `#${digit}`, place), textOnly: true });
    }
    if (place >= 2) grammar.free(next, to, { textOnly: true });
    at = next;
  }
}

/** One to ninety-nine of the small unit; “oh five” too. */
function hundredths(): readonly (readonly [string, readonly string[]])[] {
  return Array.from({ length: 99 }, (_, index) => {
    const count = index + 1;
    const words = numberWords(count).join(' ');
    return [`+${count}`, count < 10 ? [words, String(count), `oh ${words}`] : [words, String(count)]];
  });
}

/** As they follow the whole without a unit between: “twelve fifty”, 12.50, “twelve oh five”. */
function writtenHundredths(): readonly (readonly [string, readonly string[]])[] {
  return Array.from({ length: 100 }, (_, count) => {
    const written = `.${String(count).padStart(2, '0')}`;
    if (count === 0) return ['+0', [written]];
    const words = numberWords(count).join(' ');
    return [`+${count}`, count < 10 ? [`oh ${words}`, written] : [words, written]];
  });
}

export function amountMeant(entity: EntityOf<'amount'>, raw: string): readonly MeantValue[] {
  const parts = raw.split(' ');
  const written = parts.filter((part) => part.startsWith('#')).map((part) => part.slice(1));
  const added = parts.filter((part) => part.startsWith('+')).reduce((sum, part) => sum + Number(part), 0);
  const value = amountValue(entity, added + 100 * Number(written.join('')));
  return value === undefined ? [] : [{ value, share: 1 }];
}

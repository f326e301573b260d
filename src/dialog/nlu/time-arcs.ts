import type { EntityOf } from '../../flow/entities.js';
import { timeValues } from '../../flow/reckoned-values.js';
import type { EntityPlace } from './entity-place.js';
import type { GrammarBuilder } from './grammar-builder.js';
import { readTerms, term, terms, type MeantValue } from './term.js';
import { numberWords } from './words.js';

const halves = [
  ['aam', ['a.m.', 'am', 'in the morning', 'in the a.m.']],
  ['apm', ['p.m.', 'pm', 'in the afternoon', 'in the evening', 'at night', 'tonight', 'in the p.m.']],
] as const;
/** “Three” without a half of the day: people rarely mean the night. */
const likelyFrom = '07:00';
const likelyTo = '20:59';
/** Not enough to be acted on without asking. */
const likelyShare = 0.75;

/** Terms: hour `h3`, minutes `m30`, or minutes before the hour `b15`, half of the day `aam` or `apm`. */
export function timeArcs(grammar: GrammarBuilder, { from, to, slot }: EntityPlace): void {
  const begun = grammar.state();
  const hour = grammar.state();
  const minute = grammar.state();
  grammar.free(from, begun);
  grammar.any(from, ['at', 'around', 'about'], begun);
  terms(grammar, { from: begun, to: hour, slot }, hoursFrom(1, 12), 0);
  grammar.any(hour, ["o'clock"], minute);
  grammar.free(hour, minute);
  terms(grammar, { from: hour, to: minute, slot }, minutesAfterHour(), 1);
  terms(grammar, { from: minute, to, slot }, halves, 2);
  grammar.free(minute, to);

  // quarter past three
  const relative = grammar.state();
  terms(grammar, { from: begun, to: relative, slot }, minutesToHour(), 0);
  const hourNext = grammar.state();
  grammar.free(relative, hourNext);
  terms(grammar, { from: hourNext, to: minute, slot }, hoursFrom(1, 12), 1);

  // fifteen thirty
  const late = grammar.state();
  terms(grammar, { from: begun, to: late, slot }, hoursFrom(13, 23), 0);
  terms(grammar, { from: begun, to: late, slot }, [['h0', ['zero', '0', '00']]], 0);
  terms(grammar, { from: late, to, slot }, minutesAfterHour(), 1);
  grammar.any(late, ['hundred', 'hundred hours', "o'clock"], to);

  const whole = (phrases: readonly string[], part: string) =>
    grammar.any(begun, phrases, to, { tag: term(slot, part, 0) });
  whole(['noon', 'midday', 'twelve noon', '12 noon'], 'h12 apm');
  whole(['midnight', 'twelve midnight', '12 midnight'], 'h0');
}

type Terms = Parameters<typeof terms>[2];

function hoursFrom(first: number, last: number): Terms {
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const hour = first + index;
    return [`h${hour}`, [numberWords(hour).join(' '), String(hour)]];
  });
}

/** “thirty”, “oh five”, and as it is written: 3:30. */
function minutesAfterHour(): Terms {
  return Array.from({ length: 60 }, (_, minute) => {
    const written = `:${String(minute).padStart(2, '0')}`;
    if (minute === 0) return ['m0', [written]];
    const words = numberWords(minute).join(' ');
    return [`m${minute}`, minute < 10 ? [`oh ${words}`, `zero ${words}`, `o ${words}`, written] : [words, written]];
  });
}

function minutesToHour(): Terms {
  const named = [5, 10, 20, 25].flatMap((minutes): (readonly [string, readonly string[]])[] => {
    const words = [numberWords(minutes).join(' '), String(minutes)].flatMap((said) => [said, `${said} minutes`]);
    return [
      [`m${minutes}`, words.flatMap((said) => [`${said} past`, `${said} after`])],
      [`b${minutes}`, words.flatMap((said) => [`${said} to`, `${said} before`, `${said} of`, `${said} till`])],
    ];
  });
  return [
    ['m30', ['half past']],
    ['m15', ['quarter past', 'a quarter past', 'quarter after', 'a quarter after']],
    ['b15', ['quarter to', 'a quarter to', 'quarter of', 'a quarter of', 'quarter till']],
    ...named,
  ];
}

export function timeMeant(entity: EntityOf<'time'>, raw: string): readonly MeantValue[] {
  const { h, m = '0', b, a } = readTerms(raw);
  if (h === undefined) return [];
  const half = a === 'am' || a === 'pm' ? a : undefined;
  const hour = Number(h);
  const values =
    b === undefined
      ? timeValues(entity, { hour, minute: Number(m), half })
      : timeValues(entity, { hour: hour === 1 ? 12 : hour - 1, minute: 60 - Number(b), half });
  const likely = values.filter((value) => value >= likelyFrom && value <= likelyTo);
  if (values.length < 2 || likely.length !== 1) return values.map((value) => ({ value, share: 1 / values.length }));
  return values.map((value) => ({ value, share: value === likely[0] ? likelyShare : 1 - likelyShare }));
}

import type { EntityOf } from '../../flow/entities.js';
import {
  addDays,
  dateValue,
  firstYear,
  lastYear,
  weekdayOf,
  writtenDay,
  type Day,
} from '../../flow/reckoned-values.js';
import { months, ordinal } from '../../flow/words/english-values.js';
import { openWeight, type EntityPlace } from './entity-place.js';
import type { GrammarBuilder } from './grammar-builder.js';
import { readTerms, term, terms, type MeantValue } from './term.js';
import { numberWords, ordinalWords } from './words.js';

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** Terms: `m5 d3 y1980`; `d3`; `w5` the next Friday, `v5` the one of next week; `+1` tomorrow. */
export function dateArcs(
  grammar: GrammarBuilder,
  entity: EntityOf<'date'>,
  { from, to, open, slot }: EntityPlace,
): void {
  const begun = grammar.state();
  const day = grammar.state();
  grammar.free(from, begun);
  grammar.any(from, ['on', "it's on"], begun);
  grammar.free(begun, day);
  grammar.arc(begun, 'the', day);

  // May the third
  const monthSaid = grammar.state();
  const dayNext = grammar.state();
  const whole = grammar.state();
  terms(grammar, { from: begun, to: monthSaid, slot }, monthNames(), 0);
  grammar.free(monthSaid, dayNext);
  grammar.arc(monthSaid, 'the', dayNext);
  grammar.free(monthSaid, open, { weight: openWeight, tag: { set: 'open', drop: slot } });
  terms(grammar, { from: dayNext, to: whole, slot }, dayNames(true), 1);

  // the third of May
  const daySaid = grammar.state();
  const monthNext = grammar.state();
  terms(grammar, { from: day, to: daySaid, slot }, dayNames(false), 0);
  grammar.free(daySaid, monthNext);
  grammar.arc(daySaid, 'of', monthNext);
  grammar.free(monthNext, open, { weight: openWeight, tag: { set: 'open', drop: slot } });
  terms(grammar, { from: monthNext, to: whole, slot }, monthNames(), 1);

  if (entity.year !== 'asked') {
    grammar.free(whole, to);
    // The third, without month: rarer than the beginning of a longer date.
    grammar.free(daySaid, to, { weight: -1 });
    relativeDays(grammar, entity, { from: begun, to, slot });
  } else grammar.free(whole, open, { weight: openWeight, tag: { set: 'open', drop: slot } });
  const yearNext = grammar.state();
  grammar.free(whole, yearNext);
  grammar.arc(whole, 'in', yearNext);
  terms(grammar, { from: yearNext, to, slot }, yearNames(), 2);
}

function relativeDays(
  grammar: GrammarBuilder,
  { year }: EntityOf<'date'>,
  { from, to, slot }: { readonly from: number; readonly to: number; readonly slot: string },
): void {
  const say = (phrases: readonly string[], part: string) =>
    grammar.any(from, phrases, to, { tag: term(slot, part, 0) });
  say(['today'], '+0');
  if (year === 'last') {
    say(['yesterday'], '-1');
    say(['the day before yesterday'], '-2');
    weekdays.forEach((name, index) => say([name, `last ${name}`], `w${index}`));
    return;
  }
  say(['tomorrow'], '+1');
  say(['the day after tomorrow', 'day after tomorrow'], '+2');
  say(['in a week', 'a week from today', 'a week from now', 'in one week'], '+7');
  weekdays.forEach((name, index) => {
    say([name, `this ${name}`, `this coming ${name}`, `coming ${name}`], `w${index}`);
    say([`next ${name}`], `v${index}`);
  });
}

function monthNames(): readonly (readonly [string, readonly string[]])[] {
  return months.map((name, index) => [`m${index + 1}`, [name.toLowerCase()]]);
}

/** @param cardinal whether “May three” counts too */
function dayNames(cardinal: boolean): readonly (readonly [string, readonly string[]])[] {
  return Array.from({ length: 31 }, (_, index) => {
    const day = index + 1;
    const plain = cardinal ? [numberWords(day).join(' '), String(day)] : [];
    return [`d${day}`, [ordinalWords(day).join(' '), ordinal(day), ...plain]];
  });
}

function yearNames(): readonly (readonly [string, readonly string[]])[] {
  return Array.from({ length: lastYear - firstYear + 1 }, (_, index) => {
    const year = firstYear + index;
    const [century, rest] = [Math.floor(year / 100), year % 100];
    const tail = rest === 0 ? ['hundred'] : rest < 10 ? ['oh', ...numberWords(rest)] : numberWords(rest);
    const pairs = [...numberWords(century), ...tail].join(' ');
    const thousand = numberWords(year).join(' ');
    const whole = century === 20 ? [thousand, thousand.replace('thousand ', 'thousand and ')] : [];
    return [`y${year}`, [pairs, ...whole, String(year)]];
  });
}

export function dateMeant(entity: EntityOf<'date'>, raw: string, today: Day): readonly MeantValue[] {
  const value = dateOf(entity, raw, today);
  return value === undefined ? [] : [{ value, share: 1 }];
}

function dateOf(entity: EntityOf<'date'>, raw: string, today: Day): string | undefined {
  if (/^[+-]/.test(raw)) return writtenDay(addDays(today, Number(raw)));
  const { m, d, y, w, v } = readTerms(raw);
  const backwards = entity.year === 'last';
  const weekday = w ?? v;
  if (weekday !== undefined) {
    const ahead = (Number(weekday) - weekdayOf(today) + 7) % 7;
    if (backwards) return writtenDay(addDays(today, ahead === 0 ? -7 : ahead - 7));
    if (w !== undefined) return writtenDay(addDays(today, ahead === 0 ? 7 : ahead));
    // “Next Friday” is the Friday of the week that begins on the coming Monday.
    const monday = 1 + ((7 - weekdayOf(today)) % 7);
    return writtenDay(addDays(today, monday + ((Number(weekday) + 6) % 7)));
  }
  const day = Number(d);
  if (m !== undefined) {
    return dateValue(entity, { month: Number(m), day, year: y === undefined ? undefined : Number(y) }, today);
  }
  // The third: of this month or the nearest that has one.
  const step = backwards ? -1 : 1;
  for (let at = today, days = 0; days < 62; days++, at = addDays(at, step)) if (at.day === day) return writtenDay(at);
  return undefined;
}

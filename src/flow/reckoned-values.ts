import type { EntityOf } from './entities.js';

/** A day of the calendar; month and day from 1. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The day at a moment, where this machine is. @param wallMs milliseconds since 1970 */
export function dayAt(wallMs: number): Day {
  const date = new Date(wallMs);
  return { year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() };
}

export function addDays({ year, month, day }: Day, days: number): Day {
  const date = new Date(Date.UTC(year, month - 1, day + days));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** 0 is Sunday. */
export function weekdayOf({ year, month, day }: Day): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay();
}

/** YYYY-MM-DD */
export function writtenDay({ year, month, day }: Day): string {
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`;
}

export const firstYear = 1900;
export const lastYear = 2099;

/**
 * The value of a date of which month and day are known.
 * @returns undefined for a day that is not in the calendar, or without a year where the entity wants one
 */
export function dateValue(
  { year: rule = 'next' }: EntityOf<'date'>,
  said: { readonly month: number; readonly day: number; readonly year?: number | undefined },
  today: Day,
): string | undefined {
  const { month, day } = said;
  if (said.year !== undefined) {
    const within = said.year >= firstYear && said.year <= lastYear;
    return within && exists({ year: said.year, month, day }) ? writtenDay({ year: said.year, month, day }) : undefined;
  }
  if (rule === 'asked') return undefined;
  const step = rule === 'next' ? 1 : -1;
  const begins = (month - today.month || day - today.day) * step >= 0 ? today.year : today.year + step;
  // The 29th of February comes every fourth year, once every eighth.
  for (let year = begins; Math.abs(year - begins) <= 8; year += step) {
    if (exists({ year, month, day })) return writtenDay({ year, month, day });
  }
  return undefined;
}

function exists(day: Day): boolean {
  return writtenDay(addDays(day, 0)) === writtenDay(day);
}

/**
 * The times that may be meant by an hour and a minute, HH:MM: with neither half of the day said, and an hour from 1 to 12,
 * there may be two. Only those within the entity's bounds.
 */
export function timeValues(
  { from = '00:00', to = '24:00' }: EntityOf<'time'>,
  { hour, minute, half }: { readonly hour: number; readonly minute: number; readonly half?: 'am' | 'pm' | undefined },
): readonly string[] {
  if (hour > 23 || minute > 59) return [];
  const twelve = hour >= 1 && hour <= 12;
  const am = hour % 12;
  const hours = !twelve ? [hour] : half === 'am' ? [am] : half === 'pm' ? [am + 12] : [am, am + 12];
  return hours.map((one) => `${twoDigits(one)}:${twoDigits(minute)}`).filter((time) => time >= from && time <= to);
}

/** The value of an amount. @param hundredths cents or pence @returns undefined when it is nothing, or more than the most */
export function amountValue({ max, currency }: EntityOf<'amount'>, hundredths: number): string | undefined {
  if (hundredths < 1 || hundredths > 100 * max) return undefined;
  const amount = `${Math.floor(hundredths / 100)}.${twoDigits(hundredths % 100)}`;
  return currency === undefined ? amount : `${amount} ${currency}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

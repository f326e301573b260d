import type { HoursNode } from '../schema.js';

type Range = HoursNode['open'][number];
type Day = Range['days'][number];

const week: readonly Day[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/**
 * Asterisk's time specification, `09:00-17:00,mon-fri,*,*` (or with `|`), as opening hours.
 *
 * @returns undefined when it says something that opening hours cannot: days of a month, or a month
 */
export function openingHours(spec: string): readonly Range[] | undefined {
  const [times = '*', days = '*', monthDays = '*', months = '*'] = spec.split(/[,|]/).map((part) => part.trim());
  const on = daysOf(days);
  if (monthDays !== '*' || months !== '*' || !on) return undefined;
  if (times === '*') return [{ days: on, from: '00:00', to: '24:00' }];
  const [from, to] = times.split('-').map(clockTime);
  if (!from || !to) return undefined;
  if (from < to) return [{ days: on, from, to }];
  // Past midnight: the evening of these days, and the morning of the days after them.
  const after = on.map((day) => week[(week.indexOf(day) + 1) % 7] ?? day);
  return [
    { days: on, from, to: '24:00' },
    { days: after, from: '00:00', to },
  ];
}

function daysOf(text: string): Day[] | undefined {
  if (text === '*') return [...week];
  const days = text.toLowerCase().split('&').flatMap(daysBetween);
  return days.every((day) => day !== undefined) ? days : undefined;
}

function daysBetween(text: string): (Day | undefined)[] {
  const [first, last = first] = text.split('-').map((name) => week.indexOf(name.trim().slice(0, 3) as Day));
  if (first === undefined || last === undefined || first < 0 || last < 0) return [undefined];
  const length = ((last - first + 7) % 7) + 1;
  return Array.from({ length }, (_day, i) => week[(first + i) % 7]);
}

function clockTime(text: string): string | undefined {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text.trim()) ?? [];
  return hours && minutes && Number(hours) < 24 ? `${hours.padStart(2, '0')}:${minutes}` : undefined;
}

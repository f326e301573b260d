/** How values are read back in English. */
export const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** “3rd” for 3. */
export function ordinal(day: number): string {
  const teen = day >= 11 && day <= 13;
  return `${day}${(teen ? undefined : { 1: 'st', 2: 'nd', 3: 'rd' }[day % 10]) ?? 'th'}`;
}

export const currencies = {
  USD: { one: 'dollar', many: 'dollars', part: 'cent', parts: 'cents' },
  EUR: { one: 'euro', many: 'euros', part: 'cent', parts: 'cents' },
  GBP: { one: 'pound', many: 'pounds', part: 'penny', parts: 'pence' },
} as const;

/**
 * A value in words that can be heard: digits and codes sign by sign, dates with the name of the month, times with their half
 * of the day, amounts with their currency; anything else as it stands.
 */
export function readBack(value: string): string {
  if (/^[A-Z0-9]+$/.test(value)) return value.split('').join(' ');
  return spokenDate(value) ?? spokenTime(value) ?? spokenAmount(value) ?? value;
}

function spokenDate(value: string): string | undefined {
  const [, year = '', month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) ?? [];
  const name = months[Number(month) - 1];
  return name && `${name} ${ordinal(Number(day))}, ${year}`;
}

function spokenTime(value: string): string | undefined {
  const [, hours, minutes = ''] = /^(\d{2}):(\d{2})$/.exec(value) ?? [];
  if (hours === undefined) return undefined;
  const hour = Number(hours);
  if (minutes === '00' && hour % 12 === 0) return hour === 12 ? 'noon' : 'midnight';
  const half = hour % 24 < 12 ? 'a.m.' : 'p.m.';
  return `${((hour + 11) % 12) + 1}${minutes === '00' ? '' : `:${minutes}`} ${half}`;
}

function spokenAmount(value: string): string | undefined {
  const [, whole = '', part = '', , currency] = /^(\d+)\.(\d{2})( (USD|EUR|GBP))?$/.exec(value) ?? [];
  if (whole === '') return undefined;
  if (currency === undefined) return `${whole} point ${part.split('').join(' ')}`;
  const names = currencies[currency as keyof typeof currencies];
  const big = Number(whole) === 0 ? [] : [`${whole} ${whole === '1' ? names.one : names.many}`];
  const small = Number(part) === 0 ? [] : [`${Number(part)} ${part === '01' ? names.part : names.parts}`];
  return [...big, ...small].join(' and ') || `0 ${names.many}`;
}

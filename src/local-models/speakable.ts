/**
 * Makes written text speakable for an English voice: what espeak-ng reads wrongly ("$4.50" as "dollar four point five
 * zero", "#" as "hash", "4071" as a quantity) is written out as words. Everything else stays as it is. Pure.
 */
export function speakable(text: string): string {
  return RULES.reduce((result, rule) => rule(result), text)
    .replace(/\s+/g, ' ')
    .replace(/ ([,.;:!?])/g, '$1')
    .trim();
}

type Rule = (text: string) => string;

const CURRENCIES: Readonly<Record<string, readonly [one: string, many: string, part: string]>> = {
  $: ['dollar', 'dollars', 'cents'],
  '€': ['euro', 'euros', 'cents'],
  '£': ['pound', 'pounds', 'pence'],
};

const ABBREVIATIONS: readonly (readonly [RegExp, string])[] = [
  [/\bDr\.(?=\s)/g, 'Doctor'],
  [/\bMr\.(?=\s)/g, 'Mister'],
  [/\bMrs\.(?=\s)/g, 'Missus'],
  [/\bMs\.(?=\s)/g, 'Miz'],
  [/\be\.g\.,?/gi, 'for example'],
  [/\bi\.e\.,?/gi, 'that is'],
  [/\betc\./gi, 'and so on'],
  [/\bapprox\./gi, 'approximately'],
  [/\bno\.\s*(?=\d)/gi, 'number '],
  [/\bext\.?\s*(?=\d)/gi, 'extension '],
];

const DAYS: Readonly<Record<string, string>> = {
  mon: 'Monday',
  tue: 'Tuesday',
  tues: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  thur: 'Thursday',
  thurs: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};

const RULES: readonly Rule[] = [
  // Marks for the eye, as language models like them; and what no voice has a sound for.
  (text) => text.replace(/\p{Cc}+|\p{Extended_Pictographic}|\uFE0F/gu, (mark) => (mark.trim() === '' ? ' ' : '')),
  (text) => text.replace(/\*\*|__|`/g, ''),
  (text) => ABBREVIATIONS.reduce((result, [pattern, words]) => result.replace(pattern, words), text),
  (text) =>
    text.replace(/([$€£])\s?(\d[\d,]*)(?:\.(\d{2}))?(?!\d)/g, (_, sign: string, whole: string, part?: string) =>
      money(sign, whole, part),
    ),
  // "7 a.m." has a full stop of its own, which must not end the sentence, unless one ends there.
  (text) =>
    text.replace(
      /(\d)\s*([apAP])\.\s?[mM]\.(?:(\s+(?=\p{Lu}))|($)|)/gu,
      (_, digit: string, half: string, next?: string, end?: string) =>
        next === undefined && end === undefined
          ? `${digit} ${half.toUpperCase()}M`
          : `${digit} ${half.toUpperCase()}M. `,
    ),
  (text) => text.replace(/(\d)\s*([ap])m\b/gi, (_, digit: string, half: string) => `${digit} ${half.toUpperCase()}M`),
  (text) => text.replace(/\b24\/7\b/g, '24 hours a day, 7 days a week'),
  (text) =>
    text.replace(
      /\b(mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\b(?=\s*[-–,.)]|\s+\d|\s+(?:to|and|through)\b|$)/gi,
      (word, day: string) => (/^[A-Z]/.test(word) ? (DAYS[day.toLowerCase()] ?? word) : word),
    ),
  (text) => text.replace(/((?:day|AM|PM|\d))\s*[–—]\s*(?=\d|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)/g, '$1 to '),
  (text) => text.replace(/(day)\s*-\s*(?=(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)/g, '$1 to '),
  (text) =>
    text.replace(/\b(\d{1,2}(?::\d{2})?(?: [AP]M)?)\s*-\s*(?=\d{1,2}(?::\d{2})?(?: [AP]M)?\b(?![-\d]))/g, '$1 to '),
  (text) =>
    text.replace(/\b(\d{1,2}):([0-5]\d)(?!\d)( [AP]M)?/g, (_, hour: string, minute: string, half?: string) =>
      time(hour, minute, half),
    ),
  (text) => text.replace(/#\s?(?=\d)/g, ' number ').replace(/\bnumber\s+number\b/gi, 'number'),
  // Numbers that name something are read digit by digit.
  (text) =>
    text.replace(
      /\b((?:number|code|extension|account|pin|reference)(?:\s+is)?)\s*[:#]?\s*(\d{2,})\b/gi,
      (_, what: string, digits: string) => `${what} ${spell(digits)}`,
    ),
  (text) =>
    text.replace(/(?<![\d.,])\+?\d{2,5}(?:[-.]\d{2,5}){1,3}(?![\d,])/g, (digits) =>
      isPhone(digits) ? digits.replace('+', '').split(/[-.]/).map(spell).join(', ') : digits,
    ),
  (text) => text.replace(/(?<![\d.,])(?:0\d+|\d{5,})(?![\d,]|\.\d)/g, (digits) => spell(digits)),
  // "a 12 ounce latte", but "12 ounces".
  (text) =>
    text.replace(
      /\b(\d+)\s?oz\b\.?(?=(\s+(?!(?:of|and|or|for|to|with|in)\b)[a-z])?)/gi,
      (_, count: string, noun?: string) => `${count} ${count === '1' || noun !== undefined ? 'ounce' : 'ounces'}`,
    ),
  (text) => text.replace(/#/g, ' pound '),
  (text) => text.replace(/(^|[\s("'])\*(?=$|[\s,.;:!?)"'])/g, '$1star'),
];

function money(sign: string, whole: string, part: string | undefined): string {
  const [one, many, cents] = CURRENCIES[sign] ?? ['', '', ''];
  const count = whole.replace(/,+$/, '');
  const comma = whole.slice(count.length);
  const rest = part === undefined || part === '00' ? '' : String(Number(part));
  if (Number(count) === 0 && rest) return `${rest} ${cents}`;
  return `${count} ${count === '1' ? one : many}${rest ? ` ${Number(rest) < 10 ? `and ${rest} ${cents}` : rest}` : ''}${comma}`;
}

function time(hour: string, minute: string, half: string | undefined): string {
  const h = String(Number(hour));
  if (minute === '00') return half ? `${h}${half}` : `${h} o'clock`;
  return `${h} ${minute.startsWith('0') ? `oh ${minute.slice(1)}` : minute}${half ?? ''}`;
}

function spell(digits: string): string {
  return [...digits].join(' ');
}

/** Groups as in 555-0142 or 030-1234-567, not a decimal number nor a range of years. */
function isPhone(text: string): boolean {
  const digits = text.replace(/\D/g, '').length;
  return digits >= 7 && digits <= 15 && !/^\d{4}-\d{4}$/.test(text);
}

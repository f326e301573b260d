import type { Currency, OwnWords } from './own-words.js';

const months = [
  'Januar',
  'Februar',
  'März',
  'April',
  'Mai',
  'Juni',
  'Juli',
  'August',
  'September',
  'Oktober',
  'November',
  'Dezember',
] as const;

const currencies = {
  USD: { one: 'Dollar', many: 'Dollar', part: 'Cent', parts: 'Cent' },
  EUR: { one: 'Euro', many: 'Euro', part: 'Cent', parts: 'Cent' },
  GBP: { one: 'Pfund', many: 'Pfund', part: 'Penny', parts: 'Pence' },
} as const satisfies Record<string, Currency>;

export const german: OwnWords = {
  notUnderstood: 'Das habe ich leider nicht verstanden.',
  notHeard: 'Ich habe Sie leider nicht gehört.',
  toKeypad: 'Nehmen wir die Tasten.',
  invalidKey: 'Diese Taste hat hier keine Bedeutung.',
  yesOrNo: 'Bitte sagen Sie ja, oder drücken Sie die 1. Oder sagen Sie nein, oder drücken Sie die 2.',
  denied: 'Das tut mir leid.',
  forOperator: 'Um mit einem Menschen zu sprechen, drücken Sie die 0.',
  didYouMean: (what) => `Meinten Sie ${what}?`,
  isThatRight: (what) => `${what}. Ist das richtig?`,
  anythingElse: 'Kann ich sonst noch etwas tun?',
  unknown: 'Das weiß ich leider nicht.',
  whereWereWe: 'Entschuldigung, wo waren wir.',
  goodbye: 'Auf Wiederhören.',
  filler: 'Einen Moment bitte.',
  stillWaiting: 'Ich warte noch auf eine Antwort.',
  keys: {
    press: (label, key) => `Für ${label} drücken Sie die ${key}.`,
    more: (key) => `Für weitere drücken Sie die ${key}.`,
    pressKey: (key) => `Drücken Sie die ${key}.`,
    yes: 'Für ja drücken Sie die 1.',
    no: 'Für nein drücken Sie die 2.',
    skip: 'Um dies auszulassen, drücken Sie die Raute.',
    use: 'Bitte benutzen Sie die Tasten.',
    thenPound: 'Drücken Sie dann die Raute.',
    directDial: 'Wenn Sie die Durchwahl kennen, wählen Sie sie jetzt.',
    date: {
      MMDD: 'Bitte geben Sie zwei Ziffern für den Monat und zwei für den Tag ein.',
      DDMM: 'Bitte geben Sie zwei Ziffern für den Tag und zwei für den Monat ein.',
    },
    year: 'Dann vier für das Jahr.',
    time: 'Bitte geben Sie zwei Ziffern für die Stunde und zwei für die Minuten ein.',
    am: 'Für vormittags drücken Sie die 1.',
    pm: 'Für nachmittags drücken Sie die 2.',
    amount: 'Bitte geben Sie den Betrag ein, mit dem Stern als Komma.',
    letters: [
      'Drücken Sie für jeden Buchstaben seine Taste und dann seine Stelle auf dieser Taste.',
      'A ist also 2 1, B ist 2 2, und S ist 7 4.',
    ],
    digits: 'Drücken Sie für jede Ziffer diese Ziffer.',
    lastName: 'Bitte geben Sie die ersten Buchstaben des Nachnamens ein, für jeden Buchstaben eine Taste.',
    moreLetters: 'Davon gibt es viele. Bitte geben Sie mehr Buchstaben des Nachnamens ein.',
    otherName: 'Für einen anderen Namen drücken Sie den Stern.',
  },
  directory: {
    putThrough: 'Ich rufe an:',
    wholeName: 'Davon gibt es mehrere. Bitte sagen Sie Vornamen und Nachnamen.',
  },
  values: {
    readBack: (value) =>
      /^[A-Z0-9]+$/.test(value)
        ? value.split('').join(' ')
        : (spokenDate(value) ?? spokenTime(value) ?? spokenAmount(value) ?? value),
    months,
    day: (day) => `${String(day)}.`,
    dateOrder: ['day', 'month', 'year'],
    clock: { hours: 24, hour: 'Uhr' },
    point: 'Komma',
    and: 'und',
    currencies,
  },
};

function spokenDate(value: string): string | undefined {
  const [, year = '', month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) ?? [];
  const name = months[Number(month) - 1];
  return name && `${String(Number(day))}. ${name} ${year}`;
}

function spokenTime(value: string): string | undefined {
  const [, hours, minutes = ''] = /^(\d{2}):(\d{2})$/.exec(value) ?? [];
  if (hours === undefined) return undefined;
  return `${String(Number(hours))} Uhr${minutes === '00' ? '' : ` ${String(Number(minutes))}`}`;
}

function spokenAmount(value: string): string | undefined {
  const [, whole = '', part = '', , currency] = /^(\d+)\.(\d{2})( (USD|EUR|GBP))?$/.exec(value) ?? [];
  if (whole === '') return undefined;
  if (currency === undefined) return `${whole} Komma ${part.split('').join(' ')}`;
  const names = currencies[currency as keyof typeof currencies];
  const big = Number(whole) === 0 ? [] : [`${whole} ${whole === '1' ? names.one : names.many}`];
  const small = Number(part) === 0 ? [] : [`${String(Number(part))} ${part === '01' ? names.part : names.parts}`];
  return [...big, ...small].join(' und ') || `0 ${names.many}`;
}

import { expect, test } from 'vitest';
import { endpointAfterMs } from './endpointing.js';
import type { Understanding } from './ports.js';
import { sensitive } from '../kernel/sensitive.js';
import type { FreeTranscript } from '../local-models/ports.js';

const options = { minEndpointMs: 250, breathMs: 410, maxEndpointMs: 1_000 };
const heard = (what: Partial<Understanding>, probability = 0.95): Understanding => ({
  hypotheses: [{ meaning: { intent: 'x', slots: {} }, probability }],
  text: sensitive(''),
  complete: true,
  mayGoOn: false,
  openEnd: false,
  ...what,
});
const wrote = (text: string, runaway = false): FreeTranscript => ({
  text: sensitive(text),
  logProb: -1,
  tokens: 3,
  runaway,
});
const goesOn = heard({ mayGoOn: true });
const missing = heard({ complete: false });
const nothing = heard({ complete: false, hypotheses: [] });
const mocha = heard({ mayGoOn: true, text: sensitive('i want an iced mocha') });
const number = heard({ text: sensitive('4 9 2 4 9 2') });
const FELL = wrote('I want an iced mocha.');
const STAYED_UP = wrote('I want an iced mocha');

test.each([
  ['nothing recognised yet', undefined, undefined, 1_000],
  ['complete and sure', heard({}), undefined, 250],
  ['complete and sure, whatever the voice does', heard({}), STAYED_UP, 250],
  ['people often go on here, but the voice fell', goesOn, FELL, 410],
  ['people often go on here', goesOn, undefined, 440],
  ['people often go on here, and the voice stayed up', goesOn, STAYED_UP, 700],
  ['complete but not sure', heard({}, 0.6), FELL, 625],
  ['complete but not sure, and the voice stayed up', heard({}, 0.6), STAYED_UP, 850],
  ['a part is missing, even if the voice fell', missing, FELL, 1_000],
  ['nothing that belongs here', nothing, FELL, 625],
  ['nothing that belongs here, and the voice stayed up', nothing, STAYED_UP, 1_000],
  ['nothing that belongs here, in a transcript that repeats itself', nothing, wrote('2 7 7 7', true), 850],
  ['an open end', heard({ complete: false, openEnd: true }), FELL, 1_000],
  ['six digits of which three were heard', number, wrote('4, 9, 2'), 1_000],
  ['six digits that were heard, in other spellings', number, wrote('Four 92, four 92.'), 250],
  ['a word that no sentence ends with', mocha, wrote('I want an iced mocha with.'), 1_000],
  [
    'such a word, but the reading has it too',
    heard({ text: sensitive('what i asked for') }),
    wrote('What I asked for.'),
    250,
  ],
  ['such a word in a transcript that repeats itself', mocha, wrote('I want a mocha with a', true), 440],
  ['six digits, and a transcript that repeats itself', number, wrote('4 9', true), 250],
])('%s', (_name, understanding, free, ms) => expect(endpointAfterMs(understanding, free, 0.8, options)).toBe(ms));

test.each([
  ['Can I get a latte?', 410],
  ['“Can I get a latte.”', 410],
  ['A single shot mocha...', 700],
  ['A single shot mocha…', 700],
  ['a large latte with', 1_000],
  ['a large latte with...', 1_000],
  ['A large latte,', 700],
  ['', 440],
])('“%s” waits %d ms', (text, ms) => expect(endpointAfterMs(goesOn, wrote(text), 0.8, options)).toBe(ms));

test.each([
  [100, 250, 700],
  [800, 800, 800],
  [3_000, 1_000, 1_000],
])(
  'a breath of %d ms waits %d ms, and %d ms when the voice stayed up: never less or more than any sentence',
  (breathMs, fell, up) => {
    const wait = (free: FreeTranscript): number => endpointAfterMs(goesOn, free, 0.8, { ...options, breathMs });
    expect([wait(FELL), wait(STAYED_UP)]).toEqual([fell, up]);
  },
);

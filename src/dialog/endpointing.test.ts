import { expect, test } from 'vitest';
import { endpointAtMs, PATIENCE, silentFromMs } from './endpointing.js';
import type { Understanding } from './ports.js';
import { sensitive } from '../kernel/sensitive.js';
import type { FreeTranscript } from '../local-models/ports.js';

/** The silence that is waited for behind a voice that ends at once. */
const afterMs = endpointAtMs.bind(undefined, { endedMs: 0, lastVoicedMs: 0 });
const options = { minEndpointMs: 250, breathMs: 410, maxEndpointMs: 1_000 };
const heard = (what: Partial<Understanding>, probability = 0.95): Understanding => ({
  hypotheses: [{ meaning: { intent: 'x', slots: {} }, probability }],
  text: sensitive('i want an iced latte'),
  complete: true,
  mayGoOn: false,
  openEnd: false,
  openTopic: false,
  ...what,
});
const wrote = (text: string, closing?: number, runaway = false): FreeTranscript => ({
  text: sensitive(text),
  logProb: -1,
  tokens: 3,
  runaway,
  closing,
});
/** With the judgement of the last syllables. */
const spoke = (text: string, closing: number, finished: number, runaway = false): FreeTranscript => ({
  ...wrote(text, closing, runaway),
  finished,
});
const repeating = (text: string): FreeTranscript => wrote(text, 0.99, true);
const goesOn = heard({ mayGoOn: true });
const missing = heard({ complete: false });
const nothing = heard({ complete: false, hypotheses: [] });
const question = heard({ complete: false, hypotheses: [], openTopic: true });
const mocha = heard({ mayGoOn: true, text: sensitive('i want an iced mocha') });
const number = heard({ text: sensitive('4 9 2 4 9 2') });
const FELL = wrote('I want an iced mocha.', 0.98);
const WAVERED = wrote('I want an iced mocha.', 0.785);
const STAYED_UP = wrote('I want an iced mocha...', 0.4);

test.each([
  ['complete and sure', heard({}), undefined, 250],
  ['complete and sure, whatever the voice does', heard({}), STAYED_UP, 250],
  ['people often go on here, but the voice fell', goesOn, FELL, 410],
  ['people often go on here, and the voice may have fallen', goesOn, wrote('I want an iced mocha.', 0.88), 752],
  ['people often go on here, and the voice did not fall far', goesOn, WAVERED, 836],
  ['people often go on here, and the voice stayed up', goesOn, STAYED_UP, 1_000],
  ['people often go on here, and nobody heard whether the voice fell', goesOn, undefined, 705],
  ['complete but not sure', heard({}, 0.6), FELL, 625],
  ['complete but not sure, and the voice stayed up', heard({}, 0.6), STAYED_UP, 1_000],
  ['a part is missing, even if the voice fell', missing, FELL, 1_000],
  ['nothing that belongs here', nothing, FELL, 625],
  ['nothing that belongs here, and the voice stayed up', nothing, STAYED_UP, 1_000],
  ['nothing that belongs here, in a transcript that repeats itself', nothing, repeating('2 7 7 7'), 1_000],
  ['nothing that belongs here, and no sentence, however its end sounds', nothing, wrote('4 9 2', 0.99), 1_000],
  ['an open end', heard({ complete: false, openEnd: true }), FELL, 1_000],
  ['six digits of which three were heard', number, wrote('4, 9, 2', 0.99), 1_000],
  ['six digits that were heard, in other spellings', number, wrote('Four 92, four 92.', 0.99), 250],
  ['a word that no sentence ends with', mocha, wrote('I want an iced mocha with.', 0.99), 1_000],
  ['a beginning behind such a word', mocha, wrote('I want an iced mocha with a bit.', 0.99), 1_000],
  ['such a word long before the end', mocha, wrote('With an iced mocha for me.', 0.99), 410],
  [
    'such a word, but the reading has it too',
    heard({ text: sensitive('what i asked for') }),
    wrote('What I asked for.', 0.99),
    250,
  ],
  ['such a word in a transcript that repeats itself', mocha, repeating('I want a mocha with a'), 410],
  ['six digits, and a transcript that repeats itself', number, repeating('4 9'), 250],
])('%s', (_name, understanding, free, ms) => expect(afterMs(understanding, free, 0.8, options)).toBe(ms));

test.each([
  ['Can I get a latte?', 410],
  ['“Can I get a latte.”', 410],
  ['A single shot mocha...', 1_000],
  ['A single shot mocha…', 1_000],
  ['a large latte with', 1_000],
  ['a large latte with...', 1_000],
  ['A large latte,', 1_000],
  ['', 705],
])('where the engine tells no more, “%s” waits %d ms', (text, ms) =>
  expect(afterMs(goesOn, wrote(text), 0.8, options)).toBe(ms),
);

test.each([
  [100, 250],
  [800, 800],
  [3_000, 1_000],
])('a breath of %d ms waits %d ms: never less or more than any sentence', (breathMs, ms) => {
  expect(afterMs(goesOn, FELL, 0.8, { ...options, breathMs })).toBe(ms);
  expect(afterMs(goesOn, STAYED_UP, 0.8, { ...options, breathMs })).toBe(1_000);
});

test('the more open a sentence sounds, the longer it waits', () => {
  const wait = (closing: number): number => afterMs(goesOn, wrote('A latte.', closing), 0.8, options);
  expect([0.99, 0.97, 0.9, 0.8, 0.7, 0.6, 0.3].map(wait)).toEqual([410, 410, 752, 823, 912, 1_000, 1_000]);
});

test.each([
  ['both say that it is over', goesOn, spoke('A latte.', 0.98, 0.95), 410],
  ['the sentence says so, and the voice goes on', goesOn, spoke('A latte.', 0.98, 0.02), 805],
  ['the sentence says so, and the voice may go on', goesOn, spoke('A latte.', 0.98, 0.2), 805],
  ['the voice says so, and the sentence less', goesOn, spoke('A latte.', 0.7, 0.97), 752],
  ['neither says so', goesOn, spoke('A latte.', 0.7, 0.3), 1_000],
  ['not sure, and the voice goes on', heard({}, 0.6), spoke('A latte.', 0.98, 0.02), 1_000],
  ['the sentence says so less clearly, and the voice goes on', goesOn, spoke('A latte.', 0.9, 0.02), 952],
  ['nothing that belongs here, and the voice goes on', nothing, spoke('A light roast to America.', 0.85, 0.02), 1_000],
  ['nothing that belongs here, and both say that it is over', nothing, spoke('When are you open?', 0.98, 0.95), 625],
  ['a question, whatever the voice says', question, spoke('When are you open?', 0.98, 0.02), 625],
  ['all that may come, and the voice goes on', heard({}), spoke('A latte.', 0.98, 0.02), 250],
  ['a transcript that repeats itself, and the voice goes on', goesOn, spoke('A latte.', 0.98, 0.02, true), 805],
])('where the voice is judged as well: %s', (_name, understanding, free, ms) => {
  expect(afterMs(understanding, free, 0.8, options)).toBe(ms);
  const { both: _both, ...sentence } = PATIENCE;
  expect(afterMs(understanding, free, 0.8, options, sentence)).toBe(
    afterMs(understanding, { ...free, finished: undefined }, 0.8, options),
  );
});

test.each([
  ['“yes” sounds open by itself', 'yes', wrote('Yes', 0.7), true, 410],
  ['to the voice, too', 'yes please', spoke('Yes please.', 0.8, 0.03), true, 410],
  ['and with one word more it is a sentence', 'yes the large', spoke('Yes, the large.', 0.8, 0.03), true, 1_000],
  ['not sure whether it was “yes”', 'yes', spoke('Yes.', 0.8, 0.03), false, 625],
])('one or two words: %s', (_name, text, free, isSure, ms) => {
  const short = heard({ mayGoOn: true, text: sensitive(text) }, isSure ? 0.95 : 0.6);
  expect(afterMs(short, free, 0.8, options)).toBe(ms);
});

test.each([
  ['it is sure', 0.95, 1_000],
  ['it is not', 0.6, 1_000],
])('“ten” may become “ten thirty”, and is waited for as it sounds, whether %s', (_name, probability, ms) => {
  const hypotheses = [{ meaning: { intent: undefined, slots: { time: '10:00' } }, probability }];
  const ten = heard({ mayGoOn: true, text: sensitive('ten'), hypotheses });
  expect(afterMs(ten, spoke('Ten.', 0.7, 0.03), 0.8, options)).toBe(ms);
});

test('the longer the voice goes on, the longer it waits', () => {
  const wait = (finished: number): number => afterMs(goesOn, spoke('A latte.', 0.98, finished), 0.8, options);
  const waits = Array.from({ length: 101 }, (_, n) => wait(1 - n / 100));
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(waits[0]).toBe(410);
  // It is not held against a sentence that closes without limit.
  expect(waits.at(-1)).toBe(805);
});

test('behind a sentence that may be open the wait is a moment, and grows from it without a jump', () => {
  const wait = (closing: number): number => afterMs(goesOn, wrote('A latte.', closing), 0.8, options);
  expect([wait(0.951), wait(0.949)]).toEqual([410, 752]);
  const waits = Array.from({ length: 95 }, (_, n) => wait(0.94 - n / 100));
  const steps = waits.slice(1).map((wait, n) => wait - (waits[n] ?? 0));
  expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...steps)).toBeLessThan(70);
});

test.each([
  ['both agree', 900, 900, 900],
  ['the voice died away softly', 900, 940, 900],
  ['what is soft goes on for longer than an ending does', 900, 1_200, 1_100],
  ['the model heard too little', 920, 900, 920],
])('silence counts from the end of the voice: %s', (_name, endedMs, lastVoicedMs, ms) =>
  expect(silentFromMs({ endedMs, lastVoicedMs })).toBe(ms),
);

test.each([
  ['all that may come', heard({}), FELL, 250 + 70],
  ['a breath', goesOn, FELL, 410 + 70],
  ['hardly longer than a breath', goesOn, spoke('A latte.', 0.98, 0.88), 410 + 70],
  ['a moment, which has room for it', goesOn, wrote('A latte.', 0.9), 752],
  ['not sure', heard({}, 0.6), FELL, 625 + 70],
  ['something is missing', missing, FELL, 1_000 + 70],
])('behind a soft ending: %s', (_name, understanding, free, ms) =>
  expect(endpointAtMs({ endedMs: 0, lastVoicedMs: 170 }, understanding, free, 0.8, options)).toBe(ms),
);

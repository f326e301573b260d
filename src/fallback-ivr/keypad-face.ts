import type { KeyEvent } from './key-collector.js';
import { directoryAnswer, directoryQuestion, directoryTexts } from './keypad-directory.js';
import { entityAnswer, entityQuestion, entityTexts } from './keypad-entity.js';
import { choice, keypadStart, type KeypadProgress, type KeypadQuestion } from './keypad-question.js';
import type { Expectation, Meaning } from '../flow/expectation.js';
import { dayAt, type Day } from '../flow/reckoned-values.js';
import type { FormSlot, Option } from '../flow/schema.js';
import { withMark } from '../flow/voice-mark.js';
import { english } from '../flow/words/english.js';
import type { KeyWords } from '../flow/words/own-words.js';
import { wordsOf } from '../flow/words/words-of.js';

export type KeypadAnswer =
  | { readonly type: 'meaning'; readonly meaning: Meaning }
  | { readonly type: 'ask'; readonly progress: KeypadProgress }
  | { readonly type: 'operator' }
  | { readonly type: 'back' }
  | { readonly type: 'invalid' };

/**
 * The keypad face of an expectation: which question is asked by keys, which keys answer it, and what they mean. A form is
 * asked slot after slot, a compound value part after part, a long list page after page. Pure.
 */
export function keypadQuestion(
  expectation: Expectation,
  progress: KeypadProgress,
  known: Readonly<Record<string, string>> = {},
  words: KeyWords = english.keys,
): KeypadQuestion {
  switch (expectation.kind) {
    case 'choice':
      return menuQuestion(expectation.options, expectation.directDial ?? [], words);
    case 'open':
      return optionsQuestion(expectation.exits, words);
    case 'person':
      return directoryQuestion(expectation.people, progress, words);
    case 'confirmation':
      return { prompt: [words.yes, words.no], spec: choice(['1', '2']) };
    case 'entity':
      return entityQuestion(expectation.entity, progress, undefined, words);
    case 'slots': {
      const slot = currentSlot(expectation.form.slots, progress, known);
      return slot ? entityQuestion(slot.entity, progress, slot, words) : { prompt: [], spec: choice([]) };
    }
  }
}

/** @param known slots that were filled before @param wallMs the moment, for dates without a year */
export function keypadAnswer(
  expectation: Expectation,
  progress: KeypadProgress,
  event: KeyEvent,
  known: Readonly<Record<string, string>> = {},
  wallMs = 0,
): KeypadAnswer {
  const today = dayAt(wallMs);
  switch (event.type) {
    case 'operator':
      return { type: 'operator' };
    case 'invalid':
      return { type: 'invalid' };
    case 'back':
      return stepBack(progress);
    default:
      break;
  }
  switch (expectation.kind) {
    case 'choice':
      return menuAnswer(expectation.options, expectation.directDial ?? [], event, progress);
    case 'open':
      return optionAnswer(expectation.exits, event, progress);
    case 'confirmation':
      if (event.type === 'choice')
        return { type: 'meaning', meaning: { intent: event.key === '1' ? 'yes' : 'no', slots: {} } };
      return { type: 'ask', progress };
    case 'person': {
      const answer = directoryAnswer(expectation.people, progress, event);
      if (answer.type !== 'value') return answer;
      return { type: 'meaning', meaning: { intent: undefined, slots: { [expectation.name]: answer.value } } };
    }
    case 'entity': {
      const answer = entityAnswer(expectation.entity, progress, event, false, today);
      if (answer.type !== 'value') return answer;
      return { type: 'meaning', meaning: { intent: undefined, slots: { [expectation.name]: answer.value } } };
    }
    case 'slots':
      return slotAnswer(expectation.form.slots, expectation.intent, progress, event, { known, today });
  }
}

/** Every piece of text that the keypad face of an expectation can say: to be rendered before a call needs it. */
export function keypadTexts(expectation: Expectation, words: KeyWords): string[] {
  switch (expectation.kind) {
    case 'slots':
      return expectation.form.slots.flatMap((slot) => entityTexts(slot.entity, slot, words));
    case 'person':
      return directoryTexts(expectation.people, words);
    case 'entity':
      return entityTexts(expectation.entity, undefined, words);
    default:
      return [...keypadQuestion(expectation, keypadStart, {}, words).prompt];
  }
}

/* ---------------------------------------------------------------- options */

type Offered = Pick<Option, 'label' | 'key' | 'language'>;

function optionsQuestion(options: readonly Offered[], words: KeyWords): KeypadQuestion {
  return {
    prompt: options.map(({ key, label, language }) =>
      language === undefined
        ? words.press(label, key)
        : withMark(wordsOf(language).keys.press(label, key), { language }),
    ),
    spec: choice(options.map((o) => o.key)),
  };
}

/** A menu, and the numbers that may be dialled in it. */
function menuQuestion(
  options: readonly Offered[],
  directDial: readonly { number: string }[],
  words: KeyWords,
): KeypadQuestion {
  const { prompt, spec } = optionsQuestion(options, words);
  if (directDial.length === 0 || spec.kind !== 'choice') return { prompt, spec };
  const numbers = new Set(directDial.map(({ number }) => number));
  return { prompt: [...prompt, words.directDial], spec: { ...spec, numbers } };
}

/** A number that was dialled is an intent of its own: no option has a name of digits. */
function menuAnswer(
  options: readonly { id: string; key: string }[],
  directDial: readonly { number: string }[],
  event: KeyEvent,
  progress: KeypadProgress,
): KeypadAnswer {
  const dialled = event.type === 'choice' && directDial.find(({ number }) => number === event.key);
  if (dialled) return { type: 'meaning', meaning: { intent: dialled.number, slots: {} } };
  return optionAnswer(options, event, progress);
}

function optionAnswer(
  options: readonly { id: string; key: string }[],
  event: KeyEvent,
  progress: KeypadProgress,
): KeypadAnswer {
  const option = event.type === 'choice' ? options.find((o) => o.key === event.key) : undefined;
  return option ? { type: 'meaning', meaning: { intent: option.id, slots: {} } } : { type: 'ask', progress };
}

/* ---------------------------------------------------------------- forms */

/** The slot that is asked next: required ones first, each once, nothing that is already known. */
export function currentSlot(
  slots: readonly FormSlot[],
  progress: KeypadProgress,
  known: Readonly<Record<string, string>>,
): FormSlot | undefined {
  const open = slots.filter((s) => !progress.done.includes(s.name) && !known[s.name]);
  return open.find((s) => s.required) ?? open[0];
}

function slotAnswer(
  slots: readonly FormSlot[],
  intent: string,
  progress: KeypadProgress,
  event: KeyEvent,
  { known, today }: { readonly known: Readonly<Record<string, string>>; readonly today: Day },
): KeypadAnswer {
  const slot = currentSlot(slots, progress, known);
  if (!slot) return { type: 'meaning', meaning: { intent, slots: progress.slots } };
  const answer = entityAnswer(slot.entity, progress, event, !slot.required, today);
  if (answer.type !== 'value') return answer;
  const next: KeypadProgress = {
    done: [...progress.done, slot.name],
    parts: [],
    page: 0,
    slots: answer.value === '' ? progress.slots : { ...progress.slots, [slot.name]: answer.value },
  };
  return currentSlot(slots, next, known)
    ? { type: 'ask', progress: next }
    : { type: 'meaning', meaning: { intent, slots: next.slots } };
}

/** `*`: one page, one part, one slot back; at the beginning the node itself decides. */
function stepBack(progress: KeypadProgress): KeypadAnswer {
  if (progress.page > 0) return { type: 'ask', progress: { ...progress, page: progress.page - 1 } };
  if (progress.parts.length > 0) return { type: 'ask', progress: { ...progress, parts: [] } };
  const last = progress.done.at(-1);
  if (last === undefined) return { type: 'back' };
  const slots = Object.fromEntries(Object.entries(progress.slots).filter(([name]) => name !== last));
  return { type: 'ask', progress: { ...progress, done: progress.done.slice(0, -1), slots } };
}

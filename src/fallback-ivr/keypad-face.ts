import type { Expectation, Meaning } from '../flow/expectation.js';
import { spoken } from '../flow/expectation.js';
import type { Entity, FormSlot, ListValue } from '../flow/schema.js';
import { dayAt, type Day } from '../flow/reckoned-values.js';
import type { KeyEvent, KeySpec } from './key-collector.js';
import { halfChosen, keyedValue, valueQuestion } from './keypad-values.js';

/**
 * The keypad face of an expectation: which question is asked by keys, which keys answer it, and what they mean. A form is
 * asked slot after slot, a compound value part after part, a long list page after page. Pure.
 */
export interface KeypadProgress {
  /** Slots of the form that were answered or skipped by keys. */
  readonly done: readonly string[];
  /** Parts of the compound value that is being asked; '' = skipped. Of a time, the digits that wait for a.m. or p.m. */
  readonly parts: readonly string[];
  /** Page of the list, from 0. */
  readonly page: number;
  /** Values chosen so far. */
  readonly slots: Readonly<Record<string, string>>;
}

export const keypadStart: KeypadProgress = { done: [], parts: [], page: 0, slots: {} };

export interface KeypadQuestion {
  /** Said piece by piece; every piece is a fixed text. */
  readonly prompt: readonly string[];
  readonly spec: KeySpec;
}

export type KeypadAnswer =
  | { readonly type: 'meaning'; readonly meaning: Meaning }
  | { readonly type: 'ask'; readonly progress: KeypadProgress }
  | { readonly type: 'operator' }
  | { readonly type: 'back' }
  | { readonly type: 'invalid' };

/** Values on one page of a list; key 9 leads to the next page. */
const PAGE = 8;
const MORE_KEY = '9';

const DIRECT_DIAL = 'If you know the extension, dial it now.';

export function keypadQuestion(
  expectation: Expectation,
  progress: KeypadProgress,
  known: Readonly<Record<string, string>> = {},
): KeypadQuestion {
  switch (expectation.kind) {
    case 'choice':
      return menuQuestion(expectation.options, expectation.directDial ?? []);
    case 'open':
      return optionsQuestion(expectation.exits);
    case 'confirmation':
      return { prompt: ['For yes, press 1.', 'For no, press 2.'], spec: choice(['1', '2']) };
    case 'entity':
      return entityQuestion(expectation.entity, progress, undefined);
    case 'slots': {
      const slot = currentSlot(expectation.form.slots, progress, known);
      return slot ? entityQuestion(slot.entity, progress, slot) : { prompt: [], spec: choice([]) };
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
export function keypadTexts(expectation: Expectation): string[] {
  switch (expectation.kind) {
    case 'slots':
      return expectation.form.slots.flatMap((slot) => entityTexts(slot.entity, slot));
    case 'entity':
      return entityTexts(expectation.entity, undefined);
    default:
      return [...keypadQuestion(expectation, keypadStart).prompt];
  }
}

/* ---------------------------------------------------------------- options */

function optionsQuestion(options: readonly { label: string; key: string }[]): KeypadQuestion {
  return {
    prompt: options.map((o) => `For ${o.label}, press ${o.key}.`),
    spec: choice(options.map((o) => o.key)),
  };
}

/** A menu, and the numbers that may be dialled in it. */
function menuQuestion(
  options: readonly { label: string; key: string }[],
  directDial: readonly { number: string }[],
): KeypadQuestion {
  const { prompt, spec } = optionsQuestion(options);
  if (directDial.length === 0 || spec.kind !== 'choice') return { prompt, spec };
  const numbers = new Set(directDial.map(({ number }) => number));
  return { prompt: [...prompt, DIRECT_DIAL], spec: { ...spec, numbers } };
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

/* ---------------------------------------------------------------- one value */

type ValueAnswer =
  | { readonly type: 'value'; readonly value: string }
  | { readonly type: 'ask'; readonly progress: KeypadProgress }
  | { readonly type: 'invalid' };

function entityQuestion(entity: Entity, progress: KeypadProgress, slot: FormSlot | undefined): KeypadQuestion {
  const skip = slot && !slot.required ? ['To skip this, press pound.'] : [];
  switch (entity.type) {
    case 'list':
      return listQuestion(entity.values, progress.page, progress.page === 0 && slot ? [slot.ask] : [], skip);
    case 'compound': {
      const index = nextPart(entity, progress.parts);
      const part = entity.parts[index] ?? entity.parts[0];
      const first = progress.page === 0 && progress.parts.length === 0 && slot ? [slot.ask] : [];
      const ask = progress.page === 0 && part?.ask ? [part.ask] : first;
      return listQuestion(
        part?.values ?? [],
        progress.page,
        ask,
        part?.optional ? ['To skip this, press pound.'] : skip,
      );
    }
    case 'digits':
    case 'number': {
      const ask = slot ? [slot.ask] : [];
      const length = digitsOf(entity);
      const end = length.min === length.max ? [] : ['Then press pound.'];
      return { prompt: [...ask, 'Please use the keys.', ...end], spec: { kind: 'digits', ...length } };
    }
    case 'yesno':
      return {
        prompt: [...(slot ? [slot.ask] : []), 'For yes, press 1.', 'For no, press 2.'],
        spec: choice(['1', '2']),
      };
    case 'date':
    case 'time':
    case 'amount':
    case 'code': {
      const [keyed] = progress.parts;
      const { prompt, spec } = valueQuestion(entity, keyed);
      return { prompt: [...(slot && keyed === undefined ? [slot.ask] : []), ...prompt, ...skip], spec };
    }
  }
}

function entityAnswer(
  entity: Entity,
  progress: KeypadProgress,
  event: KeyEvent,
  optional: boolean,
  today: Day,
): ValueAnswer {
  switch (entity.type) {
    case 'list': {
      if (event.type === 'pound' && optional) return { type: 'value', value: '' };
      return listAnswer(entity.values, progress, event);
    }
    case 'compound': {
      const index = nextPart(entity, progress.parts);
      const part = entity.parts[index];
      if (!part) return { type: 'invalid' };
      if (event.type === 'pound' && !part.optional && optional) return { type: 'value', value: '' };
      const chosen: ValueAnswer =
        event.type === 'pound' && part.optional
          ? { type: 'value', value: '' }
          : listAnswer(part.values, progress, event);
      if (chosen.type !== 'value') return chosen;
      const parts = withPart(progress.parts, entity.parts.length, index, chosen.value);
      if (nextPart(entity, parts) >= 0) return { type: 'ask', progress: { ...progress, parts, page: 0 } };
      return { type: 'value', value: parts.filter((p) => p !== '' && p !== UNASKED).join(' ') };
    }
    case 'digits':
      if (event.type === 'digits') return { type: 'value', value: event.digits };
      return event.type === 'pound' && optional ? { type: 'value', value: '' } : { type: 'ask', progress };
    case 'number': {
      if (event.type !== 'digits') return { type: 'ask', progress };
      const value = Number(event.digits);
      return value >= entity.min && value <= entity.max ? { type: 'value', value: String(value) } : { type: 'invalid' };
    }
    case 'yesno':
      if (event.type !== 'choice') return { type: 'ask', progress };
      return { type: 'value', value: event.key === '1' ? 'yes' : 'no' };
    case 'date':
    case 'time':
    case 'amount':
    case 'code': {
      if (event.type === 'pound' && optional) return { type: 'value', value: '' };
      const [keyed] = progress.parts;
      const answer =
        event.type === 'digits'
          ? keyedValue(entity, event.digits, today)
          : event.type === 'choice' && entity.type === 'time' && keyed !== undefined
            ? halfChosen(entity, keyed, event.key)
            : undefined;
      if (answer === undefined) return { type: 'ask', progress };
      return answer.type === 'half' ? { type: 'ask', progress: { ...progress, parts: [answer.keyed] } } : answer;
    }
  }
}

function entityTexts(entity: Entity, slot: FormSlot | undefined): string[] {
  const texts: string[] = [];
  if (entity.type === 'list') {
    for (let page = 0; page * PAGE < entity.values.length; page++)
      texts.push(...entityQuestion(entity, { ...keypadStart, page }, slot).prompt);
  } else if (entity.type === 'compound') {
    for (let parts: readonly string[] = []; nextPart(entity, parts) >= 0;) {
      const index = nextPart(entity, parts);
      const values = entity.parts[index]?.values ?? [];
      for (let page = 0; page * PAGE < values.length; page++)
        texts.push(...entityQuestion(entity, { ...keypadStart, page, parts }, slot).prompt);
      parts = withPart(parts, entity.parts.length, index, 'x');
    }
  } else {
    texts.push(...entityQuestion(entity, keypadStart, slot).prompt);
    if (entity.type === 'time') texts.push(...entityQuestion(entity, { ...keypadStart, parts: [''] }, slot).prompt);
  }
  return texts;
}

function listQuestion(
  values: readonly ListValue[],
  page: number,
  before: readonly string[],
  after: readonly string[],
): KeypadQuestion {
  const shown = onPage(values, page);
  const more = hasMore(values, page);
  const keys = shown.map((_v, i) => String(i + 1));
  return {
    prompt: [
      ...before,
      ...shown.map((v, i) => `For ${spoken(v).value}, press ${i + 1}.`),
      ...(more ? [`For more, press ${MORE_KEY}.`] : []),
      ...after,
    ],
    spec: choice(more ? [...keys, MORE_KEY] : keys),
  };
}

function listAnswer(values: readonly ListValue[], progress: KeypadProgress, event: KeyEvent): ValueAnswer {
  if (event.type !== 'choice') return { type: 'ask', progress };
  if (event.key === MORE_KEY && hasMore(values, progress.page))
    return { type: 'ask', progress: { ...progress, page: progress.page + 1 } };
  const value = onPage(values, progress.page)[Number(event.key) - 1];
  return value === undefined ? { type: 'invalid' } : { type: 'value', value: spoken(value).value };
}

/** A list of nine fits on one page; longer ones show eight and “more”. */
function onPage(values: readonly ListValue[], page: number): readonly ListValue[] {
  return values.length <= PAGE + 1 ? values : values.slice(page * PAGE, page * PAGE + PAGE);
}

function hasMore(values: readonly ListValue[], page: number): boolean {
  return values.length > PAGE + 1 && (page + 1) * PAGE < values.length;
}

function digitsOf(entity: Extract<Entity, { type: 'digits' | 'number' }>): { min: number; max: number } {
  return entity.type === 'digits' ? { min: entity.min, max: entity.max } : { min: 1, max: String(entity.max).length };
}

/* ---------------------------------------------------------------- compound values */

const UNASKED = '\u0000';

/** By keys the required part comes first: nobody answers “how much?” before “of what?”. -1 = all asked. */
export function nextPart(entity: Extract<Entity, { type: 'compound' }>, parts: readonly string[]): number {
  const open = entity.parts.map((part, index) => ({ part, index })).filter(({ index }) => isUnasked(parts[index]));
  return (open.find(({ part }) => !part.optional) ?? open[0])?.index ?? -1;
}

function isUnasked(part: string | undefined): boolean {
  return part === undefined || part === UNASKED;
}

function withPart(parts: readonly string[], count: number, index: number, value: string): string[] {
  return Array.from({ length: count }, (_x, i) => (i === index ? value : (parts[i] ?? UNASKED)));
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

function choice(keys: readonly string[]): KeySpec {
  return { kind: 'choice', keys: new Set(keys) };
}

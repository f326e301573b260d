import { english } from './nlu/english.js';
import { digitWord } from './nlu/words.js';
import type { Understanding } from './ports.js';
import type { FreeTranscript } from '../local-models/ports.js';

/** Milliseconds of silence after the caller's last voiced sample. */
export interface EndpointingOptions {
  /** @defaultValue 250 the pause after which a complete and confident sentence is answered */
  readonly minEndpointMs: number;
  /** @defaultValue 410 the pause after a whole sentence to which people often add something, when the voice fell */
  readonly breathMs: number;
  /** @defaultValue 1000 the pause after which the utterance is over, whatever was understood */
  readonly maxEndpointMs: number;
}

/** Whether the voice sounded as if the sentence was over. */
type Ending = 'finished' | 'unfinished' | 'unknown';

/**
 * How the free transcript ends. Whisper writes a full stop where the voice falls as at the end of a sentence, and leaves
 * it out, or writes “…”, “,” or “-”, where the voice stays up or breaks off: melody and rhythm, judged by a model that has
 * heard much more speech than we could teach one with.
 */
function endingOf(free: FreeTranscript | undefined): Ending {
  const text = free?.text.reveal().trim() ?? '';
  if (!free || free.runaway || text === '') return 'unknown';
  return /[.!?]["'”’)]*$/u.test(text) && !text.endsWith('..') ? 'finished' : 'unfinished';
}

const DIGITS: ReadonlySet<string> = new Set([...'0123456789', ...[...'0123456789'].map(digitWord), 'oh', 'o']);

/**
 * Whether the reading has more digits than anybody heard. Where a number of six digits is asked for, the recogniser's
 * grammar makes six of the three that were said so far, by saying them twice; its free transcript has three.
 */
function isFilledUp(text: string, free: FreeTranscript | undefined): boolean {
  return free !== undefined && !free.runaway && digitsIn(text) > digitsIn(free.text.reveal());
}

function digitsIn(text: string): number {
  const words = text.toLowerCase().match(/[0-9]|\p{L}+/gu) ?? [];
  return words.filter((word) => DIGITS.has(word)).length;
}

/**
 * Whether somebody heard the caller break off where no sentence ends (“a latte with”), which the reading, made of whole
 * sentences, leaves out.
 */
function breaksOff(text: string, free: FreeTranscript | undefined): boolean {
  if (!free || free.runaway) return false;
  const last = lastWord(free.text.reveal());
  return last !== undefined && english.unfinished.has(last) && last !== lastWord(text);
}

function lastWord(text: string): string | undefined {
  return text
    .toLowerCase()
    .match(/[\p{L}\p{N}']+/gu)
    ?.at(-1);
}

/** How far from the minimum to the maximum each kind of ending waits (docs/adr/0020-the-ending-is-heard.md). */
const SHARES = {
  /** A whole sentence of which we are not sure: more often an end than a breath. */
  unsure: { finished: 0.5, unknown: 0.5, unfinished: 0.8 },
  /** Nothing that belongs here: half of a number is as unknown as another topic. */
  nothing: { finished: 0.5, unknown: 0.8, unfinished: 1 },
} as const satisfies Record<string, Record<Ending, number>>;
/** The same, when the sentence is whole and may go on, and the voice stayed up. */
const STAYED_UP = 0.6;
/** More than a breath, when nobody heard whether the voice fell. */
const UNHEARD_MS = 30;

/** Below this probability nothing was understood. */
const SOMETHING = 0.2;

/**
 * When the caller has finished, decided by *what* was said and how it sounded, not by silence alone.
 *
 * | what was understood | waits |
 * |---|---|
 * | complete, confident, and nothing may follow | the minimum |
 * | complete and confident, but people often go on here (“a light roast espresso … with sugar”) | a breath, longer when the voice stays up |
 * | complete, not confident; or nothing at all | about half-way, longer when the voice stays up (nothing: the maximum) |
 * | something is missing (“a large …”, “a latte with …”, three of four digits), was made up, or left out at the end | the maximum |
 *
 * @param free what was heard without a grammar, in the same utterance
 * @returns the silence to wait for, counted from the last voiced sample
 */
export function endpointAfterMs(
  heard: Understanding | undefined,
  free: FreeTranscript | undefined,
  accept: number,
  options: EndpointingOptions,
): number {
  const { breathMs, minEndpointMs, maxEndpointMs } = options;
  const between = (share: number): number => Math.round(minEndpointMs + share * (maxEndpointMs - minEndpointMs));
  if (!heard || heard.openEnd) return maxEndpointMs;
  const text = heard.text.reveal();
  if (isFilledUp(text, free) || breaksOff(text, free)) return maxEndpointMs;
  const ending = endingOf(free);
  const best = heard.hypotheses[0]?.probability ?? 0;
  if (best < SOMETHING) return between(SHARES.nothing[ending]);
  if (!heard.complete) return maxEndpointMs;
  if (best < accept) return between(SHARES.unsure[ending]);
  if (!heard.mayGoOn) return minEndpointMs;
  const waitMs = {
    finished: breathMs,
    unknown: breathMs + UNHEARD_MS,
    unfinished: Math.max(breathMs, between(STAYED_UP)),
  };
  return Math.min(Math.max(waitMs[ending], minEndpointMs), maxEndpointMs);
}

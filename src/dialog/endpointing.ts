import { english } from './nlu/english.js';
import { unheardDigits } from './nlu/unheard-digits.js';
import type { Understanding } from './ports.js';
import type { FreeTranscript } from '../local-models/ports.js';

/** Milliseconds of silence after the caller's last voiced sample. */
export interface EndpointingOptions {
  /** @defaultValue 250 the pause after which a complete and confident sentence is answered */
  readonly minEndpointMs: number;
  /** @defaultValue 380 the pause after a whole sentence to which people often add something, when the voice fell */
  readonly breathMs: number;
  /** @defaultValue 1020 the pause after which the utterance is over, whatever was understood */
  readonly maxEndpointMs: number;
}

/** From this probability on that a sentence was over, by its sound, it was … */
const CLOSED = 0.96;
/** … and down from this one it was not. */
const OPEN = 0.6;

/**
 * How long a caller is waited for behind a whole request that may go on, by the probability that it was over: shares of the
 * way from a breath to the maximum. By how the sentence sounds (docs/adr/0091-a-moment-for-whoever-may-go-on.md), and where
 * the last syllables were judged as well, by both (docs/adr/0094-the-end-of-a-voice-is-heard-in-the-encoder.md, 0107).
 */
export interface Patience {
  /** Down to this probability there is no wait, … */
  readonly closed: number;
  /** … below it, and down to this one, it is `moment`; … */
  readonly open: number;
  /** … and it grows to all of the way here. */
  readonly sure: number;
  /** Most pauses behind a sentence that may be open are over by then. */
  readonly moment: number;
  /** By both. Without, the voice has no say. */
  readonly both?: BothPatience | undefined;
}

/** The moment above stays, and this comes up to it. */
export interface BothPatience {
  /** Down to this probability there is no wait; … */
  readonly closed: number;
  /** … it grows to `moment` here, … */
  readonly open: number;
  /** … and to all of the way here. */
  readonly sure: number;
  readonly moment: number;
}

export const PATIENCE: Patience & { readonly both: BothPatience } = {
  closed: 0.95,
  open: 0.88,
  sure: OPEN,
  moment: 0.58,
  both: { closed: 0.95, open: 0.85, sure: 0.3, moment: 0.45 },
};

/** What sentence and voice weigh together, as log odds: drawn with the waits above, on recorded orders of unknown voices (ADR 107). */
const WEIGHTS = { closing: 0.6, finished: 1, bias: -0.7 } as const;
/** No evidence is as good as a certainty. */
const SUREST = 0.999;

/** Voices end as openly as this elsewhere than the model of endings has learnt: no more is held against a sentence that closes. */
const LEAST_FINISHED = 0.25;

/** How likely the caller has finished, by the sound of the sentence and of the voice; `undefined` unless both were judged. */
function overBy({ closing, finished }: FreeTranscript): number | undefined {
  if (closing === undefined || finished === undefined) return undefined;
  const odds =
    WEIGHTS.closing * logit(closing) + WEIGHTS.finished * logit(Math.max(LEAST_FINISHED, finished)) + WEIGHTS.bias;
  return 1 / (1 + Math.exp(-odds));
}

function logit(probability: number): number {
  const within = Math.min(SUREST, Math.max(1 - SUREST, probability));
  return Math.log(within / (1 - within));
}

/**
 * How much the voice sounded as if more was to come, 0 to 1: how Whisper would write the end of the free transcript. It
 * closes with a full stop or question mark where the voice falls as at the end of a sentence, and writes “…” or “,” where it
 * stays up or breaks off: melody and rhythm, judged by a model that has heard much more speech than we could teach one with.
 * The last syllables, as its encoder heard them, have a say in it where a model of them is at hand.
 * Where the engine gives no probability, its last character has to do.
 */
function openness(free: FreeTranscript | undefined, { both }: Patience): number {
  const text = free?.text.reveal().trim() ?? '';
  if (!free || free.runaway || text === '') return 0.5;
  const over = overBy(free);
  if (both && over !== undefined) return within(over, both.closed, both.open);
  if (free.closing !== undefined) return within(free.closing, CLOSED, OPEN);
  return isClosed(text) ? 0 : 1;
}

/** Sentence and voice were learnt from more than so many words: to both of them every “yes” sounds as if it went on. */
const SHORT_WORDS = 2;

/** “Yes”, “no thanks”: who adds “please” means the same. Behind “ten” or “latte” another value may come (“ten thirty”). */
function isBareAnswer({ hypotheses, text }: Understanding): boolean {
  const hasValue = Object.keys(hypotheses[0]?.meaning.slots ?? {}).length > 0;
  return !hasValue && wordsOf(text.reveal()).length <= SHORT_WORDS;
}

/** What of the way to the maximum is waited behind a request that may go on. */
function patienceFor(free: FreeTranscript | undefined, patience: Patience): number {
  if (free?.closing === undefined) return openness(free, patience);
  const { closed, open, both } = patience;
  const { closing } = free;
  const moment = closing < closed ? patience.moment : 0;
  const over = overBy(free);
  if (!both || over === undefined) return closing > open ? moment : beyond(closing, patience);
  return Math.max(moment, over > both.open ? both.moment * within(over, both.closed, both.open) : beyond(over, both));
}

/** From the moment on, all of the way. */
function beyond(probability: number, { open, sure, moment }: BothPatience): number {
  return moment + (1 - moment) * within(probability, open, sure);
}

/** Where `value` lies between two others, 0 to 1. */
function within(value: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (value - from) / (to - from)));
}

function isClosed(text: string): boolean {
  return /[.!?]["'”’)]*$/u.test(text) && !text.endsWith('..');
}

/** Words before something that was not heard to its end. */
const CONNECTORS: ReadonlySet<string> = new Set(['with', 'without', 'and', 'plus']);
/** How many words behind “with” or “and” may have been heard of what the reading leaves out. */
const TAIL_WORDS = 3;

/**
 * Whether somebody heard the caller break off where no sentence ends (“a latte with”, “a latte with a bit”), which the reading,
 * made of whole sentences, leaves out.
 */
function breaksOff(text: string, free: FreeTranscript | undefined): boolean {
  if (!free || free.runaway) return false;
  const read = wordsOf(text);
  const tail = wordsOf(free.text.reveal()).slice(-TAIL_WORDS);
  const last = tail.at(-1);
  if (last !== undefined && english.unfinished.has(last)) return last !== read.at(-1);
  return tail.some((word) => CONNECTORS.has(word) && !read.includes(word));
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
}

/** Below this probability nothing was understood. */
const SOMETHING = 0.2;

/** A soft ending is silence to everybody who hears it, but not more of it than this. */
const SOFT_ENDING_MS = 100;

/** The moment from which a caller’s silence counts: when the voice was heard the last time, or the model was sure of it. */
export function silentFromMs({ endedMs, lastVoicedMs }: VoiceEnd): number {
  return Math.max(endedMs, lastVoicedMs - SOFT_ENDING_MS);
}

export interface VoiceEnd {
  /** By its energy alone. */
  readonly endedMs: number;
  /** By the speech model, which goes on where a voice dies away. */
  readonly lastVoicedMs: number;
}

/**
 * What a caller who is silent has said so far:
 * - `whole`: all that may come here
 * - `may-go-on`: a whole request, behind which people often go on (“a light roast espresso … with sugar”)
 * - `unsure`: a whole request, if that is what it was
 * - `nothing`: half of a number is as unknown as another topic
 * - `broken`: something is missing (“a large …”, “a latte with …”, three of four digits), was made up, or left out at the end
 */
export type Ending = 'whole' | 'may-go-on' | 'unsure' | 'nothing' | 'broken';

/** @param free what was heard without a grammar, in the same utterance */
export function endOf(heard: Understanding, free: FreeTranscript | undefined, accept: number): Ending {
  const text = heard.text.reveal();
  const isFilledUp = free !== undefined && unheardDigits(text, free) > 0;
  if (heard.openEnd || isFilledUp || breaksOff(text, free)) return 'broken';
  const best = heard.hypotheses[0]?.probability ?? 0;
  if (best < SOMETHING) return 'nothing';
  if (!heard.complete) return 'broken';
  if (best < accept) return 'unsure';
  return heard.mayGoOn ? 'may-go-on' : 'whole';
}

/**
 * When the caller has finished, decided by *what* was said and how it sounded, not by silence alone.
 *
 * | what was said | waits |
 * |---|---|
 * | `whole` | the minimum |
 * | `may-go-on` | a breath; a moment if the sentence may be open; up to the maximum, the more open it sounds; behind one or two words without a value a breath |
 * | `unsure` | half-way; up to the maximum, the more open it sounds; behind one or two words without a value half-way |
 * | `nothing`, if it was written as a sentence | half-way; up to the maximum, the more open it sounds – by the sentence alone where anything may be asked: the voice was learnt from requests |
 * | `nothing` else, `broken` | the maximum |
 *
 * A soft ending is no silence (`silentFromMs`), but longer waits than a breath behind a request have room for it.
 *
 * @returns the moment, on the clock of `voice`
 */
export function endpointAtMs(
  voice: VoiceEnd,
  heard: Understanding,
  free: FreeTranscript | undefined,
  accept: number,
  options: EndpointingOptions,
  patience: Patience = PATIENCE,
): number {
  const { breathMs, minEndpointMs, maxEndpointMs } = options;
  const silentMs = silentFromMs(voice);
  const upFrom = (leastMs: number, share: number): number => Math.round(leastMs + share * (maxEndpointMs - leastMs));
  const halfwayMs = (minEndpointMs + maxEndpointMs) / 2;
  const isBare = isBareAnswer(heard);
  switch (endOf(heard, free, accept)) {
    case 'whole':
      return silentMs + minEndpointMs;
    case 'may-go-on': {
      const leastMs = Math.min(Math.max(breathMs, minEndpointMs), maxEndpointMs);
      const share = isBare ? 0 : patienceFor(free, patience);
      return Math.max(silentMs + leastMs, voice.endedMs + upFrom(leastMs, share));
    }
    case 'unsure':
      return silentMs + upFrom(halfwayMs, isBare ? 0 : openness(free, patience));
    case 'nothing':
      return isClosed(free?.text.reveal().trim() ?? '')
        ? silentMs + upFrom(halfwayMs, openness(free, heard.openTopic ? { ...patience, both: undefined } : patience))
        : silentMs + maxEndpointMs;
    case 'broken':
      return silentMs + maxEndpointMs;
  }
}

import type { Understanding } from './ports.js';
import type { Recognition } from '../local-models/ports.js';

/**
 * Sounds that a caller makes and that are no words: a click of the receiver, a knock, a lip, a breath. The recogniser writes
 * something for each of them (“Thank you.”), and a grammar of “yes” and “no” finds one of the two in it
 * (docs/adr/0095-a-sound-that-is-no-word.md).
 */

/** Where a voice was heard, on the clock of the samples. */
export interface VoiceSpan {
  readonly speechStartMs: number;
  readonly lastVoicedMs: number;
}

/** The shortest words of recorded callers, spoken by themselves, last as long. */
const SHORTEST_WORD_MS = 120;
/** Words that last no longer are few, and nearly all of them are understood. */
const SHORT_WORD_MS = 160;
/** Above this, and with nothing understood, Whisper heard no speech (it rejects most noise, and 1–2 % of speech). */
const NO_SPEECH = 0.6;
/** Below this probability the best hypothesis is none. */
const UNDERSTOOD = 0.2;

/** Whether a voice was heard for so short that it cannot have said anything: nobody needs to recognise what. */
export function isNoWord(voice: VoiceSpan): boolean {
  return voicedMs(voice) < SHORTEST_WORD_MS;
}

/** Whether there is nothing in it that the caller could be answered. */
export function isNothing({ hypotheses, openEnd }: Understanding): boolean {
  return !openEnd && (hypotheses[0]?.probability ?? 0) < UNDERSTOOD;
}

/** Whether nothing was understood because nothing was said, by the recogniser alone. */
export function isMereNoise(heard: Understanding, { noSpeechProb }: Pick<Recognition, 'noSpeechProb'>): boolean {
  return noSpeechProb > NO_SPEECH && isNothing(heard);
}

/**
 * Whether what was heard was no speech: the caller is not to be told that they were not understood.
 *
 * | a voice was heard for | no speech, if |
 * |---|---|
 * | less than any word lasts | whatever the recogniser makes of it |
 * | no longer than the shortest words | nothing was understood |
 * | longer | nothing was understood, and the recogniser heard no speech |
 */
export function isNoSpeech(
  heard: Understanding,
  recognition: Pick<Recognition, 'noSpeechProb'>,
  voice: VoiceSpan,
): boolean {
  if (isNoWord(voice) || isMereNoise(heard, recognition)) return true;
  return voicedMs(voice) <= SHORT_WORD_MS && isNothing(heard);
}

function voicedMs({ speechStartMs, lastVoicedMs }: VoiceSpan): number {
  return lastVoicedMs - speechStartMs;
}

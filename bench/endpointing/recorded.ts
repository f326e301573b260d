import type { CompiledExpectation } from '../../src/dialog/ports.js';
import { sensitive } from '../../src/kernel/sensitive.js';
import type { Recognition } from '../../src/local-models/ports.js';
import type { Pause, Timeline } from './timeline.js';

/** A timeline as a line of JSON: what detector and recogniser made of a recording. */
export interface Recorded {
  readonly kind: string;
  readonly name: string;
  readonly endMs: number;
  readonly pauses: readonly (Pick<Pause, 'lastVoicedMs' | 'endedMs' | 'atMs'> & {
    readonly resumedMs?: number | undefined;
    /** Older lines have none. */
    readonly signsMs?: readonly number[];
    /** In older lines the voice began with the recording. */
    readonly speechStartMs?: number;
    /** Text and posterior. */
    readonly readings: readonly (readonly [string, number])[];
    readonly free: {
      readonly text: string;
      readonly logProb: number;
      readonly tokens: number;
      readonly runaway: boolean;
      readonly closing?: number | undefined;
      readonly finished?: number | undefined;
    } | null;
    readonly noSpeechProb: number;
  })[];
}

/** @param kind the material */
export function recordedOf(kind: string, { name, endMs, pauses }: Timeline): Recorded {
  return {
    kind,
    name,
    endMs,
    pauses: pauses.map(({ recognition: { readings, free, noSpeechProb }, ...pause }) => ({
      speechStartMs: pause.speechStartMs,
      lastVoicedMs: pause.lastVoicedMs,
      endedMs: pause.endedMs,
      atMs: pause.atMs,
      resumedMs: pause.resumedMs,
      signsMs: pause.signsMs,
      readings: readings.map(({ text, posterior }) => [text.reveal(), posterior] as const),
      free: free ? { ...free, text: free.text.reveal() } : null,
      noSpeechProb,
    })),
  };
}

/** @param recognitionMs how long each recognition is taken for */
export async function timelineFrom(
  { name, endMs, pauses }: Recorded,
  compiled: CompiledExpectation,
  recognitionMs: number,
): Promise<Timeline> {
  const understood = pauses.map(
    async ({
      readings,
      free,
      noSpeechProb,
      resumedMs,
      signsMs = [],
      speechStartMs = 0,
      ...moments
    }): Promise<Pause> => {
      const recognition: Recognition = {
        readings: readings.map(([text, posterior]) => ({ text: sensitive(text), posterior, logProb: -1, tokens: 5 })),
        free: free ? { ...free, text: sensitive(free.text) } : undefined,
        noSpeechProb,
        timings: { queueMs: 0, featuresMs: 0, encodeMs: 0, decodeMs: 0, totalMs: recognitionMs },
      };
      const understanding = await compiled.understand(recognition);
      return { ...moments, speechStartMs, resumedMs, signsMs, recognition, understanding, recognitionMs };
    },
  );
  return { name, endMs, pauses: await Promise.all(understood) };
}

import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import { HandrailError } from '../kernel/errors.js';
import { sensitive } from '../kernel/sensitive.js';
import type { Recognition } from './ports.js';

/** What a recognition worker answers; see `workers/whisper_worker.py`. */
const ResultSchema = Type.Object({
  readings: Type.Array(
    Type.Object({
      text: Type.String(),
      logProb: Type.Number(),
      tokens: Type.Number(),
      posterior: Type.Number(),
      ears: Type.Union([Type.Null(), Type.Object({ weakest: Type.Number(), behind: Type.Number() })]),
    }),
  ),
  free: Type.Union([
    Type.Null(),
    Type.Object({
      text: Type.String(),
      logProb: Type.Number(),
      tokens: Type.Number(),
      runaway: Type.Boolean(),
      closing: Type.Union([Type.Null(), Type.Number()]),
      finished: Type.Union([Type.Null(), Type.Number()]),
    }),
  ]),
  noSpeechProb: Type.Number(),
  timings: Type.Object({ featuresMs: Type.Number(), encodeMs: Type.Number(), decodeMs: Type.Number() }),
});

/** Milliseconds that are measured on our side of the pipe. */
export interface MeasuredHere {
  readonly queueMs: number;
  readonly totalMs: number;
}

/**
 * Checks a worker's answer and wraps the caller's words, here at the border, so that they cannot be printed by accident.
 * @throws HandrailError HR_ENGINE_FAILED when the answer has another shape
 */
export function parseRecognition(header: unknown, { queueMs, totalMs }: MeasuredHere): Recognition {
  if (!Check(ResultSchema, header)) {
    throw new HandrailError('HR_ENGINE_FAILED', 'whisper: the answer has not the agreed shape.');
  }
  const { readings, free, noSpeechProb, timings }: Static<typeof ResultSchema> = header;
  const { featuresMs, encodeMs, decodeMs } = timings;
  return {
    readings: readings.map(({ text, ears, ...figures }) => ({
      text: sensitive(text),
      ...figures,
      ears: ears ?? undefined,
    })),
    free: free
      ? {
          text: sensitive(free.text),
          logProb: free.logProb,
          tokens: free.tokens,
          runaway: free.runaway,
          closing: free.closing ?? undefined,
          finished: free.finished ?? undefined,
        }
      : undefined,
    noSpeechProb,
    timings: { queueMs, featuresMs, encodeMs, decodeMs, totalMs },
  };
}

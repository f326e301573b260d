import { isMereNoise } from './no-speech.js';
import { SimulatedCall, type HeardSpeech, type SimulatedInput, type SimulationWorld } from './simulate.js';
import type { Circumstances } from './state.js';
import type { Flow } from '../flow/schema.js';
import { HandrailError } from '../kernel/errors.js';
import type { SpeechToText } from '../local-models/ports.js';

export interface Ears extends SimulationWorld {
  readonly stt: SpeechToText;
  /** As in a call. */
  readonly sttDeadlineMs: number;
}

/** What the line makes of it: speech, a noise, or a turn that comes too late or without its recogniser. */
export type Listened = HeardSpeech | Extract<SimulatedInput, { type: 'noise' | 'trouble' }>;

/**
 * Hears what somebody says to a simulated call, by the line’s own recogniser with the grammar of this moment.
 *
 * @param samples PCM16 mono at 8,000 Hz
 * @returns undefined when nothing is asked that speech could answer
 */
export async function hear(
  flow: Flow,
  inputs: readonly SimulatedInput[],
  now: Circumstances,
  samples: Int16Array,
  ears: Ears,
): Promise<Listened | undefined> {
  const { nlu, nowMs, stt, sttDeadlineMs } = ears;
  const call = new SimulatedCall(flow, now, ears);
  for (const input of inputs) if (!call.play(input)) break;
  const { question } = call;
  if (!question) return undefined;
  const compiled = nlu.compile(question);
  const beganMs = nowMs();
  try {
    const recognition = await stt.recognise(
      {
        samples,
        vocabulary: compiled.vocabulary,
        ...(compiled.grammar ? { grammar: compiled.grammar } : { mode: 'free' as const }),
      },
      { deadlineMs: sttDeadlineMs },
    );
    const heardMs = nowMs();
    const understanding = await compiled.understand(recognition);
    if (isMereNoise(understanding, recognition)) return { type: 'noise' };
    return {
      type: 'heard',
      text: understanding.text.reveal(),
      hypotheses: understanding.hypotheses,
      sttMs: heardMs - beganMs,
      nluMs: nowMs() - heardMs,
    };
  } catch (error) {
    if (!(error instanceof HandrailError)) throw error;
    return { type: 'trouble', reason: error.code === 'HR_ENGINE_DEADLINE' ? 'deadline' : 'engine' };
  }
}

import { TELEPHONE_RATE_HZ } from '../externalmedia/port.js';

/** As loud as Piper's prompts are with their one gain: root mean square of what is not a pause. */
const TARGET_RMS = 2_600;
const MAX_PEAK = 29_000;
const MAX_GAIN = 20;
const FRAME = TELEPHONE_RATE_HZ / 50;
/** A frame this far below the loudest one is a pause. */
const PAUSE = 0.03;
/** What is left of the silence at both ends. */
const EDGE_FRAMES = 3;

/**
 * A recording as a prompt: no steady offset, no long silence at its ends, as loud as the other prompts. PCM16 mono at
 * 8,000 Hz.
 *
 * @returns undefined when there is nothing to hear in it
 */
export function asPrompt(recorded: Int16Array): Int16Array | undefined {
  const offset = recorded.reduce((sum, sample) => sum + sample, 0) / Math.max(1, recorded.length);
  const levels = Array.from({ length: Math.floor(recorded.length / FRAME) }, (_, i) => {
    let sum = 0;
    for (let at = i * FRAME; at < (i + 1) * FRAME; at++) sum += ((recorded[at] ?? 0) - offset) ** 2;
    return Math.sqrt(sum / FRAME);
  });
  const loudest = levels.reduce((most, level) => Math.max(most, level), 0);
  const sounding = levels.flatMap((level, i) => (level > loudest * PAUSE ? [i] : []));
  const [first, last] = [sounding[0], sounding.at(-1)];
  // Quantisation noise of a silent line is a few steps.
  if (first === undefined || last === undefined || loudest < 50) return undefined;
  const rms = Math.sqrt(sounding.reduce((sum, i) => sum + (levels[i] ?? 0) ** 2, 0) / sounding.length);
  const from = Math.max(0, first - EDGE_FRAMES) * FRAME;
  const heard = recorded.subarray(from, Math.min(recorded.length, (last + 1 + EDGE_FRAMES) * FRAME));
  const peak = heard.reduce((most, sample) => Math.max(most, Math.abs(sample - offset)), 1);
  const gain = Math.min(TARGET_RMS / rms, MAX_PEAK / peak, MAX_GAIN);
  return heard.map((sample) => Math.round((sample - offset) * gain));
}

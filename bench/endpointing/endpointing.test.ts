import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { voicedSpans, voicedWindows } from '../../src/audio/voiced.js';
import { projectRoot } from '../../src/kernel/paths.js';
import { sensitive } from '../../src/kernel/sensitive.js';
import type { Recognition } from '../../src/local-models/ports.js';
import { answerTo } from './judge.js';
import { withPause, withPauseElsewhere } from './material.js';
import { describePauses, pauseTable } from './pause-table.js';
import type { Pause, Timeline } from './timeline.js';
import { readVoices } from './voices.js';

const STRANGERS = join(projectRoot, 'bench', 'recognition', 'strangers');

const options = { minEndpointMs: 250, breathMs: 410, maxEndpointMs: 1_000 };

const timings = { queueMs: 0, featuresMs: 0, encodeMs: 0, decodeMs: 0, totalMs: 100 };
const nothingHeard: Recognition = { readings: [], free: undefined, noSpeechProb: 0, timings };

function pause(lastVoicedMs: number, resumedMs: number | undefined, what: Partial<Pause['understanding']> = {}): Pause {
  const hypotheses = [{ meaning: { intent: 'order', slots: {} }, probability: 0.95 }];
  const whole = { complete: true, mayGoOn: false, openEnd: false, openTopic: false };
  const understanding = { hypotheses, text: sensitive('i want a latte'), ...whole, ...what };
  return {
    speechStartMs: 0,
    lastVoicedMs,
    endedMs: lastVoicedMs,
    atMs: lastVoicedMs + 120,
    resumedMs,
    signsMs: [],
    recognition: nothingHeard,
    understanding,
    recognitionMs: 100,
  };
}

const timeline = (...pauses: Pause[]): Timeline => ({ name: 'a', endMs: 3_000, pauses });

describe('the endpointing bench', () => {
  test('a caller who goes on before the decision is not cut off; one who goes on after it is', () => {
    expect(answerTo(timeline(pause(1_000, 1_240), pause(3_010, undefined)), 0.8, options)).toEqual({
      type: 'finished',
      waitedMs: 260,
    });
    expect(answerTo(timeline(pause(1_000, 1_260), pause(3_010, undefined)), 0.8, options)).toEqual({
      type: 'cut-off',
      silentMs: 260,
      intoMs: 10,
      takenBack: false,
    });
    expect(answerTo(timeline(), 0.8, options)).toEqual({ type: 'never' });
  });

  test('a sound that is no word is not answered', () => {
    const click = { ...pause(1_000, 2_200), speechStartMs: 900 };
    expect(answerTo(timeline(click, pause(3_010, undefined)), 0.8, options)).toMatchObject({ type: 'finished' });
    expect(answerTo(timeline(click), 0.8, options)).toEqual({ type: 'never' });
  });

  test('an answer is taken back when the caller goes on at once and means something more by it', () => {
    const order = (...slots: string[]) => ({
      hypotheses: [
        { meaning: { intent: 'order', slots: Object.fromEntries(slots.map((s) => [s, s])) }, probability: 0.95 },
      ],
    });
    const answers = (wentOnMs: number, then: Partial<Pause['understanding']>) =>
      answerTo(timeline(pause(1_000, wentOnMs, order('drink')), pause(3_010, undefined, then)), 0.8, options);
    expect(answers(1_500, order('drink', 'milk'))).toMatchObject({ intoMs: 250, takenBack: true });
    expect(answers(1_500, order('drink'))).toMatchObject({ takenBack: false });
    expect(answers(1_900, order('drink', 'milk'))).toMatchObject({ intoMs: 650, takenBack: false });
  });

  test('a voice that may be coming back is waited for', () => {
    const stirred = (...signsMs: number[]) =>
      answerTo(timeline({ ...pause(1_000, 1_300), signsMs }, pause(3_010, undefined)), 0.8, options);
    expect(stirred(1_240)).toMatchObject({ type: 'finished' });
    expect(stirred(1_200, 1_255)).toMatchObject({ type: 'finished' });
    expect(stirred(1_200, 1_290)).toMatchObject({ type: 'cut-off', intoMs: 40 });
    expect(stirred(1_260)).toMatchObject({ type: 'cut-off', intoMs: 50 });
  });

  test('nobody is answered before the recogniser is', () => {
    const slow = { ...pause(3_000, undefined), recognitionMs: 400 };
    expect(answerTo(timeline(slow), 0.8, options)).toMatchObject({ waitedMs: 520 });
  });

  test('tells where callers pause, for how long, and who is cut off there', () => {
    const mayGoOn = { mayGoOn: true };
    const broken = { complete: false, openEnd: true };
    const lines = [
      timeline(pause(1_000, 1_400, mayGoOn), pause(2_000, 2_600, mayGoOn), pause(3_010, undefined)),
      timeline(pause(1_000, 1_950, broken), pause(2_000, 2_120, broken)),
    ];
    const table = pauseTable(lines, 0.8, options);
    expect(table.find(({ place }) => place === 'may-go-on')?.lengths).toEqual([
      { fromMs: 250, n: 1, cutOff: 0 },
      { fromMs: 500, n: 1, cutOff: 0 },
      { fromMs: 700, n: 0, cutOff: 0 },
      { fromMs: 900, n: 0, cutOff: 0 },
    ]);
    const hasty = pauseTable(lines, 0.8, { ...options, breathMs: 250, maxEndpointMs: 800 });
    expect(describePauses(hasty)).toEqual([
      '  cut off in pauses              from 250 ms   from 500 ms   from 700 ms   from 900 ms',
      '  where people often go on            0 of 1        1 of 1',
      '  in the middle of something                                                    1 of 1',
    ]);
  });

  test('the pause is where the recording is quietest, 300 to 900 ms long, and the same every time', () => {
    const samples = Int16Array.from({ length: 16_000 }, (_, n) =>
      n < 800 || n > 15_200 ? 0 : (n > 8_000 && n < 8_400 ? 500 : 9_000) * Math.sin(n / 3),
    );
    const { samples: paused } = withPause({ name: 'a', samples }, 7);
    const added = (paused.length - samples.length) / 8;
    expect(added).toBeGreaterThanOrEqual(300);
    expect(added).toBeLessThanOrEqual(900);
    const [first, second] = voicedSpans(voicedWindows(paused), 200);
    expect(second?.from).toBeGreaterThan(first?.to ?? Infinity);
    expect(first?.to).toBeLessThan(8_400 / 40);
    expect(withPause({ name: 'a', samples }, 7).samples).toEqual(paused);
  });

  test('a pause elsewhere lies at the next quiet place, at least 300 ms away, if the recording is long enough', () => {
    const isQuiet = (n: number): boolean => (n > 8_000 && n < 8_400) || (n > 8_700 && n < 9_100);
    const isSoft = (n: number): boolean => n > 11_500 && n < 11_900;
    const samples = Int16Array.from({ length: 16_000 }, (_, n) =>
      n < 800 || n > 15_200 ? 0 : (isQuiet(n) ? 500 : isSoft(n) ? 900 : 9_000) * Math.sin(n / 3),
    );
    const elsewhere = withPauseElsewhere({ name: 'a', speaker: '3', samples }, 7);
    expect(elsewhere).toMatchObject({ name: 'a with a pause elsewhere', speaker: '3' });
    const [first] = voicedSpans(voicedWindows(elsewhere?.samples ?? samples), 200);
    expect(first?.to).toBeGreaterThan(11_400 / 40);
    expect(first?.to).toBeLessThan(11_900 / 40);
    expect(withPauseElsewhere({ name: 'a', samples: samples.subarray(0, 3_000) }, 7)).toBeUndefined();
  });

  test('a recording whose speaker is not told is named', async () => {
    await expect(readVoices(STRANGERS, [{ file: 'nobody.wav' }])).rejects.toMatchObject({ code: 'HR_USAGE' });
    await expect(readVoices(import.meta.dirname, [])).rejects.toMatchObject({ code: 'HR_USAGE' });
  });
});

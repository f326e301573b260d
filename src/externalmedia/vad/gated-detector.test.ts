import { describe, expect, test } from 'vitest';
import { GatedDetector } from './gated-detector.js';
import type { SpeechScorer, VoiceWindow } from './port.js';

class SlowScorer implements SpeechScorer {
  readonly heard: number[] = [];
  readonly waiting: ((probability: number | undefined) => void)[] = [];
  resets = 0;
  score(window: Int16Array, done: (probability: number | undefined) => void): void {
    this.heard.push(Math.max(...window));
    this.waiting.push(done);
  }
  reset(): void {
    this.resets++;
  }
}
const loud = (samples: number) => Int16Array.from({ length: samples }, (_, i) => (i % 2 ? 8_000 : -8_000));
const quiet = (samples: number) => new Int16Array(samples);

function harness(scorer?: SpeechScorer) {
  const windows: VoiceWindow[] = [];
  const detector = new GatedDetector(scorer, (window) => windows.push({ ...window }));
  detector.push(quiet(256 * 60), false);
  windows.length = 0;
  return { detector, windows };
}

describe('GatedDetector', () => {
  test('without a model the gate decides, at once, and finds the edges to 8 ms', () => {
    const { detector, windows } = harness();
    detector.push(quiet(100), false);
    detector.push(loud(50), false);
    detector.push(quiet(106), false);
    const start = 256 * 60;
    expect(windows).toEqual([
      expect.objectContaining({
        startSample: start,
        probability: 1,
        firstVoicedSample: start + 64,
        lastVoicedSample: start + 192,
        voicedSamples: 128,
      }),
    ]);
    expect(detector.judge).toBe('energy');
  });

  test('asks the model only when the gate opens and somebody listens', () => {
    const scorer = new SlowScorer();
    const { detector } = harness(scorer);
    detector.push(loud(256), false);
    expect(scorer.waiting).toHaveLength(0);
    detector.setListening(true);
    detector.push(quiet(256 * 20), false);
    const before = scorer.waiting.length;
    detector.push(loud(256), false);
    expect(scorer.waiting.length - before).toBe(1);
  });

  test('lets the model hear a short hole, but only when speech goes on behind it', () => {
    const scorer = new SlowScorer();
    const { detector, windows } = harness(scorer);
    detector.setListening(true);
    detector.push(loud(256), false);
    detector.push(quiet(256 * 3), false);
    expect(scorer.heard).toEqual([8_000]);
    detector.push(loud(256), false);
    expect(scorer.heard).toEqual([8_000, 0, 0, 0, 8_000]);
    scorer.waiting.forEach((done, n) => done(n / 10));
    expect(windows.map(({ probability }) => probability)).toEqual([0, 0, 0, 0, 0.4]);
  });

  test('after a long hole the model starts anew, without having heard it', () => {
    const scorer = new SlowScorer();
    const { detector } = harness(scorer);
    detector.setListening(true);
    detector.push(loud(256), false);
    const { resets } = scorer;
    detector.push(quiet(256 * 12), false);
    detector.push(loud(256), false);
    expect([scorer.heard, scorer.resets - resets]).toEqual([[8_000, 8_000], 1]);
  });

  test('keeps the order when the model is late', () => {
    const scorer = new SlowScorer();
    const { detector, windows } = harness(scorer);
    detector.setListening(true);
    detector.push(loud(512), false);
    expect(detector.undecided).toBe(2);
    scorer.waiting[0]?.(0.3);
    scorer.waiting[1]?.(0.8);
    expect(windows.map(({ probability }) => probability)).toEqual([0.3, 0.8]);
    expect(detector.undecided).toBe(0);
  });

  test('a model that fails, or never answers, leaves the judgement to the gate', () => {
    for (const mishap of ['fails', 'hangs']) {
      const scorer = new SlowScorer();
      const { detector, windows } = harness(scorer);
      detector.setListening(true);
      detector.push(loud(256 * 3), false);
      if (mishap === 'fails') scorer.waiting[0]?.(undefined);
      else detector.push(loud(256 * 20), false);
      expect(detector.judge).toBe('energy');
      expect(windows.length).toBeGreaterThanOrEqual(3);
      expect(windows.every(({ probability }) => probability === 1)).toBe(true);
    }
  });

  test('after a stall energy judges until the model has answered all, and then the model again', () => {
    const scorer = new SlowScorer();
    const { detector, windows } = harness(scorer);
    detector.setListening(true);
    // 0.55 s come at once.
    detector.push(loud(256 * 18), false);
    expect(detector.judge).toBe('energy');
    expect(windows.map(({ probability }) => probability)).toEqual(Array(18).fill(1));
    const { resets } = scorer;
    const late = scorer.waiting.splice(0);
    expect(late).toHaveLength(16);
    for (const done of late.slice(0, 15)) done(0.2);
    expect(detector.judge).toBe('energy');
    late[15]?.(0.2);
    expect([detector.judge, scorer.resets - resets]).toEqual(['model', 1]);

    detector.push(loud(256), false);
    expect(scorer.waiting).toHaveLength(1);
    scorer.waiting[0]?.(0.6);
    expect(windows.map(({ probability }) => probability)).toEqual([...Array<number>(18).fill(1), 0.6]);
  });

  test('a model that hangs while the caller is silent again is not waited for, either', () => {
    const { detector, windows } = harness(new SlowScorer());
    detector.setListening(true);
    detector.push(loud(256), false);
    detector.push(quiet(256 * 16), false);
    expect([detector.undecided, detector.judge]).toEqual([0, 'energy']);
    expect(windows.map(({ probability }) => probability)).toEqual([1, ...Array<number>(16).fill(0)]);
  });

  test('a model that refuses at once leaves the window to energy', () => {
    const refusing: SpeechScorer = { score: (_window, done) => done(undefined), reset: () => undefined };
    const { detector, windows } = harness(refusing);
    detector.setListening(true);
    detector.push(loud(512), false);
    expect(detector.judge).toBe('energy');
    expect(windows.map(({ probability }) => probability)).toEqual([1, 1]);
  });

  test('what was filled in is never voiced', () => {
    const { detector, windows } = harness();
    detector.push(loud(256), true);
    expect(windows[0]).toMatchObject({ probability: 0, voicedSamples: 0 });
  });

  test('a closed detector says nothing more', () => {
    const scorer = new SlowScorer();
    const { detector, windows } = harness(scorer);
    detector.setListening(true);
    detector.push(loud(256), false);
    detector.close();
    scorer.waiting[0]?.(0.9);
    expect(windows).toEqual([]);
  });

  test('tells a hum from a voice by its brightness', () => {
    const tone = (hz: number) =>
      Int16Array.from({ length: 256 }, (_, i) => Math.round(8_000 * Math.sin((2 * Math.PI * hz * i) / 8_000)));
    const { detector, windows } = harness();
    for (const hz of [200, 1_000]) detector.push(tone(hz), false);
    expect(windows.map(({ brightness }) => brightness)).toEqual([
      expect.closeTo((2 * Math.sin((Math.PI * 200) / 8_000)) ** 2, 2),
      expect.closeTo((2 * Math.sin((Math.PI * 1_000) / 8_000)) ** 2, 2),
    ]);
  });
});

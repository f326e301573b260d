import { describe, expect, test } from 'vitest';
import { PcmHistory } from '../pcm-history.js';
import { GatedDetector } from './gated-detector.js';
import type { SpeechScorer, VoiceWindow } from './port.js';

class SlowScorer implements SpeechScorer {
  readonly heard: number[] = [];
  readonly waiting: ((probability: number | undefined) => void)[] = [];
  resets = 0;
  score(samples: Int16Array, start: number, done: (probability: number | undefined) => void): void {
    this.heard.push(Math.max(...samples.subarray(start, start + 256)));
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
  const history = new PcmHistory();
  const detector = new GatedDetector(history, scorer, (window) => windows.push({ ...window }));
  const hear = (samples: Int16Array, synthetic = false): void => {
    for (let at = 0; at < samples.length; at += 160) {
      const packet = samples.subarray(at, at + 160);
      history.append(packet);
      detector.push(packet.length, synthetic);
    }
  };
  hear(quiet(256 * 60));
  windows.length = 0;
  return { detector, hear, windows };
}

describe('GatedDetector', () => {
  test('without a model the gate decides, at once, and finds the edges to 8 ms', () => {
    const { detector, hear, windows } = harness();
    hear(quiet(100));
    hear(loud(50));
    hear(quiet(106));
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
    const { detector, hear } = harness(scorer);
    hear(loud(256));
    expect(scorer.waiting).toHaveLength(0);
    detector.setListening(true);
    hear(quiet(256 * 20));
    const before = scorer.waiting.length;
    hear(loud(256));
    expect(scorer.waiting.length - before).toBe(1);
  });

  test('lets the model hear a short hole, but only when speech goes on behind it', () => {
    const scorer = new SlowScorer();
    const { detector, hear, windows } = harness(scorer);
    detector.setListening(true);
    hear(loud(256));
    hear(quiet(256 * 3));
    expect(scorer.heard).toEqual([8_000]);
    hear(loud(256));
    expect(scorer.heard).toEqual([8_000, 0, 0, 0, 8_000]);
    scorer.waiting.forEach((done, n) => done(n / 10));
    expect(windows.map(({ probability }) => probability)).toEqual([0, 0, 0, 0, 0.4]);
  });

  test('after a long hole the model starts anew, without having heard it', () => {
    const scorer = new SlowScorer();
    const { detector, hear } = harness(scorer);
    detector.setListening(true);
    hear(loud(256));
    const { resets } = scorer;
    hear(quiet(256 * 12));
    hear(loud(256));
    expect([scorer.heard, scorer.resets - resets]).toEqual([[8_000, 8_000], 1]);
  });

  test('keeps the order when the model is late', () => {
    const scorer = new SlowScorer();
    const { detector, hear, windows } = harness(scorer);
    detector.setListening(true);
    hear(loud(512));
    expect(detector.undecided).toBe(2);
    scorer.waiting[0]?.(0.3);
    scorer.waiting[1]?.(0.8);
    expect(windows.map(({ probability }) => probability)).toEqual([0.3, 0.8]);
    expect(detector.undecided).toBe(0);
  });

  test('a model that fails, or never answers, leaves the judgement to the gate', () => {
    for (const mishap of ['fails', 'hangs']) {
      const scorer = new SlowScorer();
      const { detector, hear, windows } = harness(scorer);
      detector.setListening(true);
      hear(loud(256 * 3));
      if (mishap === 'fails') scorer.waiting[0]?.(undefined);
      else hear(loud(256 * 20));
      expect(detector.judge).toBe('energy');
      expect(windows.length).toBeGreaterThanOrEqual(3);
      expect(windows.every(({ probability }) => probability === 1)).toBe(true);
    }
  });

  test('after a stall energy judges until the model has answered all, and then the model again', () => {
    const scorer = new SlowScorer();
    const { detector, hear, windows } = harness(scorer);
    detector.setListening(true);
    // 0.55 s come at once.
    hear(loud(256 * 18));
    expect(detector.judge).toBe('energy');
    expect(windows.map(({ probability }) => probability)).toEqual(Array(18).fill(1));
    const { resets } = scorer;
    const late = scorer.waiting.splice(0);
    expect(late).toHaveLength(16);
    for (const done of late.slice(0, 15)) done(0.2);
    expect(detector.judge).toBe('energy');
    late[15]?.(0.2);
    expect([detector.judge, scorer.resets - resets]).toEqual(['model', 1]);

    hear(loud(256));
    expect(scorer.waiting).toHaveLength(1);
    scorer.waiting[0]?.(0.6);
    expect(windows.map(({ probability }) => probability)).toEqual([...Array<number>(18).fill(1), 0.6]);
  });

  test('a model that hangs while the caller is silent again is not waited for, either', () => {
    const { detector, hear, windows } = harness(new SlowScorer());
    detector.setListening(true);
    hear(loud(256));
    hear(quiet(256 * 16));
    expect([detector.undecided, detector.judge]).toEqual([0, 'energy']);
    expect(windows.map(({ probability }) => probability)).toEqual([1, ...Array<number>(16).fill(0)]);
  });

  test('a model that refuses at once leaves the window to energy', () => {
    const refusing: SpeechScorer = { score: (_samples, _start, done) => done(undefined), reset: () => undefined };
    const { detector, hear, windows } = harness(refusing);
    detector.setListening(true);
    hear(loud(512));
    expect(detector.judge).toBe('energy');
    expect(windows.map(({ probability }) => probability)).toEqual([1, 1]);
  });

  test('what was filled in is never voiced', () => {
    const { hear, windows } = harness();
    hear(loud(256), true);
    expect(windows[0]).toMatchObject({ probability: 0, voicedSamples: 0 });
  });

  test('a closed detector says nothing more', () => {
    const scorer = new SlowScorer();
    const { detector, hear, windows } = harness(scorer);
    detector.setListening(true);
    hear(loud(256));
    detector.close();
    scorer.waiting[0]?.(0.9);
    expect(windows).toEqual([]);
  });

  test('tells a hum from a voice by its brightness', () => {
    const tone = (hz: number) =>
      Int16Array.from({ length: 256 }, (_, i) => Math.round(8_000 * Math.sin((2 * Math.PI * hz * i) / 8_000)));
    const { hear, windows } = harness();
    for (const hz of [200, 1_000]) hear(tone(hz));
    expect(windows.map(({ brightness }) => brightness)).toEqual([
      expect.closeTo((2 * Math.sin((Math.PI * 200) / 8_000)) ** 2, 2),
      expect.closeTo((2 * Math.sin((Math.PI * 1_000) / 8_000)) ** 2, 2),
    ]);
  });
});

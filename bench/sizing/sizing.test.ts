import { describe, expect, it } from 'vitest';
import { describeSizing, judgeSizing, type SizingStep } from './judge.js';
import { componentOf, processorMsOf, processorTimes } from './processor.js';

const step = (calls: number, p95Ms: number, more: Partial<SizingStep> = {}): SizingStep => ({
  calls,
  turns: 40,
  p50Ms: p95Ms / 2,
  p95Ms,
  unanswered: 0,
  understood: 0.95,
  sttP95Ms: 200,
  ttsP95Ms: null,
  cores: { stt: 0.3 * calls, tts: 0, llm: 0, asterisk: 0.05 * calls, controller: 0.05 * calls, caller: 0.02 * calls },
  clockLateMs: 2,
  noisy: false,
  ...more,
});

describe('sizing', () => {
  it('takes the most calls that kept the promise, and says what one more core and a GPU would bring', () => {
    const sizing = judgeSizing([step(1, 600), step(2, 800), step(3, 1_100), step(4, 1_900)], 4);
    expect(sizing).toMatchObject({ calls: 3, p95Ms: 1_100, withOneMoreCore: 5, withGpu: 12 });
    expect(sizing.coresPerCall).toBeCloseTo(0.4);
    expect(sizing.sttShare).toBeCloseTo(0.75);
    expect(describeSizing(sizing, 4).join('\n')).toContain('3 calls at once by voice, at p95 1100 ms');
  });

  it('names what broke', () => {
    const limit = (broken: SizingStep, cores: number) => judgeSizing([step(1, 600), broken], cores).limit;
    expect(limit(step(5, 1_900), 2)).toBe('processor');
    expect(limit(step(4, 1_900, { sttP95Ms: 900 }), 8)).toBe('stt');
    expect(limit(step(4, 1_900, { clockLateMs: 80 }), 8)).toBe('rtp');
    expect(limit(step(4, 1_900), 8)).toBe('unknown');
    expect(judgeSizing([step(1, 600)], 8).limit).toBeUndefined();
  });

  it('calls nothing conclusive that broke while others were busy, and advises nothing from it', () => {
    const noisy = judgeSizing([step(1, 600), step(2, 1_900, { noisy: true })], 8);
    expect(noisy).toMatchObject({ calls: 1, conclusive: false });
    const words = describeSizing(noisy, 8).join('\n');
    expect(words).toMatch(/^Inconclusive: .*\nAt least 1 call at once/);
    expect(words).not.toContain('one more core');
    // What is kept although others are busy is kept.
    expect(judgeSizing([step(1, 600, { noisy: true }), step(2, 1_900)], 8).conclusive).toBe(true);
  });

  it('takes callers whom the deadline answers, and nobody understands, for a broken promise', () => {
    expect(judgeSizing([step(1, 600), step(2, 1_150, { understood: 0.89 })], 8).calls).toBe(1);
    // What nobody is understood in is no matter of load, nor is one slip in the few turns of one caller a measure.
    expect(judgeSizing([step(1, 600, { understood: 0.8 }), step(2, 700, { understood: 0.78 })], 8).calls).toBe(2);
    expect(
      judgeSizing([step(1, 600, { understood: 0.67 }), step(2, 700), step(3, 800, { understood: 0.8 })], 8).calls,
    ).toBe(2);
  });

  it('takes callers who are not answered for a broken promise', () => {
    expect(judgeSizing([step(1, 600), step(2, 700, { unanswered: 0.1 })], 8).calls).toBe(1);
    expect(judgeSizing([step(1, 600, { p95Ms: null })], 8)).toMatchObject({ calls: 0, p95Ms: null });
  });

  it('knows its processes', () => {
    expect(componentOf('/x/venv/bin/python -B /x/workers/whisper_worker.py --model y')).toBe('stt');
    expect(componentOf('/x/ld-linux.so --library-path l /x/usr/sbin/asterisk -C c')).toBe('asterisk');
    expect(componentOf('/usr/bin/node /x/dist/src/cli/main.js run')).toBe('controller');
    expect(componentOf('/usr/bin/node other.js')).toBeUndefined();
    expect(processorMsOf(`7 (a name) with) S 1 7 7 0 -1 4 1 0 0 0 150 50 0 0 20 0 1`)).toBe(2_000);
    expect(processorTimes('/no/such/data').caller).toBeGreaterThan(0);
  });
});

import { describe, expect, it } from 'vitest';
import {
  judgeArrival,
  judgeFallback,
  judgeKey,
  judgeSound,
  type Arrival,
  type WholeWayReport,
} from './whole-way-judgement.js';

const line = 's@handrail-line';
const echo = { sent: 100, packets: 100, received: 100, medianMs: 40, p99Ms: 60, jitterMs: 2 };
const doctor = {
  type: 'doctor',
  answeredAfterMs: 90,
  formats: '(ulaw|alaw)',
  echo,
  codec: 'ulaw',
  keyAfterMs: 12,
} as const;
const handrail = {
  type: 'handrail',
  answeredAfterMs: 80,
  formats: '(g722)',
  voiceAfterMs: 200,
  keyAfterMs: 10,
} as const;
const report = (arrival: Arrival, fallback: WholeWayReport['fallback'] = 'not-tried'): WholeWayReport => ({
  line,
  arrival,
  fallback,
});

describe('a test call the whole way', () => {
  it('is told where it came to', () => {
    expect(judgeArrival(report(doctor))).toMatchObject({ state: 'ok', found: expect.stringContaining('90 ms') });
    expect(judgeArrival(report(handrail)).state).toBe('ok');
    expect(judgeArrival(report({ type: 'elsewhere', answeredAfterMs: 5 })).state).toBe('problem');
    expect(judgeArrival(report({ type: 'unanswered' })).state).toBe('problem');
    expect(judgeArrival(report({ type: 'not-served' })).state).toBe('warning');
  });

  it('is heard, with its codec', () => {
    expect(judgeSound(report(doctor))).toMatchObject({
      state: 'ok',
      found: expect.stringContaining('codec ulaw, alaw,'),
    });
    expect(judgeSound(report({ ...doctor, echo: { ...echo, received: 90 } })).state).toBe('warning');
    expect(judgeSound(report({ ...doctor, echo: { ...echo, medianMs: 200 } })).state).toBe('warning');
    expect(judgeSound(report({ ...doctor, echo: { ...echo, received: 0 } })).state).toBe('problem');
    expect(judgeSound(report(handrail))).toMatchObject({ state: 'ok', found: expect.stringContaining('codec g722') });
    expect(judgeSound(report({ ...handrail, voiceAfterMs: 2_000 })).state).toBe('warning');
    expect(judgeSound(report({ ...handrail, voiceAfterMs: undefined })).state).toBe('problem');
    expect(judgeSound(report({ type: 'unanswered' })).state).toBe('warning');
  });

  it('has its key heard', () => {
    expect(judgeKey(report(doctor)).state).toBe('ok');
    expect(judgeKey(report({ ...handrail, keyAfterMs: undefined })).state).toBe('problem');
    expect(judgeKey(report({ type: 'not-served' })).state).toBe('warning');
  });

  it('reaches the menu when Handrail is away', () => {
    expect(judgeFallback(report(doctor, { answeredAfterMs: 5, voiceAfterMs: 60 })).state).toBe('ok');
    expect(judgeFallback(report(doctor, { answeredAfterMs: 5 })).state).toBe('problem');
    expect(judgeFallback(report(doctor, { answeredAfterMs: undefined })).state).toBe('problem');
    expect(judgeFallback(report(handrail)).state).toBe('warning');
  });
});

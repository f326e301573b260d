import { expect, it } from 'vitest';
import { watchHeadroom } from './headroom.js';
import type { Headroom } from '../fallback-ivr/admission.js';
import { FakeClock } from '../kernel/fake-clock.js';
import { FakeStt, FakeTts } from '../local-models/fakes.js';

it('tells once a second what engines, media and machine have left, and ends when told', () => {
  const clock = new FakeClock();
  const looks: Headroom[] = [];
  const stt = Object.assign(new FakeStt(clock), { waitMs: 120 });
  const stop = watchHeadroom({
    stt,
    tts: new FakeTts(clock),
    pacerLateMs: () => 7,
    clock,
    onLook: (headroom) => looks.push(headroom),
  });
  clock.advance(2_000);
  expect(looks).toHaveLength(2);
  expect(looks[1]).toMatchObject({ sttWaitMs: 120, ttsWaitMs: 0, pacerLateMs: 7 });
  for (const { cpu, loopLateMs } of looks) {
    expect(cpu).toBeGreaterThanOrEqual(0);
    expect(cpu).toBeLessThanOrEqual(1);
    expect(loopLateMs).toBeGreaterThanOrEqual(0);
  }
  stop();
  clock.advance(5_000);
  expect(looks).toHaveLength(2);
});

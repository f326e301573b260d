import { expect, it } from 'vitest';
import { watchHeadroom } from './headroom.js';
import type { Headroom } from '../fallback-ivr/admission.js';
import { FakeClock } from '../kernel/fake-clock.js';
import { FakeStt, FakeTts } from '../local-models/fakes.js';

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

it('tells once a second what engines, media and machine have left, and ends when told', async () => {
  const clock = new FakeClock();
  const looks: Headroom[] = [];
  const stt = Object.assign(new FakeStt(clock), { waitMs: 120 });
  const stop = watchHeadroom({
    stt,
    tts: new FakeTts(clock),
    pacerLateMs: () => Promise.resolve(7),
    clock,
    onLook: (headroom) => looks.push(headroom),
  });
  for (let i = 0; i < 2; i++) {
    clock.advance(1_000);
    await settle();
  }
  expect(looks).toHaveLength(2);
  expect(looks[1]).toMatchObject({ sttWaitMs: 120, ttsWaitMs: 0, pacerLateMs: 7 });
  for (const { cpu, loopLateMs } of looks) {
    expect(cpu).toBeGreaterThanOrEqual(0);
    expect(cpu).toBeLessThanOrEqual(1);
    expect(loopLateMs).toBeGreaterThanOrEqual(0);
  }
  stop();
  clock.advance(5_000);
  await settle();
  expect(looks).toHaveLength(2);
});

it('a media plane that does not answer does not stop the looks', async () => {
  const clock = new FakeClock();
  let looks = 0;
  const stop = watchHeadroom({
    stt: new FakeStt(clock),
    tts: new FakeTts(clock),
    pacerLateMs: () => Promise.reject(new Error('no')),
    clock,
    onLook: ({ pacerLateMs }) => (looks += pacerLateMs === 0 ? 1 : 0),
  });
  clock.advance(1_000);
  await settle();
  expect(looks).toBe(1);
  stop();
});

import { expect, test } from 'vitest';
import { SampleClock } from './sample-clock.js';

test('a sample was said as long before its packet came as it is followed by others in it', () => {
  const clock = new SampleClock();
  clock.mark(0, 1_000);
  clock.mark(160, 1_021);
  expect(clock.spokenMs(0)).toBe(980);
  expect(clock.spokenMs(80)).toBe(990);
  expect(clock.spokenMs(160)).toBe(1_001);
  expect(clock.spokenMs(319)).toBeCloseTo(1_021, 0);
});

test('what is too long ago is as old as the oldest packet that is known', () => {
  const clock = new SampleClock();
  for (let packet = 0; packet < 300; packet++) clock.mark(packet * 160, packet * 20);
  expect(clock.spokenMs(0)).toBe(44 * 20 - 20);
  expect(clock.spokenMs(200 * 160)).toBe(200 * 20 - 20);
});

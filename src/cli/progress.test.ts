import { expect, test } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { progressOf } from './progress.js';

test('tells every 15 seconds how long the rest takes at the latest pace', () => {
  const clock = new FakeClock();
  const lines: string[] = [];
  const step = progressOf(1_000, clock, (line) => lines.push(line));
  // What was kept costs nothing: it says nothing about the rest.
  for (let n = 0; n < 400; n++) step();
  expect(lines).toEqual([]);
  for (let n = 0; n < 30; n++) {
    clock.advance(1_000);
    step();
  }
  expect(lines).toEqual(['  415 of 1000, about 22 s left', '  430 of 1000, about 10 min left']);
});

test('says nothing at the end', () => {
  const clock = new FakeClock();
  const lines: string[] = [];
  const step = progressOf(1, clock, (line) => lines.push(line));
  clock.advance(60_000);
  step();
  expect(lines).toEqual([]);
});

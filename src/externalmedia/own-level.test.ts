import { expect, test } from 'vitest';
import { OwnLevel } from './own-level.js';

const loud = new Int16Array(160).fill(3_277);

test('the loudest moment is remembered for 400 ms', () => {
  const own = new OwnLevel();
  expect(own.loudestDb).toBe(-90);
  own.sent(loud, true);
  for (let frame = 0; frame < 19; frame++) own.sent(new Int16Array(160), false);
  expect(own.loudestDb).toBeCloseTo(-20, 1);
  own.sent(new Int16Array(160), false);
  expect(own.loudestDb).toBe(-90);
});

test('half a loud frame is as loud as a whole one', () => {
  const own = new OwnLevel();
  own.sent(
    Int16Array.from({ length: 160 }, (_, n) => (n < 80 ? 0 : 3_277)),
    true,
  );
  expect(own.loudestDb).toBeCloseTo(-20, 1);
});

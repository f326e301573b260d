import { expect, test } from 'vitest';
import { readBack } from './english-values.js';

test.each([
  ['4711', '4 7 1 1'],
  ['KX204', 'K X 2 0 4'],
  ['2027-05-03', 'May 3rd, 2027'],
  ['2026-12-11', 'December 11th, 2026'],
  ['2026-12-22', 'December 22nd, 2026'],
  ['15:30', '3:30 p.m.'],
  ['09:00', '9 a.m.'],
  ['00:05', '12:05 a.m.'],
  ['12:00', 'noon'],
  ['00:00', 'midnight'],
  ['12.50 USD', '12 dollars and 50 cents'],
  ['1.00 USD', '1 dollar'],
  ['0.01 GBP', '1 penny'],
  ['12.50', '12 point 5 0'],
  ['dark roast', 'dark roast'],
])('%s is read back as %s', (value, words) => expect(readBack(value)).toBe(words));

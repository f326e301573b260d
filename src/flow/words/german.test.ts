import { expect, test } from 'vitest';
import { german } from './german.js';

test.each([
  ['KX204', 'K X 2 0 4'],
  ['2026-05-03', '3. Mai 2026'],
  ['00:00', '0 Uhr'],
  ['15:05', '15 Uhr 5'],
  ['12.50', '12 Komma 5 0'],
  ['12.50 EUR', '12 Euro und 50 Cent'],
  ['0.01 GBP', '1 Penny'],
  ['latte', 'latte'],
])('%s is read back as %s', (value, said) => expect(german.values.readBack(value)).toBe(said));

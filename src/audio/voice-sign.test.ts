import { expect, test } from 'vitest';
import { endsAtMs } from './voice-sign.js';

test.each([
  ['without a sign, when it is due', undefined, 1_000],
  ['an old sign is forgotten', 930, 1_000],
  ['behind a fresh one, a moment', 990, 1_050],
  ['one that comes while it is waited for puts it off again', 1_010, 1_070],
  ['but not for ever', 1_070, 1_080],
])('%s', (_name, signMs, endMs) => expect(endsAtMs(1_000, signMs)).toBe(endMs));

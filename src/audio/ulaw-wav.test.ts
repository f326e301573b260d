import { expect, it } from 'vitest';
import { encodeUlawWav } from './ulaw-wav.js';
import { decodeWav } from './wav.js';

it('writes mu-law that is read again, whatever the length', () => {
  const samples = Int16Array.of(0, 132, -32_124, 32_124, 8);
  const wav = encodeUlawWav(samples);
  expect(wav.length % 2).toBe(0);
  expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
  expect(decodeWav(wav, 'x')).toEqual(Int16Array.of(0, 132, -32_124, 32_124, 8));
  expect(decodeWav(encodeUlawWav(new Int16Array(0)), 'x')).toHaveLength(0);
});

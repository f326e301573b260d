import { describe, expect, test } from 'vitest';
import type { Knowledge } from '../../src/flow/schema.js';
import { tellsTheSame } from './facts.js';

const wifi: Knowledge = {
  id: 'wifi',
  questions: ['wifi'],
  answer: 'Yes, the wifi is free. The password is on your receipt.',
};
const parking: Knowledge = {
  id: 'parking',
  questions: ['parking'],
  answer: 'You can park behind the house, free for 2 hours.',
};
const all = [wifi, parking];

describe('an answer', () => {
  test.each([
    ['The wifi is free, and its password is on the receipt.', true],
    ['Yes, it is free.', false],
    ['You can park behind the house.', false],
    ['', false],
  ])('about wifi: %s → %s', (said, right) => expect(tellsTheSame(said, wifi, all)).toBe(right));

  test.each([
    ['Park behind our house for 2 hours.', true],
    ['Park behind our house for 3 hours.', false],
  ])('has its numbers: %s → %s', (said, right) => expect(tellsTheSame(said, parking, all)).toBe(right));
});

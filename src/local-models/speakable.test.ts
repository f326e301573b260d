import fc from 'fast-check';
import { expect, test } from 'vitest';
import { speakable } from './speakable.js';

test.each([
  ['We open at 7:30 am and close at 6 pm.', 'We open at 7 30 AM and close at 6 PM.'],
  ['At 7:30 a.m. on weekdays. And at 9 a.m. Come by.', 'At 7 30 AM on weekdays. And at 9 AM. Come by.'],
  ['We close at 6 p.m.', 'We close at 6 PM.'],
  ['at 14:05', 'at 14 oh 5'],
  ['at 7:00', "at 7 o'clock"],
  ['Open 7:00 am–9 pm, Mon-Fri.', 'Open 7 AM to 9 PM, Monday to Friday.'],
  ['from 9-5', 'from 9 to 5'],
  ['The sun is shining', 'The sun is shining'],
  ['That is $4.50, thank you.', 'That is 4 dollars 50, thank you.'],
  ['$12, $1, $0.50, $1,250.05', '12 dollars, 1 dollar, 50 cents, 1,250 dollars and 5 cents'],
  ['€3.20 or £5.', '3 euros 20 or 5 pounds.'],
  ['A 12 oz latte, 1 oz of syrup, 20oz.', 'A 12 ounce latte, 1 ounce of syrup, 20 ounces'],
  ['Your order number is 4071.', 'Your order number is 4 0 7 1.'],
  ['order #4071 or 0042', 'order number 4 0 7 1 or 0 0 4 2'],
  ['Call 555-0142.', 'Call 5 5 5, 0 1 4 2.'],
  ['Press * for a person, or # to finish.', 'Press star for a person, or pound to finish.'],
  ['**Great** choice 😀!', 'Great choice!'],
  ['Dr. Smith, e.g. tea', 'Doctor Smith, for example tea'],
  ['3.5 or 1,250 in 2026', '3.5 or 1,250 in 2026'],
  ['10/12/2026 is 50% off & free', '10/12/2026 is 50% off & free'],
])('%j is spoken as %j', (written, spoken) => {
  expect(speakable(written)).toBe(spoken);
});

/** What has a meaning to it, and some that has none: the generator of all of Unicode is slow. */
const sign = fc.constantFrom(
  ...' \n\r\t\u00a0\u200b\0.,;:!?$€£%&*#@-–/()0123456789amp',
  'pm',
  'oz',
  'X',
  'é',
  'ß',
  '你',
  '😀',
);

test('any text gives one line', () => {
  fc.assert(
    fc.property(fc.string({ unit: sign, maxLength: 100 }), (text) => {
      expect(speakable(text)).not.toMatch(/[\n\r\t]|^\s|\s$/);
    }),
  );
});

import { describe, expect, test } from 'vitest';
import type { Expectation } from '../flow/expectation.js';
import type { Entity } from '../flow/schema.js';
import { KeyCollector } from './key-collector.js';
import { keypadAnswer, keypadQuestion, type KeypadAnswer } from './keypad-face.js';
import { keypadStart } from './keypad-question.js';

const noon = new Date(2026, 10, 25, 12).getTime();

/** Presses keys until there is an answer; `t` is the time that runs out. */
function keyed(entity: Entity, keys: string): string {
  const expectation: Expectation = { kind: 'entity', name: 'it', entity, examples: [] };
  let progress = keypadStart;
  let collector = new KeyCollector(keypadQuestion(expectation, progress).spec);
  let answer: KeypadAnswer | undefined;
  for (const key of keys) {
    const event = key === 't' ? collector.timeout() : collector.press(key);
    if (event.type === 'more') continue;
    answer = keypadAnswer(expectation, progress, event, {}, noon);
    if (answer.type !== 'ask') break;
    progress = answer.progress;
    collector = new KeyCollector(keypadQuestion(expectation, progress).spec);
  }
  return answer?.type === 'meaning' ? (answer.meaning.slots['it'] ?? '') : (answer?.type ?? 'nothing');
}

describe('by keys', () => {
  test.each<[Entity, string, string]>([
    [{ type: 'date' }, '0503', '2027-05-03'],
    [{ type: 'date', keys: 'DDMM' }, '0305', '2027-05-03'],
    [{ type: 'date', year: 'last' }, '1126', '2025-11-26'],
    [{ type: 'date', year: 'asked' }, '05031980', '1980-05-03'],
    [{ type: 'date', year: 'asked' }, '02291981', 'invalid'],
    [{ type: 'date' }, '0229', '2028-02-29'],
    [{ type: 'date' }, '1301', 'invalid'],
    [{ type: 'date' }, '*', 'back'],
    [{ type: 'time' }, '1530', '15:30'],
    [{ type: 'time' }, '03301', '03:30'],
    [{ type: 'time' }, '03302', '15:30'],
    [{ type: 'time' }, '0330*03302', '15:30'],
    [{ type: 'time' }, '12002', '12:00'],
    [{ type: 'time' }, '0000', '00:00'],
    [{ type: 'time' }, '2400', 'invalid'],
    [{ type: 'time', from: '08:30', to: '18:00' }, '0330', '15:30'],
    [{ type: 'time', from: '08:30', to: '18:00' }, '0730', 'invalid'],
    [{ type: 'amount', max: 100, currency: 'USD' }, '12*50', '12.50 USD'],
    [{ type: 'amount', max: 100, currency: 'USD' }, '12#', '12.00 USD'],
    [{ type: 'amount', max: 100 }, '12*5#', '12.50'],
    [{ type: 'amount', max: 100 }, '0*50', '0.50'],
    [{ type: 'amount', max: 100 }, '12t', '12.00'],
    [{ type: 'amount', max: 100 }, '*', 'back'],
    [{ type: 'amount', max: 100 }, '1**', 'invalid'],
    [{ type: 'amount', max: 100 }, '101#', 'invalid'],
    [{ type: 'amount', max: 100 }, '1000', 'invalid'],
    [{ type: 'code', pattern: 'AA999' }, '5292204', 'KX204'],
    [{ type: 'code', pattern: 'A9' }, '741', 'S1'],
    [{ type: 'code', pattern: 'A9' }, '241', 'invalid'],
  ])('%o %s is %s', (entity, keys, value) => expect(keyed(entity, keys)).toBe(value));
});

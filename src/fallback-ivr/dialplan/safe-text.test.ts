import { describe, expect, test } from 'vitest';
import { checkNodeNames, encodeValue, safeFolder, safeTarget, safeZone, soundName } from './safe-text.js';
import { english } from '../../flow/words/english.js';
import type { Flow } from '../../flow/schema.js';

describe('values', () => {
  test('keep nothing that means something to Asterisk, and can be read back', () => {
    const hostile = 'a,b "c" ${SHELL(id)} $[1+1] ;x\r\n&|()\\ é';
    expect(encodeValue(hostile)).toMatch(/^[A-Za-z0-9_.%-]+$/);
    expect(decodeURIComponent(encodeValue(hostile))).toBe(hostile);
  });

  test('of two parts are the value of both', () => {
    expect(encodeValue('a lot of') + encodeValue(' ') + encodeValue('milk')).toBe(encodeValue('a lot of milk'));
  });

  test('that would not fit into a line stand as their hash', () => {
    expect(encodeValue('é'.repeat(500))).toMatch(/^%23[0-9a-f]{24}$/);
    expect(encodeValue('é'.repeat(500))).not.toBe(encodeValue('é'.repeat(501)));
  });
});

test('sounds have the name of their text’s hash, digits their own', () => {
  expect(soundName('../../etc, $[x]', english)).toMatch(/^say-[0-9a-f]{24}$/);
  expect(soundName('Yes.', english)).toBe(soundName('Yes.', english));
  expect(soundName('7', english)).toBe('digit-7');
});

test.each([
  () => safeTarget('300)&System(id'),
  () => safeTarget('300@other'),
  () => safeZone('Europe/Berlin?x'),
  () => safeZone('../etc'),
  () => safeFolder('/a/b&c'),
  () => safeFolder('relative'),
  () => safeFolder('/a;b'),
])('what cannot be made safe is refused: %s', (make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'HR_FLOW_INVALID' }) as Error);
});

test('names that only a dash tells apart are one name for Asterisk', () => {
  const flow = (...ids: string[]) => ({ nodes: Object.fromEntries(ids.map((id) => [id, { kind: 'hangup' }])) }) as Flow;
  expect(() => checkNodeNames(flow('ab', 'a_b', 'aB'))).not.toThrow();
  expect(() => checkNodeNames(flow('ab', 'a-b'))).toThrow(/"ab" and "a-b"/);
  expect(() => checkNodeNames(flow('a,1'))).toThrow(/name of a node/);
});

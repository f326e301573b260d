import { describe, expect, it } from 'vitest';
import { judgeRow, longestSilence, silenceFrom, type CallerVerdict } from './judge.js';

const voice = [
  { fromMs: 100, toMs: 400 },
  { fromMs: 1_000, toMs: 1_500 },
];
const well: CallerVerdict = { role: 'talking', silenceMs: 900, keyWorked: true, complaint: '' };
const row = { name: 'a fault', boundMs: 1_200, callers: [well], leftovers: [], missing: [] };

describe('silence at the caller’s side', () => {
  it('is counted to the next voice, and is none within voice', () => {
    expect(silenceFrom(voice, 500, 9_000)).toBe(500);
    expect(silenceFrom(voice, 200, 9_000)).toBe(0);
  });

  it('that never ends counts to the end of what was watched', () => {
    expect(silenceFrom(voice, 2_000, 9_000)).toBe(7_000);
    expect(silenceFrom([], 0, 9_000)).toBe(9_000);
  });

  it('between two stretches of voice is found, wherever it is longest', () => {
    expect(longestSilence(voice, 0, 1_400, 9_000)).toBe(600);
    expect(longestSilence(voice, 0, 2_000, 9_000)).toBe(7_500);
  });
});

describe('a row', () => {
  it('is good when every caller was served in time and nothing stayed', () => {
    expect(judgeRow(row)).toMatchObject({ ok: true, calls: 1, silenceMsMax: 900, keyWorked: true, leftovers: 0 });
  });

  it.each([
    ['silence beyond the bound', { callers: [well, { ...well, silenceMs: 1_201 }] }],
    ['a key that led nowhere', { callers: [well, { ...well, keyWorked: false }] }],
    ['something that stayed', { leftovers: ['channel em-1'] }],
    ['a call that ended wrong', { callers: [{ ...well, complaint: 'was cut off' }] }],
    ['what the row itself missed', { missing: ['no word of it in health'] }],
    ['no caller at all', { callers: [] }],
  ])('is bad with %s', (_what, change) => {
    expect(judgeRow({ ...row, ...change }).ok).toBe(false);
  });
});

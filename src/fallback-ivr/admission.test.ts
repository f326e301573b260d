import { describe, expect, it } from 'vitest';
import { Admission, admissionDefaults, type Headroom } from './admission.js';

const calm: Headroom = { sttWaitMs: 0, ttsWaitMs: 0, loopLateMs: 1, pacerLateMs: 1, cpu: 0.2 };
const { tightLooks, calmLooks, limits } = admissionDefaults;

function looks(admission: Admission, headroom: Partial<Headroom>, times: number): void {
  for (let i = 0; i < times; i++) admission.look({ ...calm, ...headroom });
}

describe('admission by what is measured', () => {
  it.each([
    ['sttWaitMs', limits.keypad.sttWaitMs],
    ['ttsWaitMs', limits.keypad.ttsWaitMs],
    ['loopLateMs', limits.keypad.loopLateMs],
    ['pacerLateMs', limits.keypad.pacerLateMs],
  ] as const)('gives new calls the keypad when %s stays at its limit', (name, limit) => {
    const admission = new Admission(10, 100);
    looks(admission, { [name]: limit }, tightLooks - 1);
    expect(admission.admit(0, 0)).toBe('full');
    looks(admission, { [name]: limit }, 1);
    expect(admission.admit(0, 0)).toBe('keypad');
  });

  it('takes the language model away first', () => {
    const admission = new Admission(10, 100);
    looks(admission, { cpu: limits['no-model'].cpu }, tightLooks);
    expect(admission.admit(0, 0)).toBe('no-model');
  });

  it('does not step down for one bad look', () => {
    const admission = new Admission(10, 100);
    for (let i = 0; i < 10; i++) {
      looks(admission, { loopLateMs: 1_000 }, 1);
      looks(admission, {}, 1);
    }
    expect(admission.service).toBe('full');
  });

  it('steps up one step at a time, and only well below the limit', () => {
    const admission = new Admission(10, 100);
    looks(admission, { sttWaitMs: limits.keypad.sttWaitMs }, tightLooks);
    looks(admission, { sttWaitMs: 0.8 * limits.keypad.sttWaitMs }, 10 * calmLooks);
    expect(admission.service).toBe('keypad');
    looks(admission, {}, calmLooks - 1);
    expect(admission.service).toBe('keypad');
    looks(admission, {}, 1);
    expect(admission.service).toBe('no-model');
    looks(admission, {}, calmLooks);
    expect(admission.service).toBe('full');
  });
});

describe('admission by count and by command', () => {
  it('gives speech to so many calls, keys to the others, and the dialplan what the media plane cannot carry', () => {
    const admission = new Admission(2, 4);
    expect(admission.admit(1, 1)).toBe('full');
    expect(admission.admit(2, 2)).toBe('keypad');
    expect(admission.admit(2, 4)).toBe('dialplan');
  });

  it('does what an admin decided, and measures again afterwards', () => {
    const admission = new Admission(2, 4);
    admission.mode = 'keypad';
    expect(admission.admit(0, 0)).toBe('keypad');
    admission.mode = 'drain';
    expect(admission.admit(0, 0)).toBe('dialplan');
    admission.mode = 'measured';
    expect(admission.admit(0, 0)).toBe('full');
  });
});

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compileExpectation } from '../../src/dialog/nlu/compile.js';
import { systemClock } from '../../src/kernel/clock.js';
import { FakeStt } from '../../src/local-models/fakes.js';
import type { Expectation } from '../../src/flow/expectation.js';
import { loadFlow } from '../../src/flow/load.js';
import { joined, noisy, seeded, silence, trimmed } from '../../src/audio/utterance.js';
import { bankLine } from './bank-line.js';
import { knownPart, withoutSomeValues } from '../../src/cli/calibrate/poorer-flow.js';
import { describeSet, measureUnderstanding, summarise } from './measure.js';
import { verdictOf, type Place } from './verdict.js';

const account: Place = { flow: bankLine, nodeId: 'account' };
const heard = (value: string, probability: number) => [
  { meaning: { intent: undefined, slots: { account: value } }, probability },
];
const truth = { intent: undefined, slots: { account: '1234' } };

describe('the verdict', () => {
  it('is the flow’s own: acted on, read back, or asked again', () => {
    expect(verdictOf(account, heard('1234', 0.9), truth)).toBe('right');
    expect(verdictOf(account, heard('1234', 0.5), truth)).toBe('confirmed-right');
    expect(verdictOf(account, heard('1233', 0.9), truth)).toBe('acted-wrong');
    expect(verdictOf(account, heard('1233', 0.5), truth)).toBe('confirmed-wrong');
    expect(verdictOf(account, heard('1234', 0.1), truth)).toBe('refused');
    expect(verdictOf(account, [], truth)).toBe('refused');
  });

  it('tells what is read back behind a “no”', () => {
    const two = (second: number) => [...heard('1233', 0.5), ...heard('1234', second)];
    expect(verdictOf(account, two(0.4), truth)).toBe('second-right');
    expect(verdictOf(account, two(0.1), truth)).toBe('confirmed-wrong');
    expect(verdictOf(account, two(0.4), undefined)).toBe('confirmed-wrong');
  });

  it('is never right for what the flow cannot know', () => {
    expect(verdictOf(account, heard('1234', 0.9), undefined)).toBe('acted-wrong');
    const readBack = { ...account, confirming: truth };
    const no = [{ meaning: { intent: 'no', slots: {} }, probability: 0.9 }];
    expect(verdictOf(readBack, no, undefined)).toBe('acted-wrong');
  });
});

describe('the verdict on a form that asks for what is missing', () => {
  const order = async (confirm?: 'always' | 'never') => {
    const cafe = await loadFlow(fileURLToPath(new URL('../../flows/cafe.json', import.meta.url)));
    const form = cafe.nodes['orderDrink'];
    if (form?.kind !== 'form') throw new Error('the café takes no orders');
    const flow = { ...cafe, nodes: { ...cafe.nodes, orderDrink: { ...form, ...(confirm && { confirm }) } } };
    return { flow, nodeId: flow.start };
  };
  const meant = (slots: Readonly<Record<string, string>>, probability: number) => [
    { meaning: { intent: 'orderDrink', slots }, probability },
  ];
  const whole = { intent: 'orderDrink', slots: { size: 'large', roast: 'dark roast' } };

  it('is “right in part” while nothing that it holds is wrong', async () => {
    expect(verdictOf(await order(), meant({ size: 'large' }, 0.5), whole)).toBe('part');
    expect(verdictOf(await order(), meant(whole.slots, 0.5), whole)).toBe('right');
    const option = [{ meaning: { intent: 'order', slots: {} }, probability: 0.5 }];
    expect(verdictOf(await order(), option, whole)).toBe('part');
    expect(verdictOf(await order(), option, { intent: 'question', slots: {} })).toBe('confirmed-wrong');
  });

  it('is “acted on wrongly” only where a wrong value is not read back in the end', async () => {
    const wrong = { size: 'small', roast: 'dark roast' };
    expect(verdictOf(await order(), meant(wrong, 0.9), whole)).toBe('confirmed-wrong');
    expect(verdictOf(await order('never'), meant(wrong, 0.9), whole)).toBe('acted-wrong');
  });
});

describe('the figures', () => {
  it('are shares of the set, and by speaker', () => {
    const figures = summarise('digit strings', [
      { verdict: 'right', speaker: 'a' },
      { verdict: 'confirmed-right', speaker: 'a' },
      { verdict: 'acted-wrong', speaker: 'b' },
      { verdict: 'refused', speaker: 'b' },
    ]);
    expect(figures).toMatchObject({ n: 4, right: 0.25, confirmedRight: 0.25, actedWrong: 0.25, refused: 0.25 });
    expect(figures.bySpeaker).toEqual({ a: 1, b: 0 });
    expect(describeSet(figures)).toContain('right or confirmed right 50.0 %');
    expect(describeSet({ ...figures, name: 'outside: x' })).toContain('nothing wrong acted on 75.0 %');
  });
});

describe('the measure', () => {
  it('has each speaker heard by the recogniser that is meant for that speaker', async () => {
    const makes = (speaker: string | undefined) => ({ place: account, samples: new Int16Array(80), truth, speaker });
    const speakers = ['ann', undefined, 'bob'];
    const set = { name: 'digit strings', count: 3, make: (at: number) => Promise.resolve(makes(speakers[at])) };
    const sttFor = (speaker: string | undefined) =>
      Promise.resolve(
        new FakeStt(systemClock, speaker === 'bob' ? [{ readings: [{ text: '1 2 3 4', posterior: 0.9 }] }] : [], 0),
      );
    const hearing = { sttFor, understander: { compile: (at: Expectation) => compileExpectation(at) } };
    const { sets } = await measureUnderstanding(hearing, [set], () => undefined);
    expect(sets[0]).toMatchObject({ right: 0.333, refused: 0.667, bySpeaker: { ann: 0, bob: 1 } });
  });
});

describe('the material', () => {
  it('is the same for the same seed', () => {
    const [one, other] = [seeded(7), seeded(7)];
    expect([one(), one()]).toEqual([other(), other()]);
    expect(seeded(8)()).not.toBe(seeded(7)());
  });

  it('cuts to the voiced part with what is kept around it', () => {
    const tone = new Int16Array(1_600).fill(5_000);
    const cut = trimmed(joined([silence(500), tone, silence(500)]), 100, 50);
    expect(cut).toHaveLength(800 + 1_600 + 400);
    expect(cut[800]).toBe(5_000);
  });

  it('mixes noise at the level that was asked for', () => {
    const speech = Int16Array.from({ length: 8_000 }, (_, n) => (n % 2 === 0 ? 8_000 : -8_000));
    const noise = Int16Array.from({ length: 900 }, (_, n) => (n % 3) * 100);
    const mixed = noisy(speech, noise, 20, 5);
    const added = mixed.map((sample, n) => sample - (speech[n] ?? 0));
    const rms = Math.sqrt(added.reduce((sum, sample) => sum + sample * sample, 0) / added.length);
    expect(rms).toBeGreaterThan(780);
    expect(rms).toBeLessThan(820);
  });

  it('knows of what is meant what is left on the lists, and takes no other value for it', async () => {
    const poorer = withoutSomeValues(await loadFlow(fileURLToPath(new URL('../../flows/cafe.json', import.meta.url))));
    const known = (milkAmount: string) =>
      knownPart(poorer, { file: 'a.wav', intent: 'orderDrink', slots: { milkAmount } })?.slots;
    expect(known('a bit of milk')).toEqual({ milkAmount: 'a bit of milk' });
    expect(known('soy milk')).toEqual({ milkAmount: 'soy milk' });
    expect(known('a bit of whole milk')).toEqual({});
    expect(known('whole milk')).toEqual({});
  });

  it('takes values out of the form, and leaves the rest of the flow alone', async () => {
    const flow = await loadFlow(fileURLToPath(new URL('../../flows/cafe.json', import.meta.url)));
    const poorer = JSON.stringify(withoutSomeValues(flow).nodes['orderDrink']);
    expect(poorer).not.toContain('"cappuccino"');
    expect(poorer).toContain('"latte"');
    expect(withoutSomeValues(flow).nodes['main']).toEqual(flow.nodes['main']);
    // Nothing is shared: what was compiled for the whole flow must not be taken for this one.
    expect(withoutSomeValues(flow).nodes['main']).not.toBe(flow.nodes['main']);
  });
});

import { describe, expect, test } from 'vitest';
import { step } from './interpreter.js';
import { initialState } from './entering.js';
import { compileExpectation } from './nlu/compile.js';
import { SimulatedCall } from './simulate.js';
import type { Circumstances } from './state.js';
import { CachingUnderstander } from './understander.js';
import { keysOf } from '../flow/directory.js';
import { lintFlow } from '../flow/lint.js';
import { lintInWorld } from '../flow/lint-world.js';
import { parseFlow } from '../flow/load.js';
import type { Person } from '../flow/schema.js';

const now: Circumstances = { wallMs: 0, speech: true, languageModel: false };
const nlu = new CachingUnderstander((expectation) => compileExpectation(expectation));

const people: readonly Person[] = [
  { name: 'Anna Smith', about: 'sales', extension: '101' },
  { name: 'Anna Smith', about: 'support', extension: '102' },
  { name: 'Jürgen Baumgartner', say: ['the boss'], extension: '103' },
  { name: 'Maria van der Berg', lastName: 'van der Berg', extension: '104' },
  { name: 'Carl Meyer', extension: '105' },
  { name: 'Karl Maier', extension: '106' },
];

function flowWith(listed: readonly Person[], more: object = {}) {
  return parseFlow(
    {
      schema: 1,
      id: 'desk',
      name: 'Desk',
      language: 'en-US',
      start: 'who',
      operator: 'person',
      giveUp: 'person',
      defaults: { accept: 0.8, confirm: 0.4 },
      nodes: {
        who: { kind: 'directory', prompt: 'Who would you like to speak to?', people: listed, failed: 'away', ...more },
        away: { kind: 'say', prompt: '{person} does not answer.', next: 'person' },
        person: { kind: 'transfer', to: '100', failed: 'bye' },
        bye: { kind: 'hangup' },
      },
    },
    'test',
  );
}

const flow = flowWith(people);

function call(circumstances = now, of = flow): SimulatedCall {
  return new SimulatedCall(of, circumstances, { nlu, nowMs: () => 0 });
}

/** What the last answer came to. */
function after(simulated: SimulatedCall) {
  const last = simulated.steps.at(-1);
  return { said: last?.said.join(' '), then: last?.then, who: last?.variables['person'] };
}

describe('by speech', () => {
  test.each([
    ['Maria van der Berg', 'Maria van der Berg'],
    ["I'd like to speak to Jürgen Baumgartner, please.", 'Jürgen Baumgartner'],
    ['can you put me through to the boss', 'Jürgen Baumgartner'],
    ['Mister Baumgartner', 'Jürgen Baumgartner'],
    ['Maria please', 'Maria van der Berg'],
    ['Anna Smith in support', 'Anna Smith, support'],
    ['B-A-U-M-G-A-R-T-N-E-R', 'Jürgen Baumgartner'],
    ["it's spelled M as in nothing", undefined],
    ['mike alpha india echo romeo', 'Karl Maier'],
    ['M E Y E R', 'Carl Meyer'],
    ['Peter Parker', undefined],
  ])('“%s” is %s', (text, who) => {
    const simulated = call();
    simulated.play({ type: 'say', text });
    expect(after(simulated).who).toBe(who);
    if (who !== undefined) expect(after(simulated)).toMatchObject({ then: 'transfer', said: `I am calling ${who}.` });
  });

  test.each([
    ['in support', 'Anna Smith, support'],
    ['the first one', 'Anna Smith, sales'],
  ])('who shares a name is read out, and “%s” chooses', (text, who) => {
    const simulated = call();
    simulated.play({ type: 'say', text: 'Smith' });
    expect(after(simulated)).toEqual({
      said: 'Anna Smith, sales. Press 1. Anna Smith, support. Press 2. For another name, press star.',
      then: 'listen',
      who: undefined,
    });
    simulated.play({ type: 'say', text });
    expect(after(simulated)).toMatchObject({ then: 'transfer', who });
  });

  test('a key chooses among them too, and star begins anew', () => {
    const simulated = call();
    simulated.play({ type: 'say', text: 'Anna' });
    simulated.play({ type: 'keys', keys: '*' });
    expect(after(simulated).said).toContain('first letters of the last name');
    const other = call();
    other.play({ type: 'say', text: 'Anna' });
    other.play({ type: 'keys', keys: '2' });
    expect(after(other)).toMatchObject({ then: 'transfer', who: 'Anna Smith, support' });
  });

  test('who wants none of them is asked anew', () => {
    const simulated = call();
    simulated.play({ type: 'say', text: 'Anna' });
    simulated.play({ type: 'say', text: 'No, somebody else.' });
    expect(after(simulated)).toMatchObject({ then: 'listen', said: 'Who would you like to speak to?' });
    simulated.play({ type: 'say', text: 'Carl Meyer' });
    expect(after(simulated).who).toBe('Carl Meyer');
  });

  test('the keypad reads the same people when speech goes on to fail', () => {
    const simulated = call();
    simulated.play({ type: 'say', text: 'Anna' });
    simulated.play({ type: 'trouble', reason: 'engine' });
    expect(after(simulated).said).toContain('Anna Smith, sales. Press 1.');
  });

  test('names that sound alike share the probability: both are read out', () => {
    const guess = (person: string, probability: number) => ({
      meaning: { intent: undefined, slots: { person } },
      probability,
    });
    const heard = (hypotheses: readonly ReturnType<typeof guess>[]) =>
      step(flow, initialState(flow), { type: 'speech', hypotheses, text: 'x' }, now);
    const both = heard([guess('Carl Meyer', 0.5), guess('Karl Maier', 0.42)]);
    expect(both.then.type).toBe('listen');
    expect(both.say).toEqual(['Carl Meyer.', 'Press 1.', 'Karl Maier.', 'Press 2.', 'For another name, press star.']);
    expect(heard([guess('Carl Meyer', 0.9), guess('Karl Maier', 0.08)]).then.type).toBe('transfer');
    expect(heard([guess('Carl Meyer', 0.5)]).say).toEqual(['Carl Meyer. Is that right?']);
    expect(heard([guess('Carl Meyer', 0.2)]).outcome).toBe('nomatch');
  });

  test('of more than nine nobody is read out to somebody who can say the whole name', () => {
    const many = Array.from({ length: 12 }, (_x, i) => ({ name: `Sam Poe${'x'.repeat(i)}`, extension: '1' }));
    const simulated = call(now, flowWith(many));
    simulated.play({ type: 'say', text: 'Sam' });
    expect(after(simulated)).toMatchObject({
      then: 'listen',
      said: expect.stringContaining('first and the last name'),
    });
  });

  test('nobody answers: the flow goes on, and knows who was asked for', () => {
    const simulated = call();
    simulated.play({ type: 'say', text: 'Carl Meyer' });
    simulated.play({ type: 'done', ok: false });
    expect(after(simulated).said).toContain('Carl Meyer does not answer.');
  });

  test('what the flow says before it rings', () => {
    const simulated = call(now, flowWith(people, { connecting: 'Ringing {person} now.' }));
    simulated.play({ type: 'say', text: 'Carl Meyer' });
    expect(after(simulated).said).toBe('Ringing Carl Meyer now.');
  });
});

describe('by keys', () => {
  const silent = { ...now, speech: false };

  test('letters are on keys as on every telephone', () => {
    expect(keysOf('Smith')).toBe('76484');
    expect(keysOf('Ó Súilleabháin-Groß')).toBe('678455322424647677');
  });

  test('a name that is clear is read at once; further keys of it hear it again', () => {
    const simulated = call(silent);
    simulated.play({ type: 'keys', keys: '22' });
    // B-A: Baumgartner, no other.
    expect(after(simulated).said).toBe('Jürgen Baumgartner. Press 1. For another name, press star.');
    simulated.play({ type: 'keys', keys: '864' });
    expect(after(simulated)).toMatchObject({ then: 'listen', who: undefined });
    simulated.play({ type: 'keys', keys: '1' });
    expect(after(simulated)).toMatchObject({ then: 'transfer', who: 'Jürgen Baumgartner' });
  });

  test('keys that nobody has are wrong, pound ends a name, 0 leads to a person in the middle of one', () => {
    const simulated = call(silent);
    simulated.play({ type: 'keys', keys: '99' });
    expect(after(simulated).said).toContain('That key has no meaning here.');
    simulated.play({ type: 'keys', keys: '6#' });
    expect(after(simulated).said).toContain('Carl Meyer. Press 1. Karl Maier. Press 2.');
    const other = call(silent);
    other.play({ type: 'keys', keys: '60' });
    expect(other.steps.at(-1)?.nodeId).toBe('person');
  });

  test('the parts of a last name that has several words', () => {
    const simulated = call(silent);
    simulated.play({ type: 'keys', keys: '82' });
    expect(after(simulated).said).toContain('Maria van der Berg. Press 1.');
  });
});

describe('the lint', () => {
  const codes = (listed: readonly Person[]) =>
    lintFlow(flowWith(listed)).map(({ code, severity }) => `${severity} ${code}`);

  test('finds who cannot be reached or told apart', () => {
    expect(codes([])).toEqual(['error empty-directory']);
    expect(
      codes([
        { name: 'Anna Smith', extension: '1' },
        { name: 'anna smith', extension: '2' },
      ]),
    ).toEqual(['error same-person']);
    expect(codes([{ name: '王', extension: '1' }])).toEqual(['error no-way-by-keys']);
    expect(codes([{ name: '王', lastName: 'Wang', extension: '1' }])).toEqual([]);
    expect(codes(people)).toEqual(['warning same-sound']);
  });

  test('finds extensions that Asterisk does not know', async () => {
    let [asking, most] = [0, 0];
    const knowsTarget = async (to: string): Promise<boolean> => {
      most = Math.max(most, ++asking);
      await Promise.resolve();
      asking--;
      return to !== '104';
    };
    const world = { takes: () => [], knowsTarget };
    const many = Array.from({ length: 40 }, (_x, i) => ({
      name: `Sam Poe${'x'.repeat(i)}`,
      extension: String(200 + i),
    }));
    const found = await lintInWorld(flowWith([...people, ...many]), world);
    expect(most).toBe(8);
    expect(found.filter(({ code }) => code === 'unknown-target').map(({ message }) => message)).toEqual([
      'Asterisk does not know 104 where it looks for people.',
    ]);
  });
});

import { describe, expect, test } from 'vitest';
import { compileExpectation } from './nlu/compile.js';
import { runScenario, scenarioOf } from './simulate-scenario.js';
import type { SimulatedInput } from './simulate.js';
import { smallFlow } from './testing/small-flow.js';
import { CachingUnderstander } from './understander.js';
import { parseScenarios, scenarioText, type Scenario } from '../flow/scenario.js';

let timeMs = 0;
const world = { nlu: new CachingUnderstander(compileExpectation), nowMs: () => (timeMs += 5) };
const run = (steps: Scenario['steps'], more: Partial<Scenario> = {}) =>
  runScenario(smallFlow, { name: 'x', steps, ...more }, 0, world);

test('a scenario that goes as expected has no failures', () => {
  const { failures, steps } = run([
    { expect: { node: 'main', face: 'ai', says: 'how can I help?' } },
    { say: 'a large latte', expect: { outcome: 'confirm', variables: { size: 'large' }, fallback: 'none' } },
    { say: 'yes', expect: { node: 'main', says: 'One latte', within: 100 } },
    { press: '0', expect: { then: 'transfer', fallback: 'caller' } },
    { done: false, expect: { node: 'message', then: 'voicemail' } },
  ]);
  expect(failures).toEqual([]);
  expect(steps).toHaveLength(5);
});

test('what is not as expected is told, each with its step', () => {
  const { failures } = run([
    { expect: { says: 'Good evening' } },
    { say: 'where is my order', expect: { node: 'drink', face: 'keypad', variables: { size: 'large' }, within: 1 } },
    { trouble: 'deadline', expect: { fallback: 'engine' } },
  ]);
  expect(failures.map(({ step, what }) => `${String(step)} ${what}`)).toEqual([
    '1 says: expected “Good evening” in “How can I help?”',
    '2 node: expected drink, was number',
    '2 face: expected keypad, was ai',
    '2 size: expected large, was not set',
    '2 within: expected 1 ms, took 5.0 ms',
    '3 fallback: expected engine, was deadline',
  ]);
});

test('an input that nobody waits for ends it', () => {
  const { failures } = run([{ press: '0' }, { say: 'hello' }, { silence: true }]);
  expect(failures).toEqual([{ step: 2, what: 'the call waits for transfer, which this does not answer' }]);
});

test('a run becomes a scenario that passes, and that fails on another flow', () => {
  const inputs: SimulatedInput[] = [
    { type: 'say', text: 'where is my order', sure: 0.6 },
    { type: 'keys', keys: '1' },
    { type: 'noise' },
    { type: 'silence' },
    { type: 'trouble', reason: 'engine' },
    { type: 'keys', keys: '0471' },
  ];
  const now = { wallMs: 1_700_000_000_000, speech: true, languageModel: false };
  const text = scenarioText([scenarioOf(smallFlow, 'from a run', inputs, now, world)]);
  const [scenario] = parseScenarios(text, 'x').scenarios;
  if (!scenario) throw new Error('no scenario');
  expect(scenario.steps.map(({ expect: _seen, ...input }) => input)).toEqual([
    {},
    { say: 'where is my order', sure: 0.6 },
    { press: '1' },
    { noise: true },
    { silence: true },
    { trouble: 'engine' },
    { press: '0471' },
  ]);
  expect(scenario).toMatchObject({ name: 'from a run', at: '2023-11-14T22:13:20.000Z' });
  expect(runScenario(smallFlow, scenario, 0, world).failures).toEqual([]);
  const other = { ...smallFlow, nodes: { ...smallFlow.nodes, bye: { kind: 'hangup', prompt: 'So long.' } as const } };
  expect(runScenario(other, scenario, 0, world).failures.map(({ step }) => step)).toEqual([7]);
});

describe('a file', () => {
  const wrong = (text: string): string => {
    try {
      parseScenarios(text, 'my.test.yaml');
      return 'none';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const steps = (yaml: string): string => `scenarios:\n  - name: x\n    steps: ${yaml}\n`;

  test.each([
    ['keys without quotes', steps('[{ press: 007 }]'), /press: .*in quotes/],
    ['two inputs in one step', steps('[{ say: x, press: "1" }]'), /steps\.0: needs one of .*, has say, press/],
    ['no input in a later step', steps('[{}, { expect: { node: a } }]'), /steps\.1: needs one of .*, has none/],
    ['an unknown field', steps('[{ says: x }]'), /steps\.0\.says: is not known here/],
    ['a day without an offset', 'scenarios: [{ name: x, at: "2026-12-24T10:00", steps: [{}] }]', /\.at: /],
    ['no YAML', 'scenarios: [', /my\.test\.yaml/],
    ['nothing', '', /must be an object/],
  ])('with %s is refused', (_what, text, message) => expect(wrong(text)).toMatch(message));
});

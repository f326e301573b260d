import { SimulatedCall, type SimulatedInput, type SimulatedStep, type SimulationWorld } from './simulate.js';
import type { Circumstances } from './state.js';
import type { Flow } from '../flow/schema.js';
import type { Scenario, ScenarioStep } from '../flow/scenario.js';

/** How a scenario went. */
export interface ScenarioReport {
  readonly name: string;
  /** What was not as expected, in the order of the steps. None: it passed. */
  readonly failures: readonly ScenarioFailure[];
  readonly steps: readonly SimulatedStep[];
}

export interface ScenarioFailure {
  /** From 1, as in the file. */
  readonly step: number;
  /** For instance `node: expected drink, was main`. */
  readonly what: string;
}

/** Plays a scenario on the line's own interpreter and NLU, and compares each step that says what it expects. */
export function runScenario(flow: Flow, scenario: Scenario, wallMs: number, world: SimulationWorld): ScenarioReport {
  const { name, at, language, speech = true, steps } = scenario;
  const now: Circumstances = { wallMs: at === undefined ? wallMs : Date.parse(at), speech, languageModel: false };
  const call = new SimulatedCall(flow, now, world, language);
  const failures: ScenarioFailure[] = [];
  for (const [i, step] of steps.entries()) {
    const before = call.steps.length;
    const input = inputOf(step);
    if (input && !call.play(input)) {
      failures.push({ step: i + 1, what: `the call waits for ${call.waitsFor}, which this does not answer` });
      break;
    }
    // What the call began with belongs to a first step that only looks.
    const come = call.steps.slice(input ? before : 0);
    failures.push(...unlike(step.expect ?? {}, come).map((what) => ({ step: i + 1, what })));
  }
  return { name, failures, steps: call.steps };
}

function inputOf({
  say,
  sure,
  press,
  silence,
  noise,
  trouble,
  answer,
  done,
}: ScenarioStep): SimulatedInput | undefined {
  if (say !== undefined) return { type: 'say', text: say, ...(sure === undefined ? {} : { sure }) };
  if (press !== undefined) return { type: 'keys', keys: press };
  if (silence) return { type: 'silence' };
  if (noise) return { type: 'noise' };
  if (trouble) return { type: 'trouble', reason: trouble };
  if (done !== undefined) return { type: 'done', ok: done };
  return answer === undefined ? undefined : { type: 'tool', answer };
}

/** @param come the steps that one input has led to: keys can answer several questions */
function unlike(expected: NonNullable<ScenarioStep['expect']>, come: readonly SimulatedStep[]): string[] {
  const last = come.at(-1);
  if (!last) return [];
  const differ = (what: string, wanted: string | undefined, found: string): string[] =>
    wanted === undefined || wanted === found ? [] : [`${what}: expected ${wanted}, was ${found}`];
  const said = come.flatMap((step) => step.said).join(' ');
  const tookMs = come.reduce((sum, step) => sum + step.tookMs, 0);
  return [
    ...differ('node', expected.node, last.nodeId),
    ...differ('face', expected.face, last.face),
    ...differ('then', expected.then, last.then),
    ...differ('outcome', expected.outcome, last.outcome),
    ...differ('fallback', expected.fallback, come.find(({ fallback }) => fallback)?.fallback ?? 'none'),
    ...Object.entries(expected.variables ?? {}).flatMap(([name, value]) =>
      differ(name, value, last.variables[name] ?? 'not set'),
    ),
    ...(expected.says === undefined || plain(said).includes(plain(expected.says))
      ? []
      : [`says: expected “${expected.says}” in “${said}”`]),
    ...(expected.within === undefined || tookMs <= expected.within
      ? []
      : [`within: expected ${String(expected.within)} ms, took ${tookMs.toFixed(1)} ms`]),
  ];
}

function plain(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim();
}

/** A run as a scenario that expects what happened. */
export function scenarioOf(
  flow: Flow,
  name: string,
  inputs: readonly SimulatedInput[],
  now: Circumstances,
  world: SimulationWorld,
  language?: string,
): Scenario {
  const call = new SimulatedCall(flow, now, world, language);
  const steps: ScenarioStep[] = [{ expect: seen(call.steps) }];
  for (const input of inputs) {
    const before = call.steps.length;
    if (!call.play(input)) break;
    steps.push({ ...stepOf(input), expect: seen(call.steps.slice(before)) });
  }
  const at = new Date(now.wallMs).toISOString();
  return {
    name,
    at,
    ...(language === undefined ? {} : { language }),
    ...(now.speech ? {} : { speech: false }),
    steps,
  };
}

function stepOf(input: SimulatedInput): ScenarioStep {
  switch (input.type) {
    case 'say':
      return { say: input.text, ...(input.sure === undefined ? {} : { sure: input.sure }) };
    case 'heard':
      return { say: input.text };
    case 'keys':
      return { press: input.keys };
    case 'silence':
      return { silence: true };
    case 'noise':
      return { noise: true };
    case 'trouble':
      return { trouble: input.reason };
    case 'done':
      return { done: input.ok };
    case 'tool':
      return { answer: input.answer };
  }
}

function seen(come: readonly SimulatedStep[]): NonNullable<ScenarioStep['expect']> {
  const last = come.at(-1);
  if (!last) return {};
  const { nodeId, face, then, outcome } = last;
  const says = last.said.join(' ');
  return { node: nodeId, face, then, outcome, ...(says === '' ? {} : { says }) };
}

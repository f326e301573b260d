import { initialState } from '../../src/dialog/entering.js';
import { step } from '../../src/dialog/interpreter.js';
import type { Circumstances, DialogInput, DialogState, Listen, Then } from '../../src/dialog/state.js';
import { encodeValue } from '../../src/fallback-ivr/dialplan/safe-text.js';
import { KeyCollector } from '../../src/fallback-ivr/key-collector.js';
import type { Flow } from '../../src/flow/schema.js';
import { withoutMarks } from '../../src/flow/voice-mark.js';
import { systemClock } from '../../src/kernel/clock.js';
import { everyKindFlow } from './every-kind-flow.js';

/** One answer to one question: keys as they are pressed, `wait` for a caller who does nothing, or `later 5` into a recording. */
export type Answer = string;

export interface Passage {
  /** What is said before each answer and at the end, as letters and digits. */
  readonly said: string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Where it ended: the node. */
  readonly node: string;
}

/** What the interpreter does with the same answers, without speech. */
export function interpret(flow: Flow, script: readonly Answer[]): Passage {
  const { said, node, variables } = walk(flow, script);
  const filled = Object.entries(variables).filter(([, value]) => value !== '');
  return { said, node, variables: Object.fromEntries(filled.map(([name, value]) => [name, encodeValue(value)])) };
}

/** `saidBefore`: how much was said before each answer. */
export function walk(
  flow: Flow,
  script: readonly Answer[],
): Passage & { readonly then: Then; readonly saidBefore: readonly number[] } {
  const now: Circumstances = { wallMs: systemClock.wallMs(), speech: false, languageModel: false };
  const said: string[] = [];
  let state: DialogState = initialState(flow);
  const take = (input: DialogInput): Then => {
    let next = step(flow, state, input, now);
    const words = [...next.say];
    // The copy asks no web service and goes on at once.
    while (next.then.type === 'tool') {
      next = step(flow, next.state, { type: 'tool', values: undefined }, now);
      words.push(...next.say);
    }
    state = next.state;
    said.push(plain(withoutMarks(words.join(' '))));
    return next.then;
  };
  let then = take({ type: 'start' });
  const saidBefore: number[] = [];
  for (const answer of script) {
    saidBefore.push(said.length);
    if (then.type === 'listen') then = answer === 'wait' ? take({ type: 'noinput' }) : press(then, answer, take);
    else if (then.type === 'voicemail') then = take({ type: 'done', ok: true });
    else if (then.type === 'transfer') then = take({ type: 'done', ok: false });
    else throw new Error(`nothing is asked any more: ${script.join(' ')}`);
  }
  return { said, node: state.nodeId, variables: state.variables, then, saidBefore };
}

/** Keys that a question does not need answer the next one. */
function press(listen: Listen, keys: string, take: (input: DialogInput) => Then): Then {
  let then: Then = listen;
  let collector = new KeyCollector(listen.keys);
  for (const key of keys) {
    if (then.type !== 'listen') return then;
    const event = collector.press(key);
    if (event.type === 'more') continue;
    then = take({ type: 'keys', event });
    if (then.type === 'listen') collector = new KeyCollector(then.keys);
  }
  return then.type === 'listen' && collector.pending ? take({ type: 'keys', event: collector.timeout() }) : then;
}

/** Right and wrong keys, silence, `*` and `#`, chosen by a seed, until the call is over or long enough. */
export function randomScript(flow: Flow, seed: number): Answer[] {
  let random = seed * 7919;
  const pick = <T>(from: readonly T[]): T => {
    random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
    const picked = from[Math.floor((random / 2_147_483_648) * from.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  };
  const script: Answer[] = [];
  while (script.length < 16) {
    const { then, node } = walk(flow, script);
    if (then.type !== 'listen') break;
    const { keys } = then;
    const right =
      keys.kind === 'digits'
        ? ['1'.repeat(keys.max), `${pick(['0', '3', '12', '250'])}#`.slice(-keys.max - 1), ...keyedFor(keys)]
        : keys.kind === 'amount'
          ? ['7#', '12*5#', '119*99', '120*01', '0*00', '3*#', '*', '1**', '1*01']
          : // A transfer ends the café's call, and takes its time in the flow of every kind.
            [...keys.keys, ...(keys.numbers ?? []), ...(keys.names?.keys() ?? [])].filter(
              (key) => !(node === 'main' && key === (flow === everyKindFlow ? '4' : '5')),
            );
    const odd = pick([0, 1, 2, 3, 4, 5, 6, 7]);
    script.push(
      odd > 1 ? pick(right) : pick(['*', '#', '#', '*', '9', '7', 'wait', keys.kind === 'digits' ? '1*' : '8']),
    );
  }
  return script;
}

/** Days, times and codes among so many digits, right ones and such as are not in the calendar. */
function keyedFor({ min, max }: { readonly min: number; readonly max: number }): string[] {
  const keyed = [
    '0229',
    '1231',
    '3112',
    '0315',
    '1205',
    '0000',
    '1747',
    '2575',
    '29021996',
    '01132000',
    '31121899',
    '21521',
    '74994',
  ];
  return keyed.filter(({ length }) => length === max && min === max);
}

/** Letters and digits alone. */
export function plain(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

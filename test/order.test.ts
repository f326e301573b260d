import { beforeAll, expect, it } from 'vitest';
import { judge } from '../bench/commands.js';
import { expectNothingLeft, useLine } from './harness.js';
import { callers, spokenOrders, type SpokenOrder } from './support/speakers.js';

const CALLERS = 12;
/** As many as two cores serve well. */
const AT_ONCE = 2;
/** Of twelve people one may have to say it again; none may get something else. */
const NOT_UNDERSTOOD = 1;

const line = useLine();
let orders: SpokenOrder[] = [];

beforeAll(async () => {
  orders = await spokenOrders(await callers(line().stack.pbx), CALLERS);
});

interface Placed {
  readonly order: SpokenOrder;
  readonly understood: boolean;
  /** Each turn, as it was heard and taken. */
  readonly heard: string;
  /** What the flow's variables were given once the caller agreed. */
  readonly ordered: Readonly<Record<string, string>> | undefined;
}

/** Says the order; agrees to what was understood rightly, and to nothing else. */
async function place(order: SpokenOrder): Promise<Placed> {
  const call = await line().call();
  await call.listen();
  await call.say(order.samples);
  await call.hearsVoice();
  const turn = await call.turn(({ input }) => input.type === 'speech');
  const understood = judge(order, turn) === 'understood';
  if (!understood) {
    const { turns } = await call.hangup();
    const acted = turns.some(({ nextNodeId }) => nextNodeId === 'anythingElse');
    expect(acted, `${order.file} was not understood, and acted on`).toBe(false);
    const heard = turns.map(({ input, outcome, marks }) => JSON.stringify({ input, outcome, marks })).join('\n  ');
    return { order, understood, heard, ordered: undefined };
  }
  await call.press('1');
  await call.expectPrompt('Great,', 400);
  const { input } = await call.turn(({ nextNodeId }) => nextNodeId === 'anythingElse');
  await call.hangup();
  return { order, understood, heard: '', ordered: input.type === 'none' ? undefined : input.meaning.slots };
}

it(
  'takes the orders of twelve callers by voice, each confirmed by the caller and answered',
  { timeout: 300_000 },
  async () => {
    const waiting = [...orders];
    const placed: Placed[] = [];
    const caller = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) placed.push(await place(next));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, caller));

    const missed = placed
      .filter(({ understood }) => !understood)
      .map(({ order, heard }) => `${order.file}, ${JSON.stringify(order.slots)}:\n  ${heard}`);
    console.log(`${String(placed.length - missed.length)} of ${String(placed.length)} orders were understood`);
    expect(placed).toHaveLength(CALLERS);
    expect(missed.length, `not understood:\n${missed.join('\n')}`).toBeLessThanOrEqual(NOT_UNDERSTOOD);
    for (const { order, understood, ordered } of placed) if (understood) expect(ordered).toEqual(order.slots);
  },
);

it('leaves nothing behind', () => expectNothingLeft(line()));

import { expect, it } from 'vitest';
import { readCommands } from '../bench/commands.js';
import { expectNothingLeft, useLine } from './harness.js';
import { cafeNode, keypadSteps } from './support/flows.js';
import { callers } from './support/speakers.js';

const line = useLine();
const { forOrder, forHours, forStatus } = { forOrder: '1', forHours: '2', forStatus: '3' };

it('takes the fullest order of the recorded callers by keys alone', async () => {
  const commands = await readCommands((await callers(line().stack.pbx)).path);
  const order = commands.reduce((fullest, next) =>
    Object.keys(next.slots).length > Object.keys(fullest.slots).length ? next : fullest,
  );
  const call = await line().call();
  await call.hearsVoice();
  await call.press(forOrder);
  for (const { asks, keys } of keypadSteps(cafeNode('orderDrink', 'form').slots, order.slots)) {
    await call.expectPrompt(asks, 600);
    await call.press(keys);
  }
  await call.turn(({ input, outcome }) => outcome === 'keys' && input.type === 'keys');
  await call.hearsVoice();
  await call.press('1');
  await call.expectPrompt('Great,', 400);
  const taken = await call.turn(({ nextNodeId }) => nextNodeId === 'anythingElse');
  expect(taken.input).toMatchObject({ type: 'keys', meaning: { intent: 'orderDrink', slots: order.slots } });
  await call.expectPrompt('For ordering a drink, press 1.');
  await call.hangup();
});

it('tells the opening hours by a key, while the greeting is still spoken', async () => {
  const call = await line().call();
  await call.hearsVoice();
  await call.press(forHours);
  const prompts = [cafeNode('openNow', 'say').prompt, cafeNode('closedNow', 'say').prompt];
  const { said } = await call.turn(({ nextNodeId }) => nextNodeId === 'anythingElse');
  const expected = prompts.find((prompt) => said.startsWith(prompt));
  expect(expected, said).toBeDefined();
  await call.expectPrompt(expected ?? '');
  await call.hangup();
});

it('takes an order number by keys and reads it back', async () => {
  const call = await line().call();
  await call.hearsVoice();
  await call.press(forStatus);
  await call.expectPrompt('Please type your four digit order number.');
  await call.press('4071');
  const turn = await call.turn(({ nodeId, input }) => nodeId === 'orderNumber' && input.type === 'keys');
  expect(turn.input).toMatchObject({ meaning: { slots: { orderNumber: '4071' } } });
  expect(turn.said).toContain('Order 4 0 7 1 is being made.');
  await call.expectWords('is being made', 'ready in about five minutes');
  await call.hangup();
});

it('leads to a person with 0, at any moment', async () => {
  const call = await line().call();
  await call.hearsVoice();
  await call.press('0');
  await call.expectPrompt(cafeNode('person', 'transfer').prompt ?? '');
  await call.expectSound('hello', 300);
  await call.hangup();
});

it('goes one question back with *', async () => {
  const call = await line().call();
  await call.hearsVoice();
  await call.press(forOrder);
  await call.expectPrompt('Which drink would you like?', 600);
  await call.press('5');
  await call.expectPrompt('Which size?', 600);
  await call.press('*');
  await call.expectPrompt('Which drink would you like?', 600);
  await call.hangup();
});

it('says that a key has no meaning, and reads the keys that have one', async () => {
  const call = await line().call();
  await call.hearsVoice();
  await call.press('9');
  await call.expectPrompt('That key has no meaning here.');
  await call.expectPrompt('For ordering a drink, press 1.');
  await call.press(forOrder);
  await call.expectPrompt('Which drink would you like?', 600);
  await call.hangup();
});

it('leaves nothing behind', () => expectNothingLeft(line()));

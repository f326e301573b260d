import { expect, it } from 'vitest';
import { expectNothingLeft, useLine } from './harness.js';
import { cafeNode } from './support/flows.js';

const line = useLine();

it('tells the opening hours to who asks for them', async () => {
  const question = await line().sounds.caller('What are your opening hours?');
  const call = await line().call();
  await call.listen();
  await call.say(question);
  const turn = await call.turn(({ nextNodeId }) => nextNodeId === 'anythingElse');
  expect(turn.input).toMatchObject({ type: 'speech', meaning: { intent: 'hours' } });
  const prompts = [cafeNode('openNow', 'say').prompt, cafeNode('closedNow', 'say').prompt];
  const expected = prompts.find((prompt) => turn.said.startsWith(prompt));
  expect(expected, turn.said).toBeDefined();
  await call.expectPrompt(expected ?? '');
  await call.expectPrompt('Anything else?', 600);

  await call.listen();
  await call.say(await line().sounds.caller('No, that is all.'));
  await call.expectPrompt(cafeNode('goodbye', 'hangup').prompt ?? '', 600);
  const end = await call.phone.ended;
  expect(end.by).toBe('them');
  const { ending } = await line().recordWhen(call.callerId, ({ endedAtWallMs }) => endedAtWallMs !== undefined);
  expect(ending).toBe('hungup-by-flow');
});

it('leaves nothing behind', () => expectNothingLeft(line()));

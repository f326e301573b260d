import { expect, it } from 'vitest';
import { expectNothingLeft, useLine } from './harness.js';
import { callers, spokenDigits } from './support/speakers.js';

const NUMBER = '4071';
/** A caller who is not understood says it again, before the keypad takes over. */
const TRIES = 2;

const line = useLine();

it('understands an order number that is spoken digit by digit, and reads it back', async () => {
  const folder = await callers(line().stack.pbx);
  const askFor = await line().sounds.caller('Can I check on my order?');
  const call = await line().call();
  await call.listen();
  await call.say(askFor);
  await call.expectPrompt('What’s your order number? It has four digits.'.replace('’', "'"));
  await call.listen();

  for (let take = 0; take < TRIES; take++) {
    await call.say(await spokenDigits(folder, NUMBER, take));
    await call.hearsVoice();
    const turn = await call.turn(
      ({ nodeId, input, index }) => nodeId === 'orderNumber' && input.type === 'speech' && index > take,
    );
    if (turn.outcome === 'nomatch') {
      await call.listen();
      continue;
    }
    expect(turn.input).toMatchObject({ meaning: { slots: { orderNumber: NUMBER } } });
    if (turn.outcome === 'confirm') await call.press('1');
    break;
  }
  const { said } = await call.turn(({ nextNodeId }) => nextNodeId === 'anythingElse');
  expect(said).toContain('Order 4 0 7 1 is being made.');
  await call.expectWords('is being made', 'ready in about five minutes');
  await call.hangup();
});

it('waits for the second half of a number that is spoken in two groups', async () => {
  const folder = await callers(line().stack.pbx);
  const call = await line().call();
  await call.hearsVoice();
  await call.say(await line().sounds.caller('Can I check on my order?'));
  await call.hearsVoice();
  await call.listen();
  const { startedMs, lastVoicedSentMs } = await call.say(await spokenDigits(folder, '40 71'));
  await call.hearsVoice();
  expect(call.phone.heard.firstVoicedAfter(startedMs)).toBeGreaterThan(lastVoicedSentMs);
  await call.hangup();
});

it('leaves nothing behind', () => expectNothingLeft(line()));

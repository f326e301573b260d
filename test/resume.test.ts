import { expect, it } from 'vitest';
import { expectNothingLeft, useLine } from './harness.js';
import { cafeNode } from './support/flows.js';

const DRAIN_MS = 6_000;
/** What Asterisk and the phone still have of the bot's voice when its controller dies. */
const PLAYED_OUT_MS = 200;
const TAKEN_UP_WITHIN_MS = 30_000;

/** Without the lifeline, which would be first: it has tests of its own. */
const line = useLine({
  env: { HANDRAIL_LIFELINE_ENABLED: 'false', HANDRAIL_CALLS_DRAIN_MS: String(DRAIN_MS) },
});

it('a controller that was killed leaves its calls to the next one, which goes on where they were', async () => {
  const call = await line().call();
  await call.hearsVoice();
  await call.press('1');
  await call.expectPrompt('Which drink would you like?', 600);
  await call.press('5');
  await call.expectPrompt('Which size?', 600);
  const killedMs = call.phone.nowMs();
  process.kill(line().stack.controller.pid, 'SIGKILL');
  await line().stack.controller.ended;

  call.mark();
  await line().startController();
  // The caller has waited for a whole start, which takes its time.
  await call.phone.waitForSpeech({ afterMs: killedMs + PLAYED_OUT_MS, timeoutMs: TAKEN_UP_WITHIN_MS });
  await call.expectPrompt('Sorry, where were we.', 700);
  await call.expectPrompt('Which size?', 600);
  // What was chosen before is still known: `*` leads back to it, and the record is one call.
  await call.press('*');
  await call.expectPrompt('Which drink would you like?', 600);
  const { turns } = await call.hangup();
  expect(turns.map(({ index }) => index)).toEqual(turns.map((_turn, i) => i + 1));
  expect(turns.map(({ nodeId }) => nodeId)).toContain('orderDrink');
});

it('a controller that is told to end lets its calls go on for a while, then gives them to the dialplan at their node', async () => {
  const call = await line().call();
  await call.hearsVoice();
  const stopped = line().stopControllers();
  await call.press('3');
  await call.expectPrompt('Please type your four digit order number.', 600);

  const late = await line().call();
  await late.expectPrompt('For ordering a drink, press 1.', 600);
  await late.phone.hangup();

  await stopped;
  call.mark();
  await call.expectPrompt('Please type your four digit order number.', 600);
  await call.press('4071');
  await call.expectPrompt('For ordering a drink, press 1.', 600);
  await call.press('0');
  await call.expectPrompt(cafeNode('person', 'transfer').prompt ?? '', 600);
  await call.phone.hangup();
});

it('leaves nothing behind', async () => {
  await line().startController();
  await expectNothingLeft(line());
});

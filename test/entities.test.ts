import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Flow } from '../src/flow/schema.js';
import { expectNothingLeft, useLine } from './harness.js';

/** Dates, times, amounts and codes, one question each. All are read back and confirmed, so that nothing hangs on one hearing. */
const flow: Flow = {
  schema: 1,
  id: 'parcels',
  name: 'Parcels',
  language: 'en-US',
  start: 'born',
  giveUp: 'bye',
  defaults: { aiTries: 5, noInputMs: 20_000 },
  nodes: {
    born: {
      kind: 'collect',
      prompt: 'What is your date of birth?',
      slot: 'born',
      entity: { type: 'date', year: 'asked' },
      confirm: 'never',
      next: 'hour',
    },
    hour: {
      kind: 'collect',
      prompt: 'At what time shall we come?',
      slot: 'hour',
      entity: { type: 'time' },
      confirm: 'always',
      confirmPrompt: 'That is {hour}, right?',
      next: 'value',
    },
    value: {
      kind: 'collect',
      prompt: 'What is it worth?',
      slot: 'value',
      entity: { type: 'amount', max: 500, currency: 'USD' },
      confirm: 'never',
      next: 'code',
    },
    code: {
      kind: 'collect',
      prompt: 'What is the code of the parcel?',
      slot: 'code',
      entity: { type: 'code', pattern: 'A999' },
      confirm: 'never',
      next: 'done',
    },
    done: {
      kind: 'say',
      prompt: 'Born on {born}, at {hour}, worth {value}, parcel {code}.',
      next: 'bye',
    },
    bye: { kind: 'hangup', prompt: 'Goodbye now.' },
  },
};

const line = useLine({
  prepare: (dataDir) => {
    const file = join(dataDir, 'flow.json');
    writeFileSync(file, JSON.stringify(flow));
    return { HANDRAIL_FLOW_FILE: file };
  },
});

const meant = { born: '1980-05-03', hour: '15:30', value: '12.50 USD', code: 'B204' };
const readBack = 'Born on May 3rd, 1980, at 3:30 p.m., worth 12 dollars and 50 cents, parcel B 2 0 4.';

it('understands a date, a time, an amount and a code by voice, and reads them back', async () => {
  const sayings = {
    born: await line().sounds.caller('May third, nineteen eighty.'),
    hour: await line().sounds.caller('At half past three in the afternoon.'),
    value: await line().sounds.caller('Twelve dollars and fifty cents.'),
    code: await line().sounds.caller('B as in bravo, two zero four.'),
  };
  const yes = await line().sounds.caller('Yes, that is right.');
  const call = await line().call();
  await call.listen();
  for (const [slot, saying] of Object.entries(sayings)) {
    await call.say(saying);
    const turn = await call.turn(({ nodeId, input }) => nodeId === slot && input.type === 'speech');
    expect(turn.input, slot).toMatchObject({ meaning: { slots: { [slot]: meant[slot as keyof typeof meant] } } });
    if (turn.outcome === 'confirm') {
      await call.listen();
      await call.say(yes);
      await call.turn(({ nodeId, outcome }) => nodeId === slot && outcome === 'confirmed');
    }
    if (slot !== 'code') await call.listen();
  }
  const { said } = await call.turn(({ nextNodeId }) => nextNodeId === 'bye');
  expect(said).toContain(readBack);
  await call.expectPrompt('Goodbye now.');
  await call.hangup();
});

it('takes the same by keys', async () => {
  const call = await line().call();
  await call.hearsVoice();
  await call.press('05031980');
  await call.turn(({ nextNodeId, outcome }) => nextNodeId === 'hour' && outcome === 'keys');
  await call.hearsVoice();
  await call.press('0330');
  await call.expectPrompt('For a.m., press 1.');
  await call.press('2');
  await call.turn(({ nextNodeId, outcome }) => nextNodeId === 'value' && outcome === 'keys');
  await call.hearsVoice();
  await call.press('12*50');
  await call.turn(({ nextNodeId, outcome }) => nextNodeId === 'code' && outcome === 'keys');
  await call.hearsVoice();
  await call.press('22204');
  const { said } = await call.turn(({ nextNodeId }) => nextNodeId === 'bye');
  expect(said).toContain(readBack);
  await call.hangup();
});

/** Two streets that sound the same, and are told apart when they are read back. */
const stewart = { value: 'Stewart Street in the old town', say: ['Stewart Street'] };
const stuart = { value: 'Stuart Street by the river', say: ['Stuart Street'] };
const streets: Flow = {
  ...flow,
  start: 'street',
  nodes: {
    street: {
      kind: 'collect',
      prompt: 'Which street is it?',
      slot: 'street',
      entity: { type: 'list', values: [stewart, stuart, 'King Street', 'Mill Road'] },
      confirm: 'always',
      confirmPrompt: '{street}, right?',
      next: 'found',
    },
    found: { kind: 'say', prompt: 'We come to {street}.', next: 'bye' },
    bye: { kind: 'hangup', prompt: 'Goodbye now.' },
  },
};

it('reads the second guess back to who denies the first one, and goes on with it', async () => {
  const { sounds } = line();
  const [wish, no, yes] = [
    await sounds.caller('It is Stuart Street.'),
    await sounds.caller('No, it is not.'),
    await sounds.caller('Yes, that is right.'),
  ];
  await line().ask('/api/flow/publish', {
    method: 'POST',
    body: { document: streets, why: 'two that sound the same' },
  });
  const call = await line().call();
  await call.listen();
  await call.say(wish);
  const first = await call.turn(({ outcome }) => outcome === 'confirm');
  expect(first.said).toMatch(new RegExp(`^(${stewart.value}|${stuart.value}), right\\?$`));
  await call.listen();

  // The caller means the other one, whichever was read back.
  const [meant, words] = first.said.startsWith(stuart.value) ? [stewart, 'the old town'] : [stuart, 'by the river'];
  await call.say(no);
  const second = await call.turn(({ outcome }) => outcome === 'denied');
  expect(second.said).toContain(`${meant.value}, right?`);
  await call.expectWords(words);
  await call.listen();
  await call.say(yes);
  const { said } = await call.turn(({ outcome }) => outcome === 'confirmed');
  expect(said).toContain(`We come to ${meant.value}.`);
  await call.hangup();
});

it('leaves nothing behind', () => expectNothingLeft(line()));

import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { expectNothingLeft, useLine } from './harness.js';
import { cafeWith } from './support/flows.js';

const SECRET = '7361';

const line = useLine({ prepare: (dataDir) => cafeWith(dataDir, { orderNumber: { sensitive: true } }) });

/** Files of the line's data folder in which the digits stand, in a row or as they are read back. */
function filesWith(digits: string): string[] {
  const forms = [digits, digits.split('').join(' ')].map((form) => Buffer.from(form));
  return readdirSync(line().dataDir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(line().dataDir, name))
    .filter((path) => lstatSync(path).isFile())
    .filter((path) => {
      const content = readFileSync(path);
      return forms.some((form) => content.includes(form));
    });
}

it('digits of a sensitive node are acted on, and written nowhere: not in the database, its journal, or a log', async () => {
  const call = await line().call();
  await call.hearsVoice();
  await call.press('3');
  await call.expectPrompt('Please type your four digit order number.', 600);
  await call.press(SECRET);
  const turn = await call.turn(({ nodeId, outcome }) => nodeId === 'orderNumber' && outcome === 'keys');
  expect(turn.input).toMatchObject({ digits: '[sensitive]', meaning: { slots: {} } });
  expect(turn.said).toContain('Order [sensitive] is being made.');
  expect(filesWith(SECRET), 'while the call is up').toEqual([]);
  // The place that a restart would take the call up at is noted, so an empty database proves nothing.
  expect(filesWith('orderNumber').length).toBeGreaterThan(0);
  await call.hangup();
  expect(filesWith(SECRET), 'afterwards').toEqual([]);
});

it('leaves nothing behind', () => expectNothingLeft(line()));

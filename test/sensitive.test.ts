import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readLocalToken } from '../src/admin/access/local-token.js';
import { expectNothingLeft, until, useLine } from './harness.js';
import { handrail } from './support/cli.js';
import { cafeWith } from './support/flows.js';
import { callers, spokenOrders } from './support/speakers.js';

const SECRET = '7361';
/** As it stands in the environment of whoever runs this. */
const API_KEY = 'sk-planted-0a1b2c3d4e';
const CALLER = '+4930555017733';
const ORDERS = 3;

const line = useLine({
  // What is written at all is written here.
  env: { HANDRAIL_LOG_LEVEL: 'debug', HANDRAIL_LLM_API_KEY: API_KEY },
  prepare: (dataDir) => cafeWith(dataDir, { orderNumber: { sensitive: true } }),
});

/** Digits in a row, and as they are read back. */
function formsOf(digits: string): string[] {
  return [digits, digits.split('').join(' ')];
}

/** Files of the line's data folder in which the digits stand. */
function filesWith(digits: string): string[] {
  return readdirSync(line().dataDir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(line().dataDir, name))
    .filter((path) => lstatSync(path).isFile())
    .filter((path) => {
      const content = readFileSync(path);
      return formsOf(digits).some((form) => content.includes(form));
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

it('a support bundle has the state of everything, and no secret, number or word of a caller', async () => {
  const heard: string[] = [];
  for (const { samples } of await spokenOrders(await callers(line().stack.pbx), ORDERS)) {
    const call = await line().call({ callerId: CALLER });
    await call.listen();
    await call.say(samples);
    await call.listen();
    await call.phone.hangup();
    await until(5_000, async () => ((await line().record(CALLER))?.endedAtWallMs === undefined ? undefined : true));
    const turns = (await line().record(CALLER))?.turns ?? [];
    heard.push(...turns.flatMap(({ input }) => (input.type === 'speech' && input.text !== '' ? [input.text] : [])));
    if (heard.length > 0) break;
  }
  expect(heard.length, 'words that were heard').toBeGreaterThan(0);

  const env: Record<string, string> = {
    ...line().controllerEnv(),
    HANDRAIL_ADMIN_PORT: new URL(line().stack.adminUrl).port,
  };
  const out = join(line().dataDir, 'support.tar.gz');
  const { code, output } = await handrail(['support-bundle', '--out', out], env);
  expect(code, output).toBe(0);
  const inside = execFileSync('tar', ['-xzOf', out], { encoding: 'utf8', maxBuffer: 64_000_000 });
  // It must have been there to be left out: the log’s lines, doctor’s, Asterisk’s and the metrics.
  for (const part of [
    'Handrail is ready for calls',
    'Asterisk modules',
    '"chan_rtp.so"',
    'handrail_turns_total',
    '(a secret is set)',
  ])
    expect(inside).toContain(part);
  const localToken = readLocalToken(line().dataDir)?.reveal() ?? '';
  expect(localToken.length).toBeGreaterThan(20);
  const ofTheCaller = [CALLER, CALLER.slice(1), ...formsOf(SECRET), ...heard];
  for (const planted of [API_KEY, env['HANDRAIL_ARI_PASSWORD'] ?? '', localToken, ...ofTheCaller])
    expect(inside.toLowerCase().includes(planted.toLowerCase()), planted).toBe(false);
});

it('leaves nothing behind', () => expectNothingLeft(line()));

import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeWav, writeWav } from '../src/audio/wav.js';
import type { Flow } from '../src/flow/schema.js';
import { expectNothingLeft, until, useLine } from './harness.js';
import { systemChromium } from '../bench/web/chromium.js';
import { WITHIN_MS } from './support/page-house.js';

const executablePath = systemChromium();
if (!executablePath)
  console.log('test/web.test.ts: no Chromium on this machine (HANDRAIL_CHROMIUM names one); skipped');

const PASSWORD = 'correct horse battery';
const drawn = {
  greeting: 'Welcome to the drawn line. What would you like to know?',
  answer: 'We are open from nine to five.',
  better: 'We are open from eight to six, every day.',
  goodbye: 'Goodbye, and thank you for calling.',
} as const;
const QUESTION = 'When are you open?';
const RATE_HZ = 8_000;
/** An extension of the house that answers by itself. */
const PERSON = '300';

/** What an admin does on a first day, in a browser, on a real line: the calls are real calls through Asterisk. */
describe.skipIf(!executablePath)('the admin page', () => {
  const line = useLine();
  let browser: Browser;
  let page: Page;
  let question: Int16Array;
  const refused: string[] = [];

  beforeAll(async () => {
    question = await line().sounds.caller(QUESTION);
    // The browser's microphone hears this file, once, whenever it is opened.
    const microphone = join(line().dataDir, 'microphone.wav');
    await writeWav(microphone, [Int16Array.from([...new Int16Array(RATE_HZ / 4), ...question])], RATE_HZ);
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: [
        '--no-sandbox',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-audio-capture=${microphone}%noloop`,
      ],
    });
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-US', reducedMotion: 'reduce' });
    page.setDefaultTimeout(WITHIN_MS);
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) refused.push(message.text());
    });
  });
  afterAll(async () => {
    await browser.close();
  });

  const panel = () => page.getByRole('tabpanel');
  const hears = () => panel().getByRole('textbox', { name: 'The caller hears' }).first();

  test('the first login is by the link of the start', async () => {
    await page.goto(line().stack.controller.firstLoginUrl ?? '');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('The same again').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    // The link is used up: its secret is not in the address any more.
    expect(page.url()).not.toContain('welcome');
    await page.reload();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Name').fill('admin');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('button', { name: 'Log out' }).waitFor();
  });

  test('three nodes are drawn from nothing, and what is wrong is told and mended', async () => {
    await page.getByRole('link', { name: 'Flow' }).click();
    await page.locator('.drawn-node').first().waitFor();
    await page.getByRole('button', { name: 'Begin from nothing' }).click();
    const add = async (kind: string, prompt: string): Promise<void> => {
      await page.getByRole('region', { name: 'Palette' }).getByRole('button', { name: kind }).click();
      await hears().fill(prompt);
    };
    await add('Hang up', drawn.goodbye);
    await add('Say', drawn.answer);
    await add('Menu', drawn.greeting);
    await panel().getByLabel('What callers may say, one a line').fill('when are you open\nopening hours');
    await panel().getByLabel('Label', { exact: true }).fill('our opening hours');
    await panel().getByRole('button', { name: 'Calls start here' }).click();
    await draw('menu', 'options.0.next', 'say');
    await expect.poll(() => page.locator('.react-flow__edge').count()).toBe(1);

    await page.getByRole('tab', { name: /Findings/ }).click();
    await panel().locator('li.error', { hasText: 'say next leads to' }).waitFor();
    await draw('say', 'next', 'hangup');
    await expect.poll(() => panel().locator('li.error').count(), { timeout: WITHIN_MS }).toBe(0);
  });

  test('it is tried by words, keys and voice, and with a late turn', async () => {
    await page.getByRole('tab', { name: 'Try it' }).click();
    const simulator = page.getByRole('region', { name: 'Try it' });
    const say = simulator.getByLabel('Caller says');
    const again = (): Promise<void> => simulator.getByRole('button', { name: 'Begin again' }).click();
    await simulator.getByText(drawn.greeting).waitFor();

    await say.fill('opening hours');
    await say.press('Enter');
    await simulator.getByText(/^first, \d+ %/).waitFor();
    await simulator.getByText(/understanding [\d.]+ ms/).waitFor();
    await simulator.getByText(drawn.answer).waitFor();
    expect(await page.locator('.drawn-node.passed').count()).toBeGreaterThan(1);

    await again();
    await simulator.getByRole('button', { name: 'A late turn' }).click();
    await simulator.getByText('fell back: the answer came too late').waitFor();
    await say.fill('1');
    await say.press('Enter');
    await simulator.getByText(drawn.answer).waitFor();

    await again();
    await simulator.getByRole('button', { name: 'Speak' }).click();
    await page.waitForTimeout((1_000 * question.length) / RATE_HZ + 1_000);
    await simulator.getByRole('button', { name: 'Stop' }).click();
    await simulator.getByText(/recognition \d+ ms/).waitFor();
    await simulator.getByText(/^first, \d+ %/).waitFor();
  });

  test('it is published with its difference, and callers hear it by voice and by keys', async () => {
    await page.getByRole('button', { name: 'Save the draft' }).click();
    await page.getByText('Draft 1; version 1 is live.').waitFor();
    await publish('drawn on the first day', drawn.answer);
    await page.getByText('Version 2 is live; no draft yet.').waitFor();

    const speaking = await line().call();
    await speaking.expectPrompt(drawn.greeting);
    await speaking.listen();
    await speaking.say(question);
    await speaking.expectPrompt(drawn.answer);
    expect((await line().record(speaking.callerId))?.flowVersion).toBe(2);
    await speaking.hangup();

    const pressing = await line().call();
    await pressing.hearsVoice();
    await pressing.press('1');
    await pressing.expectPrompt(drawn.answer);
    await pressing.hangup();
  });

  test('one prompt is changed, and the next call hears it', async () => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('say');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Node' }).click();
    await hears().fill(drawn.better);
    await page.keyboard.press('Control+s');
    await page.getByText('Draft 1; version 2 is live.').waitFor();
    await publish('longer hours', drawn.better);
    await page.getByText('Version 3 is live; no draft yet.').waitFor();
    const call = await line().call();
    await call.hearsVoice();
    await call.press('1');
    await call.expectPrompt(drawn.better);
    await call.hangup();
  });

  test('the versions tell of it, and it is taken back', async () => {
    await page.getByRole('link', { name: 'Versions' }).click();
    const drawnOne = page.getByRole('row').filter({ hasText: 'drawn on the first day' });
    await drawnOne.getByRole('button', { name: 'Compare with what is live' }).click();
    await page.locator('.line-removed').filter({ hasText: drawn.answer }).waitFor();
    await drawnOne.getByRole('button', { name: 'Roll back to it' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Why? For the history.').fill('enough');
    await dialog.getByRole('button', { name: 'Roll back to it' }).click();
    await page.getByText('enough (as version 2)').waitFor();
    const { version } = (await line().ask('/api/flow')) as { version: number };
    expect(version).toBe(4);
  });

  test('a recording and a callback are tried on all callers, one of whom is listened to and then called back', async () => {
    await page.getByRole('link', { name: 'Flow' }).click();
    await page.locator('.drawn-node').first().waitFor();
    await page.getByRole('region', { name: 'Palette' }).getByRole('button', { name: 'Callback' }).click();
    await panel().getByRole('button', { name: 'Calls start here' }).click();
    await draw('callback', 'next', 'menu');
    await draw('callback', 'failed', 'menu');
    await page.locator('.react-flow__node[data-id="menu"]').click();
    await panel().getByRole('button', { name: 'Recording: The caller hears', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Upload one').click();
    const buffer = encodeWav([question]);
    await dialog.getByLabel('Sound file').setInputFiles({ name: 'Greeting.wav', mimeType: 'audio/wav', buffer });
    await dialog.getByRole('button', { name: 'Upload' }).click();
    await dialog.getByRole('radio', { name: /^greeting-/, checked: true }).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.keyboard.press('Control+s');
    await page.getByText('Not saved.').waitFor({ state: 'hidden' });

    await page.getByRole('link', { name: 'Versions' }).click();
    await page.getByRole('button', { name: 'Try the draft on some callers…' }).click();
    await dialog.getByLabel('Share of callers (%)').fill('100');
    await dialog.getByLabel('Why?').fill('recorded by a person');
    await dialog.getByRole('button', { name: 'Try the draft' }).click();
    await page.getByText(/goes to 100 % of callers/).waitFor();

    const call = await line().call();
    await call.expectToHear('the recording', question);
    await page.getByRole('link', { name: 'Calls', exact: true }).click();
    const card = page.locator('.card.live');
    await card.getByText('Listen in', { exact: true }).click();
    await card.getByLabel('At which telephone?').fill(PERSON);
    await card.getByRole('button', { name: 'Ring it' }).click();
    const snoops = async () => (await line().channels()).filter((channel) => channel.startsWith('Snoop/')).length;
    await expect.poll(snoops, { timeout: WITHIN_MS }).toBe(1);
    await card.getByRole('button', { name: 'Stop listening' }).click();
    await expect.poll(snoops, { timeout: WITHIN_MS }).toBe(0);
    await card.getByRole('button', { name: 'Hang up' }).click();
    await card.getByRole('button', { name: 'Really hang up?' }).click();
    await card.waitFor({ state: 'hidden' });

    await page.getByRole('link', { name: 'Callbacks' }).click();
    await page.getByRole('button', { name: `Called back: ${call.callerId}` }).click();
    await page.getByText('Nobody is waiting to be called.').waitFor();
  });

  test('what was tried is given to everybody', async () => {
    await page.getByRole('link', { name: 'Versions' }).click();
    await page.getByRole('button', { name: 'Give it to everybody' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Why?').fill('callers like it');
    await dialog.getByRole('button', { name: 'Give it to everybody' }).click();
    await page.getByText(/was given to everybody: callers like it/).waitFor();
    const { flow } = (await line().ask('/api/flow')) as { flow: Flow };
    expect(flow.start).toBe('callback');
    const call = await line().call();
    await call.expectToHear('the recording', question);
    await call.hangup();
  });

  test('the drawing rings a telephone, and begins there at the node', async () => {
    await page.getByRole('link', { name: 'Flow' }).click();
    await page.locator('.react-flow__node[data-id="say"]').click();
    await panel().getByLabel('Try it by telephone').fill(PERSON);
    await panel().getByRole('button', { name: 'Call me' }).click();
    await panel().getByText('It rings.').waitFor();
    const rung = await until(WITHIN_MS, () => line().record(PERSON));
    expect(rung?.flowVersion).toBe(0);
    const { turns } = await line().recordWhen(PERSON, (record) => record.turns.length > 0);
    expect(turns[0]?.said).toContain(drawn.answer);
  });

  test('nothing on the page was refused by its own policy', () => {
    expect(refused).toEqual([]);
  });

  test('leaves nothing', async () => {
    // Its microphone lies in the line's folder: it would count as a process of the line.
    await browser.close();
    await expectNothingLeft(line());
  });

  async function publish(why: string, newText: string): Promise<void> {
    await page.getByRole('button', { name: 'Publish…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('.line-added').filter({ hasText: newText }).waitFor();
    await dialog.getByLabel('Why? For the history.').fill(why);
    await dialog.getByRole('button', { name: 'Publish' }).click();
  }

  /** From the handle of a way to another node, with the mouse. */
  async function draw(from: string, field: string, to: string): Promise<void> {
    const node = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
    await page.getByRole('button', { name: /fit/i }).click();
    await node(from).locator(`.react-flow__handle[data-handleid="${field}"]`).hover();
    await page.mouse.down();
    await node(to).locator('.react-flow__handle.target').hover({ force: true });
    await page.mouse.up();
  }
});

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { PageHouse } from './page-house.js';

/** One picture of each page, and of what the guide tells of, into a folder. */
export async function takePictures(pages: PageHouse, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { desk, live } = pages.house;
  live.enteredNode('now', 'main', 'ai');
  await desk.dropDraft();
  const shot = async (page: Page, name: string): Promise<void> => {
    await page.screenshot({ path: join(folder, `page-${name}.png`), animations: 'disabled' });
  };

  const door = await pages.page();
  await pages.goto(door, 'calls');
  await door.getByLabel('Name').fill('ada');
  await shot(door, 'login');

  const page = await pages.as('admin', 'grace');
  await pages.goto(page, 'calls');
  await page.locator('.recent summary').first().click();
  await page.locator('.recent .turn').first().waitFor();
  await shot(page, 'calls');

  for (const place of ['callbacks', 'prompts']) {
    await pages.goto(page, place);
    await page.locator('tbody tr').first().waitFor();
    await shot(page, place);
  }

  await pages.goto(page, 'flow');
  await page.locator('.react-flow__node[data-id="main"]').click();
  await page.getByRole('tab', { name: 'Findings 0' }).waitFor();
  await shot(page, 'flow');
  await page.getByRole('tab', { name: 'Try it' }).click();
  const say = page.getByLabel('Caller says');
  await say.fill('I want to order');
  await say.press('Enter');
  await page.locator('.guesses').first().waitFor();
  await page.getByRole('button', { name: 'A late turn' }).click();
  await page.getByText('fell back').first().waitFor();
  await shot(page, 'try');
  await page.getByRole('button', { name: 'Keyboard' }).click();
  await shot(page, 'keys');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'List', exact: true }).click();
  await shot(page, 'list');
  await page.getByRole('button', { name: 'Drawing', exact: true }).click();

  await page.getByRole('button', { name: 'Begin from nothing' }).click();
  for (const kind of ['Menu', 'Transfer', 'Hang up'])
    await page.getByRole('region', { name: 'Palette' }).getByRole('button', { name: kind }).click();
  await page.getByRole('button', { name: /fit/i }).click();
  await page.getByRole('tab', { name: /Findings/ }).click();
  await page.locator('.findings li').first().waitFor();
  await shot(page, 'draw');
  for (let n = 0; n < 4; n++) await page.getByRole('button', { name: 'Undo' }).click();

  await page.keyboard.press('Control+k');
  await page.keyboard.type('closedNow');
  await page.keyboard.press('Enter');
  const prompt = page.getByRole('textbox', { name: 'The caller hears' }).first();
  await prompt.fill('We are closed now. We open at seven.');
  await page.getByRole('button', { name: 'Save the draft' }).click();
  await page.getByText('Draft 1;').waitFor();
  await page.getByRole('button', { name: 'Publish…' }).click();
  await page.locator('.line-added').first().waitFor();
  await page.getByLabel('Why? For the history.').fill('new opening hours');
  await shot(page, 'publish');
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
  await page.getByText('no draft yet').waitFor();

  await pages.goto(page, 'versions');
  await page.getByRole('button', { name: 'Compare with what is live' }).first().click();
  await page.locator('.line-removed').first().waitFor();
  await shot(page, 'versions');
  const sinceWallMs = Date.now() - 3 * 3_600_000;
  const ready = { state: 'ready', problem: undefined, breaker: 'closed', isOff: false, sinceWallMs } as const;
  const parts = [
    { ...ready, name: 'whisper' },
    { ...ready, name: 'piper' },
    {
      name: 'llama-server',
      state: 'down',
      problem: 'rests after bad answers (breaker open): llama-server: no answer within 8000 ms.',
      breaker: 'open',
      isOff: false,
      sinceWallMs: Date.now() - 42_000,
    } as const,
    { ...ready, name: 'intents' },
  ];
  pages.house.health = { ...pages.house.health, parts };
  for (const place of ['line', 'access', 'audit', 'import']) {
    await pages.goto(page, place);
    await page.locator('main h1').waitFor();
    await page.waitForLoadState('networkidle');
    if (place === 'line') await page.getByText('llama-server', { exact: true }).waitFor();
    await shot(page, place);
  }

  const dark = await pages.as('publisher', 'dora', { colorScheme: 'dark' });
  await pages.goto(dark, 'flow');
  await dark.locator('.react-flow__node[data-id="main"]').click();
  await shot(dark, 'flow-dark');
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNothingLeft, useLine } from './harness.js';
import { systemChromium } from './support/browser.js';
import { cafeNode } from './support/flows.js';

const executablePath = systemChromium();
if (!executablePath)
  console.log('test/web.test.ts: no Chromium on this machine (HANDRAIL_CHROMIUM names one); skipped');

/** Where a screenshot of each page goes; absent: none is taken. */
const screenshots = process.env['HANDRAIL_SCREENSHOTS'];
const PASSWORD = 'correct horse battery';
/** One of the prompts that every run has rendered, so that nothing has to be spoken for it. */
const otherGreeting = cafeNode('closedNow', 'say').prompt;
/** Loaded with everything, on a busy machine. */
const WITHIN_MS = 30_000;

describe.skipIf(!executablePath)('the admin page', () => {
  const line = useLine();
  let browser: Browser;
  let page: Page;
  const refused: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1400, height: 900 }, locale: 'en-US' });
    page.setDefaultTimeout(WITHIN_MS);
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) refused.push(message.text());
    });
  });
  afterAll(async () => {
    await browser.close();
  });

  test('the first login is by the link of the start', async () => {
    await page.goto(line().stack.controller.firstLoginUrl ?? '');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('The same again').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('admin, admin').waitFor();
    // The link is used up: its secret is not in the address any more.
    expect(page.url()).not.toContain('welcome');
    await page.reload();
    await page.getByText('admin, admin').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Name').fill('admin');
    await page.getByLabel('Password').fill(PASSWORD);
    await shot('login');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('admin, admin').waitFor();
    await shot('calls');
  });

  test('a changed greeting: a mistake is told and mended, tried by keys and words, and saved', async () => {
    await page.getByRole('link', { name: 'Flow' }).click();
    await page.locator('.drawn-node').first().waitFor();
    expect(await page.locator('.drawn-node').count()).toBeGreaterThan(10);
    const findings = page.getByRole('region', { name: 'Findings' });
    await findings.getByText('Nothing to mend.').waitFor();
    const prompt = page.getByLabel('The caller hears', { exact: true });
    await prompt.fill('Hello, {nobody}!');
    await findings.getByText('{nobody}').waitFor();
    await prompt.fill(otherGreeting);
    await findings.getByText('Nothing to mend.').waitFor();

    const simulator = page.getByRole('region', { name: 'Try it' });
    await simulator.getByText(otherGreeting).waitFor();
    await simulator.getByLabel('Caller says').fill('I want to order');
    await simulator.getByLabel('Caller says').press('Enter');
    await simulator.getByText('orderDrink').first().waitFor();
    await simulator.getByRole('button', { name: 'A late turn' }).click();
    await simulator.getByText('fell back: deadline').waitFor();
    await page.evaluate('scrollTo(0, 0)');
    await shot('flow');
    await page.getByRole('button', { name: 'List' }).click();
    await page.getByRole('searchbox').fill('voicemail');
    await page.locator('.outline > li').first().waitFor();
    await shot('list');
    await page.getByRole('button', { name: 'Save the draft' }).click();
    await page.getByText('Draft 1; version 1 is live.').waitFor();
  });

  test('it is published with its difference, and the next call hears it', async () => {
    await page.getByRole('button', { name: 'Publish…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('.line-added').filter({ hasText: otherGreeting }).waitFor();
    await dialog.getByLabel('Why? For the history.').fill('a test of the page');
    await shot('publish');
    await dialog.getByRole('button', { name: 'Publish' }).click();
    await page.getByText('Version 2 is live; no draft yet.').waitFor();
    const call = await line().call();
    await call.expectPrompt(otherGreeting);
    expect((await line().record(call.callerId))?.flowVersion).toBe(2);
    await call.hangup();
  });

  test('the versions tell of it, and it is taken back', async () => {
    await page.getByRole('link', { name: 'Versions' }).click();
    await page.getByText('a test of the page').waitFor();
    const first = page.getByRole('row').filter({ hasText: 'read from' });
    await first.getByRole('button', { name: 'Compare with what is live' }).click();
    await page.locator('.line-removed').first().waitFor();
    await shot('versions');
    await first.getByRole('button', { name: 'Roll back to it' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Why? For the history.').fill('enough');
    await dialog.getByRole('button', { name: 'Roll back to it' }).click();
    await page.getByText('enough (as version 1)').waitFor();
    const { version } = (await line().ask('/api/flow')) as { version: number };
    expect(version).toBe(3);
  });

  test('nothing on the page was refused by its own policy', () => {
    expect(refused).toEqual([]);
  });

  test('leaves nothing', () => expectNothingLeft(line()));

  async function shot(name: string): Promise<void> {
    if (screenshots === undefined) return;
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, `page-${name}.png`) });
  }
});

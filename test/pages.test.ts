import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemChromium } from '../bench/web/chromium.js';
import { access } from './pages/access.js';
import { calls } from './pages/calls.js';
import { changes } from './pages/changes.js';
import { drafts } from './pages/drafts.js';
import { drawing } from './pages/drawing.js';
import { forEverybody } from './pages/for-everybody.js';
import { recordings } from './pages/recordings.js';
import { cafeFlow } from './support/flows.js';
import { seedCalls } from './support/page-calls.js';
import { PageHand } from './support/page-hand.js';
import { PageHouse } from './support/page-house.js';
import { takePictures } from './support/page-pictures.js';

const executablePath = systemChromium();
if (!executablePath)
  console.log('test/pages.test.ts: no Chromium on this machine (HANDRAIL_CHROMIUM names one); skipped');

/** Where a picture of each page goes; absent: none is taken. */
const screenshots = process.env['HANDRAIL_SCREENSHOTS'];

/** One browser and one server for all parts, which are in test/pages/: they take longer to start than most tests. */
describe.skipIf(!executablePath)('the pages', () => {
  let hand: PageHand;

  beforeAll(async () => {
    const pages = await PageHouse.open(executablePath ?? '', cafeFlow());
    await seedCalls(pages.house);
    hand = new PageHand(pages, await pages.as('admin', 'ada'));
  });
  afterAll(async () => {
    await hand.pages.close();
  });

  for (const part of [forEverybody, drawing, drafts, access, calls, recordings, changes]) part(() => hand);

  test('an engine is switched off and on', async () => {
    const { pages, page } = hand;
    const part = { name: 'whisper', state: 'ready', problem: undefined, breaker: 'closed', isOff: false } as const;
    pages.house.health = { ...pages.house.health, parts: [part] };
    await pages.goto(page, 'line');
    await page.getByRole('button', { name: 'Switch off: whisper' }).click();
    await page.getByText('switched off', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Switch on: whisper' }).click();
    await page.getByRole('button', { name: 'Switch off: whisper' }).waitFor();
    pages.house.health = { ...pages.house.health, parts: [] };
  });

  test.skipIf(!screenshots)('a picture of each page', async () => {
    await takePictures(hand.pages, screenshots ?? '');
  });

  test('no page complained', () => {
    expect(hand.pages.complaints).toEqual([]);
  });
});

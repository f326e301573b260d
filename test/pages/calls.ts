import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { goesOn } from '../support/page-calls.js';
import type { PageHand } from '../support/page-hand.js';
import { violations } from '../support/page-looks.js';

/** Calls that are, calls that were, and callers who want to be called. */
export function calls(hand: () => PageHand): void {
  test('a live call is a dot on its node, and is moved from its card', async () => {
    const { pages, page, firstNode } = hand();
    await pages.goto(page, 'flow');
    pages.house.live.enteredNode('now', (await pages.house.desk.draft()) ? await firstNode() : 'main', 'ai');
    await page.getByLabel('1 call is here now').waitFor();
    await pages.goto(page, 'calls');
    const card = page.locator('.card.live');
    await card.getByRole('button', { name: 'To the keypad' }).click();
    await card.getByText('no such call is up').waitFor();
    await card.getByRole('button', { name: 'Hang up' }).click();
    await card.getByRole('button', { name: 'Really hang up?' }).click();
    await expect.poll(() => pages.house.steered).toEqual(['now keypad', 'now end']);
  });

  test('an answer that was taken back is told as that, live and afterwards, in both languages', async () => {
    const { pages, page } = hand();
    pages.house.live.turn(goesOn('now'));
    const turnsOf = (calls: Locator) => calls.locator('.turn');
    const live = turnsOf(page.locator('.card.live'));
    await expect.poll(() => live.count()).toBe(3);
    await expect.poll(() => live.nth(1).textContent()).toContain('taken backanswered too early: the caller went on');
    expect(await live.nth(1).textContent()).not.toContain('understood');
    expect(await live.nth(2).textContent()).toContain('Caller, both parts together, 91 % sure');
    expect(await violations(page)).toEqual([]);

    const german = await pages.as('admin', 'ute', { locale: 'de-DE' });
    await pages.goto(german, 'calls');
    const past = german.locator('.recent li', { hasText: '4 Züge' }).first();
    await past.locator('summary').click();
    await expect.poll(() => turnsOf(past).nth(1).textContent()).toContain('zurückgenommen');
    expect(await turnsOf(past).nth(2).textContent()).toContain('beide Teile zusammen');
    await expect.poll(() => past.locator('.taken-back').count()).toBe(1);
    await german.context().close();
  });

  test('a call is listened to at a telephone, and that is ended and written down', async () => {
    const { pages, page } = hand();
    const card = page.locator('.card.live');
    await card.getByText('Listen in', { exact: true }).click();
    await card.getByLabel('At which telephone?').fill('201');
    await page.keyboard.press('Enter');
    await card.getByText('It rings at 201.').waitFor();
    expect(await violations(page)).toEqual([]);
    await card.getByRole('button', { name: 'Stop listening' }).click();
    await card.getByText('Nobody listens from here any more.').waitFor();
    await pages.goto(page, 'audit');
    await page.getByRole('row', { name: /call.listen-in now/ }).waitFor();
    await page.getByRole('row', { name: /call.listen-end now/ }).waitFor();
  });

  test('who wants to be called is on the list until somebody has called back', async () => {
    const { pages, page } = hand();
    const { callbacks } = pages.house.store;
    const [newest] = await callbacks.list(true);
    await callbacks.delivery('past-2', newest?.atWallMs ?? 0, 'waiting');
    await pages.goto(page, 'callbacks');
    const cake = page.getByRole('row', { name: /A birthday cake/ });
    await cake.getByText('not yet; it is tried again').waitFor();
    await page
      .getByRole('row', { name: /Order 4711/ })
      .getByText('no, only here')
      .waitFor();
    expect(await cake.getByRole('link', { name: '493055509876' }).getAttribute('href')).toBe('tel:493055509876');
    await cake.getByRole('button', { name: /Called back/ }).focus();
    await page.keyboard.press('Enter');
    await cake.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'all', exact: true }).click();
    await cake.getByText(/ada called back/).waitFor();
    expect(await callbacks.list(true)).toHaveLength(1);
  });
}

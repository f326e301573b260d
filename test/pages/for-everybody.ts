import { describe, expect, test } from 'vitest';
import type { PageHand } from '../support/page-hand.js';
import { focusSeen, violations } from '../support/page-looks.js';

/** Readable, operable and told apart for everybody. */
export function forEverybody(hand: () => PageHand): void {
  const places = ['calls', 'callbacks', 'flow', 'prompts', 'versions', 'line', 'access', 'audit', 'import'] as const;

  describe('are for everybody (axe-core: WCAG 2.2 A and AA)', () => {
    test.each(['light', 'dark'] as const)('in the %s look', async (theme) => {
      const { pages, page } = hand();
      await page.getByLabel('Look').selectOption(theme);
      for (const place of places) {
        await pages.goto(page, place);
        await page.locator('main').waitFor();
        if (place === 'flow') await page.locator('.drawn-node').first().waitFor();
        if (place === 'callbacks' || place === 'prompts') await page.locator('tbody tr').first().waitFor();
        expect(await violations(page), place).toEqual([]);
      }
      await pages.goto(page, 'flow');
      for (const tab of ['Try it', /Findings/, 'Whole flow']) {
        await page.getByRole('tab', { name: tab }).click();
        expect(await violations(page), String(tab)).toEqual([]);
      }
      await page.getByRole('button', { name: 'Keyboard' }).click();
      expect(await violations(page), 'dialog').toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'List' }).click();
      expect(await violations(page), 'list').toEqual([]);
      await page.getByRole('button', { name: 'Drawing' }).click();
    });

    test('the door too, and everything in German', async () => {
      const { pages } = hand();
      const german = await pages.page({ locale: 'de-DE' });
      await pages.goto(german, 'calls');
      await german.getByRole('button', { name: 'Anmelden' }).waitFor();
      expect(await violations(german)).toEqual([]);
      expect(await german.locator('html').getAttribute('lang')).toBe('de');
      await german.context().close();
    });

    test('the focus goes along the page and is seen everywhere', async () => {
      const { pages, page } = hand();
      await pages.goto(page, 'calls');
      await page.reload();
      await page.locator('.card.live').waitFor();
      const seen: string[] = [];
      for (let n = 0; n < 14; n++) {
        await page.keyboard.press('Tab');
        const focus = await focusSeen(page);
        expect(focus.isSeen, focus.name).toBe(true);
        seen.push(focus.name);
      }
      const ways = ['Calls', 'Callbacks', 'Flow', 'Recordings', 'Versions'];
      expect(seen.slice(0, 7)).toEqual(['Skip to the content', 'Handrail', ...ways]);
    });
  });
}

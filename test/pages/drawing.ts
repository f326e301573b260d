import { describe, expect, test } from 'vitest';
import type { PageHand } from '../support/page-hand.js';
import { focusedId, waysBehindNodes } from '../support/page-looks.js';

/** A flow is drawn by mouse and by keys. */
export function drawing(hand: () => PageHand): void {
  describe('drawing', () => {
    test('no way of the café runs behind a node', async () => {
      const { pages, page } = hand();
      await pages.goto(page, 'flow');
      await page.locator('.drawn-node').first().waitFor();
      const { ways, behind } = await waysBehindNodes(page);
      expect(ways).toBeGreaterThan(20);
      expect(behind).toEqual([]);
    });

    test('by mouse: from nothing, ways from handle to handle, removed, undone', async () => {
      const { pages, page, node, panel, draw } = hand();
      await pages.goto(page, 'flow');
      await page.getByRole('button', { name: 'Begin from nothing' }).click();
      await expect.poll(() => page.locator('.drawn-node').count()).toBe(0);
      for (const kind of ['Menu', 'Say', 'Hang up'])
        await page.getByRole('region', { name: 'Palette' }).getByRole('button', { name: kind }).click();
      await draw('menu', 'options.0.next', 'say');
      await expect.poll(() => page.locator('.react-flow__edge').count()).toBe(1);
      await draw('say', 'next', 'hangup');
      await expect.poll(() => page.locator('.react-flow__edge').count()).toBe(2);
      // One more way of the menu, into the empty: what shall stand there?
      await draw('menu', '+', undefined);
      await page
        .getByRole('dialog')
        .getByRole('option', { name: /Voicemail/ })
        .click();
      await node('voicemail').waitFor();
      await expect.poll(() => page.locator('.react-flow__edge').count()).toBe(3);
      await page.getByRole('button', { name: 'Remove the node' }).click();
      await expect.poll(() => page.locator('.drawn-node').count()).toBe(3);
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(() => page.locator('.drawn-node').count()).toBe(4);
      await page.getByRole('tab', { name: /Findings/ }).click();
      await panel().getByText('voicemail').first().waitFor();
    });

    test('by keys alone: add, lead, go, rename, search, remove', async () => {
      const { page, node, canvas } = hand();
      await page.getByRole('button', { name: 'Begin from nothing' }).click();
      await expect.poll(() => page.locator('.drawn-node').count()).toBe(0);
      await canvas().focus();
      await page.keyboard.press('n');
      await page.keyboard.type('menu');
      await page.keyboard.press('Enter');
      await node('menu').focus();
      await page.keyboard.press('c');
      await page.keyboard.press('Enter');
      await page.keyboard.type('new: hang');
      await page.keyboard.press('Enter');
      await node('hangup').waitFor();
      await expect.poll(() => page.locator('.react-flow__edge').count()).toBe(1);
      await node('hangup').focus();
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => focusedId(page)).toBe('menu');
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => focusedId(page)).toBe('hangup');
      await page.keyboard.press('F2');
      await page.locator('[data-field=name]:focus').waitFor();
      await page.keyboard.type('end');
      await page.keyboard.press('Enter');
      await node('end').waitFor();
      await expect.poll(() => page.locator('.react-flow__edge').count()).toBe(1);
      await page.keyboard.press('Control+k');
      await page.keyboard.type('men');
      await page.keyboard.press('Enter');
      await expect.poll(() => node('menu').getAttribute('class')).toContain('selected');
      await node('menu').focus();
      await page.keyboard.press('Delete');
      await expect.poll(() => page.locator('.drawn-node').count()).toBe(1);
      await page.keyboard.press('Control+z');
      await expect.poll(() => page.locator('.drawn-node').count()).toBe(2);
    });

    test('nodes are copied, also into another window', async () => {
      const { pages, page, node } = hand();
      await page.getByRole('button', { name: 'Undo' }).focus();
      await node('menu').click();
      await page.keyboard.press('Control+c');
      await page.keyboard.press('Control+v');
      await node('menu2').waitFor();
      const text = await page.evaluate<string>('navigator.clipboard.readText()');
      const other = await pages.as('editor', 'eve');
      await pages.goto(other, 'flow');
      await other.locator('.drawn-node').first().waitFor();
      await other.evaluate(`
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', ${JSON.stringify(text)});
        document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
      `);
      await other.locator('.react-flow__node[data-id="menu"]').waitFor();
      await other.context().close();
    });
  });
}

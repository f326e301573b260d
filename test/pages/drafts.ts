import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Flow, FlowNode } from '../../src/flow/schema.js';
import { cafeFlow } from '../support/flows.js';
import type { PageHand } from '../support/page-hand.js';
import { violations } from '../support/page-looks.js';

/** What is being written is neither lost nor taken for something else. */
export function drafts(hand: () => PageHand): void {
  describe('nothing is lost', () => {
    test('what was not saved is there again, also while the server is away', async () => {
      const { page } = hand();
      await page.getByRole('tab', { name: 'Whole flow' }).click();
      await page.getByLabel('Name of the flow').fill('kept in the browser');
      await page.waitForTimeout(1_000);
      await page.route('**/api/flow/**', (route) => route.abort());
      await page.reload();
      await page.getByText('This is what you had not saved').waitFor();
      await page.getByRole('tab', { name: 'Whole flow' }).click();
      expect(await page.getByLabel('Name of the flow').inputValue()).toBe('kept in the browser');
      await page.getByRole('button', { name: 'Save the draft' }).click();
      await page.getByText('The controller cannot be reached.').waitFor();
      await page.unroute('**/api/flow/**');
      await page.reload();
      await page.getByText('This is what you had not saved').waitFor();
      await page.getByRole('button', { name: 'Throw it away' }).click();
      await page.getByRole('tab', { name: 'Whole flow' }).click();
      expect(await page.getByLabel('Name of the flow').inputValue()).toBe(cafeFlow().name);
      await page.waitForTimeout(1_000);
    });

    test('two who save: what only one has changed is taken over, what both have is asked', async () => {
      const { pages, page } = hand();
      const other = await pages.as('editor', 'otto');
      for (const one of [page, other]) {
        await pages.goto(one, 'flow');
        await one.reload();
        await one.locator('.drawn-node').first().waitFor();
      }
      const write = async (one: Page, name: string, goodbye: string): Promise<void> => {
        await one.getByRole('tab', { name: 'Whole flow' }).click();
        await one.getByLabel('Name of the flow').fill(name);
        await one.keyboard.press('Control+k');
        await one.keyboard.type('closedNow');
        await one.keyboard.press('Enter');
        await one.getByRole('textbox', { name: 'The caller hears' }).first().fill(goodbye);
        await one.keyboard.press('Control+s');
      };
      await write(other, 'of Otto', 'Otto says that we are closed.');
      await other.getByText(/Draft \d+;/).waitFor();
      await write(page, cafeFlow().name, 'Ada says that we are closed.');
      const dialog = page.getByRole('dialog', { name: 'otto has saved meanwhile' });
      await dialog.getByText('Taken over from them: Whole flow').waitFor();
      expect(await violations(page)).toEqual([]);
      await dialog.getByRole('radio', { name: 'Of otto' }).check();
      await dialog.getByRole('button', { name: 'Save both together' }).click();
      await dialog.waitFor({ state: 'hidden' });
      await page.getByText('Not saved.').waitFor({ state: 'hidden' });
      const saved = JSON.parse((await pages.house.desk.draft())?.json ?? '') as Flow;
      expect(saved.name).toBe('of Otto');
      expect(saved.nodes['closedNow']).toMatchObject({ prompt: 'Otto says that we are closed.' });
      await other.context().close();
    });
  });

  describe('bad input', () => {
    test('hostile labels are text', async () => {
      const { pages, page, node, saveDraft } = hand();
      const hostile = ['<img src=x onerror=alert(1)>', '\u202eabc\u202c 😀 עברית', 'a\u0000b'];
      const flow = cafeFlow();
      const main = flow.nodes['main'];
      if (main?.kind !== 'menu') throw new Error('the café begins with a menu');
      const options = main.options.map((option, at) => ({ ...option, label: hostile[at % 3] ?? '' }));
      const document = { ...flow, nodes: { ...flow.nodes, main: { ...main, prompt: hostile.join(' '), options } } };
      await saveDraft(document);
      await pages.goto(page, 'flow');
      await page.reload();
      await node('main').getByText('<img src=x').first().waitFor();
      expect(await page.locator('.canvas img').count()).toBe(0);
    });

    test('2,000 nodes can be worked with, and a flow beyond 5 MB is told in words', async () => {
      const { pages, page, node, saveDraft } = hand();
      const nodes: Record<string, FlowNode> = Object.fromEntries(
        Array.from({ length: 2_000 }, (_, at): [string, FlowNode] => [
          `n${String(at)}`,
          {
            kind: 'say',
            prompt: `Number ${String(at)}. ${'Words and words. '.repeat(140)}`,
            next: `n${String(at + 1)}`,
          },
        ]),
      );
      nodes['n2000'] = { kind: 'hangup' };
      await saveDraft({ ...cafeFlow(), start: 'n0', giveUp: 'n2000', operator: 'n1', nodes });
      await pages.goto(page, 'flow');
      await page.reload();
      await node('n0').waitFor();
      // Only those in sight are drawn.
      expect(await page.locator('.drawn-node').count()).toBeLessThan(100);
      await page.keyboard.press('Control+k');
      await page.keyboard.type('n1234');
      await page.keyboard.press('Enter');
      await node('n1234').waitFor();
      const prompt = page.getByRole('textbox', { name: 'The caller hears' }).first();
      await prompt.fill('Number 1234.');
      await node('n1234').getByText('Number 1234.').waitFor();
      await prompt.fill('x'.repeat(450_000));
      await page.getByRole('button', { name: 'Save the draft' }).click();
      await page.getByText('bigger than 5 MB').waitFor();
    });
  });

  test('an old menu becomes the draft', async () => {
    const { pages, page } = hand();
    await pages.goto(page, 'import');
    const dialplan = [
      '[main-menu]',
      'exten => s,1,Answer()',
      ' same => n,Background(welcome)',
      ' same => n,WaitExten(5)',
      'exten => 1,1,Dial(PJSIP/100)',
      'exten => 2,1,Voicemail(200)',
    ];
    await page.getByLabel('An extensions.conf').fill(dialplan.join('\n'));
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByText('nodes were made of it').waitFor();
    await page.getByRole('button', { name: 'Make it the draft' }).click();
    await page.locator('.drawn-node').first().waitFor();
    await page.getByText(/Draft \d+;/).waitFor();
  });
}

import { expect, test } from 'vitest';
import type { Flow } from '../../src/flow/schema.js';
import { OPEN_END } from '../../web/src/editor/flow-edit.js';
import { cafeFlow } from '../support/flows.js';
import type { PageHand } from '../support/page-hand.js';
import { violations } from '../support/page-looks.js';

/** A change on its way to callers. */
export function changes(hand: () => PageHand): void {
  test('every field of a node has its form: a web service and a number to dial', async () => {
    const { pages, page, panel, edit } = hand();
    await edit(cafeFlow(), 'main');
    const way = panel().getByLabel('Leads to: opening hours');
    // The other nodes come when somebody does.
    await expect.poll(() => way.locator('option').count()).toBe(2);
    await way.focus();
    await way.selectOption('closedNow');
    await panel().getByText('More', { exact: true }).click();
    await panel().getByRole('button', { name: 'Add: Numbers that may be dialled' }).click();
    await panel().getByLabel('Number', { exact: true }).fill('4711');
    await page.getByRole('region', { name: 'Palette' }).getByRole('button', { name: 'Web service' }).click();
    await panel().getByLabel('Method').selectOption('POST');
    await panel().getByRole('button', { name: 'Add: Values of the answer' }).click();
    const result = panel().getByRole('group', { name: 'Values of the answer 2' });
    await result.getByLabel('Stored as').fill('eta');
    await result.getByLabel('Where in the answer').fill('/eta');
    await result.getByLabel('What it is').selectOption('integer');
    await panel().getByText('More', { exact: true }).click();
    await panel().getByRole('button', { name: 'Add: Sent values' }).click();
    await panel().getByLabel('Name: Sent values 1').fill('order');
    await panel().getByLabel('Value: Sent values 1').fill('{orderNumber}');
    await panel().getByLabel('With a secret').check();
    await panel().getByLabel('Its file in tools.secretsDir').fill('shop');
    await page.keyboard.press('Control+s');
    await page.getByText('Not saved.').waitFor({ state: 'hidden' });
    const { nodes } = JSON.parse((await pages.house.desk.draft())?.json ?? '') as Flow;
    expect(nodes['main']).toMatchObject({
      directDial: [{ number: '4711', next: OPEN_END }],
      options: expect.arrayContaining([
        expect.objectContaining({ label: 'opening hours', next: 'closedNow' }),
      ]) as unknown,
    });
    expect(nodes['tool']).toMatchObject({
      method: 'POST',
      results: [{ name: 'state' }, { name: 'eta', at: '/eta', schema: { type: 'integer' } }],
      body: { order: '{orderNumber}' },
      secret: { header: 'Authorization', name: 'shop' },
    });
  });

  test('what was tried is kept as a test, and a changed prompt fails it', async () => {
    const { page, panel, edit } = hand();
    await edit(cafeFlow(), 'main');
    await page.getByRole('tab', { name: 'Try it' }).click();
    await panel().getByLabel('Caller says').fill('0');
    await page.keyboard.press('Enter');
    await page.getByLabel('Name of the test').fill('by key to a person');
    await page.getByRole('button', { name: 'Keep this run as a test' }).click();
    await page.getByText('Kept.').waitFor();
    const tests = page.getByRole('region', { name: 'Tests' });
    await tests.getByRole('button', { name: 'Run them on this drawing' }).click();
    await tests.getByText('passed', { exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Node' }).click();
    await page.getByRole('textbox', { name: 'The caller hears' }).first().fill('Something else.');
    await page.getByRole('tab', { name: 'Try it' }).click();
    await tests.getByRole('button', { name: 'Run them on this drawing' }).click();
    await tests.getByText('failed', { exact: true }).waitFor();
    await tests.getByText(/Step 1: says/).waitFor();
    await page.keyboard.press('Control+s');
    await page.getByText('Not saved.').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Publish…' }).click();
    await page.getByText('1 of 1 tests fail: by key to a person.').waitFor();
    await page.keyboard.press('Escape');
  });

  test('a canary is begun with its guard, its figures are beside those of what is live, and it is taken back', async () => {
    const { pages, page } = hand();
    await pages.goto(page, 'versions');
    await page.getByRole('button', { name: 'Try the draft on some callers…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Share of callers (%)').fill('25');
    await dialog.getByLabel('These numbers').fill('100\n200');
    await dialog.getByLabel('Figure', { exact: true }).selectOption('p95Ms');
    expect(await violations(page)).toEqual([]);
    await dialog.getByLabel('Why?').fill('a new greeting');
    await dialog.getByRole('button', { name: 'Try the draft' }).click();
    await page.getByText(/goes to 25 % of callers/).waitFor();
    await page.getByText('And to 100, 200.').waitFor();
    await page.getByText(/is worse by more than 200 ms/).waitFor();
    await page.getByRole('columnheader', { name: /canary/ }).waitFor();
    expect(pages.house.canary.running?.flow.nodes['main']).toMatchObject({ prompt: 'Something else.' });
    await page.getByRole('button', { name: 'Take it back' }).click();
    await dialog.getByLabel('Why?').fill('enough');
    await dialog.getByRole('button', { name: 'Take it back' }).click();
    await page.getByText(/was taken back: enough/).waitFor();
    expect(pages.house.canary.running).toBeUndefined();
  });

  test('what was counted is at its node', async () => {
    const { pages, page, node, panel } = hand();
    await pages.goto(page, 'flow');
    const counters = page.getByRole('combobox', { name: 'Counters at the nodes' });
    await counters.selectOption('last hour');
    await node('main')
      .getByText(/\d came/)
      .waitFor();
    await node('main').click();
    await panel().getByText('Came here').waitFor();
    await counters.selectOption('no counters');
  });
}

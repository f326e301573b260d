import { expect, test } from 'vitest';
import type { PageHand } from '../support/page-hand.js';

/** Who may do what, and who did. */
export function access(hand: () => PageHand): void {
  test('who may only look sees no way to change anything', async () => {
    const { pages } = hand();
    const viewer = await pages.as('viewer', 'vera');
    await pages.goto(viewer, 'flow');
    await viewer.locator('.canvas').waitFor();
    for (const name of ['Save the draft', 'Publish…', 'Begin from nothing'])
      expect(await viewer.getByRole('button', { name }).count(), name).toBe(0);
    expect(await viewer.getByRole('link', { name: 'Access' }).count()).toBe(0);
    await pages.goto(viewer, 'calls');
    await viewer.locator('.card.live').waitFor();
    expect(await viewer.getByText('Listen in').count()).toBe(0);
    await pages.goto(viewer, 'prompts');
    await viewer.getByRole('row', { name: /recorded-2026-11-25/ }).waitFor();
    await pages.goto(viewer, 'callbacks');
    await viewer.getByRole('row', { name: /Order 4711/ }).waitFor();
    for (const name of [/Upload/, /Rename/, /Remove/, /Called back/])
      expect(await viewer.getByRole('button', { name }).count(), String(name)).toBe(0);
    await viewer.context().close();
  });

  test('users, tokens, and the log of it all', async () => {
    const { pages, page } = hand();
    await pages.goto(page, 'access');
    const users = page.getByRole('region', { name: 'Users' });
    await users.getByLabel('Name').fill('petra');
    await users.getByLabel('Role', { exact: false }).last().selectOption('publisher');
    await users.getByRole('button', { name: 'Add a user' }).click();
    await page.getByText(/#\/welcome\//).waitFor();
    await users.getByRole('row', { name: /petra/ }).getByRole('combobox').selectOption('viewer');
    const tokens = page.getByRole('region', { name: 'API tokens' });
    await tokens.getByLabel('Name').fill('grafana');
    await tokens.getByRole('checkbox', { name: 'calls:read' }).check();
    await tokens.getByRole('button', { name: 'Add a token' }).click();
    await page.getByText('The token grafana').waitFor();
    await tokens.getByRole('button', { name: 'Remove: grafana' }).click();
    await tokens.getByRole('button', { name: 'Remove grafana?' }).click();
    await tokens.getByText('None.').waitFor();
    await pages.goto(page, 'audit');
    await page.getByText('token.remove').waitFor();
    await page
      .getByRole('row', { name: /user.role/ })
      .getByText('publisher → viewer')
      .waitFor();
    await page.getByRole('button', { name: 'Verify the chain' }).click();
    await page.getByText(/entries, unchanged/).waitFor();
  });
}

import { expect, test } from 'vitest';
import { encodeWav } from '../../src/audio/wav.js';
import type { Flow } from '../../src/flow/schema.js';
import { cafeFlow } from '../support/flows.js';
import { tone } from '../support/page-calls.js';
import type { PageHand } from '../support/page-hand.js';
import { violations } from '../support/page-looks.js';

/** Recordings, and the prompts that they are played for. */
export function recordings(hand: () => PageHand): void {
  test('a recording is uploaded, named and taken away; what is none is refused in words', async () => {
    const { pages, page } = hand();
    await pages.goto(page, 'prompts');
    const form = page.getByRole('region', { name: 'Upload one' });
    const send = async (name: string, buffer: Buffer): Promise<void> => {
      await form.getByLabel('Sound file').setInputFiles({ name, mimeType: 'audio/wav', buffer });
      await form.getByRole('button', { name: 'Upload' }).click();
    };
    await send('nothing.wav', Buffer.alloc(0));
    await form.getByText('The file is empty.').waitFor();
    await send('big.wav', Buffer.alloc(13 * 1024 * 1024));
    await form.getByText('bigger than 12 MiB').waitFor();
    await form.getByLabel('What it is called').fill('letter');
    await send('letter.txt', Buffer.from('Dear caller'));
    await form.getByText('it is no WAV, AIFF, FLAC, Ogg, MP3 or M4A file').waitFor();
    await form.getByLabel('What it is called').fill('Good evening');
    await send('take 3.wav', encodeWav([tone(2_100)]));
    await form.getByText(/It is here as good-evening-/).waitFor();

    const row = page.getByRole('row', { name: /good-evening-/ });
    await row.getByText('0:02').waitFor();
    await row.getByText('nowhere').waitFor();
    await row.getByRole('button', { name: /Rename: good-evening/ }).click();
    await row.getByLabel('What it is called').fill('Good night');
    await page.keyboard.press('Enter');
    const named = page.getByRole('row', { name: /good-night-/ });
    await named.getByRole('button', { name: /Remove: good-night/ }).click();
    await named.getByRole('button', { name: /Remove good-night/ }).click();
    await named.waitFor({ state: 'hidden' });
  });

  test('a prompt is given a recording at its node: one that is there, one that is uploaded, and the voice again', async () => {
    const { pages, page, node, panel, edit } = hand();
    await edit(cafeFlow(), 'closedNow');
    const button = panel().getByRole('button', { name: 'Recording: The caller hears', exact: true });
    await button.click();
    const dialog = page.getByRole('dialog', { name: 'Recording' });
    await dialog.getByRole('radio', { name: /recorded-2026-11-25/ }).check();
    expect(await violations(page)).toEqual([]);
    await dialog.getByText('Upload one').click();
    const file = { name: 'closed.wav', mimeType: 'audio/wav', buffer: encodeWav([tone(1_200)]) };
    await dialog.getByLabel('Sound file').setInputFiles(file);
    await dialog.getByRole('button', { name: 'Upload' }).click();
    await dialog.getByRole('radio', { name: /^closed-/, checked: true }).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await panel()
      .getByText(/Recording: closed-\w+, 0:01/)
      .waitFor();
    expect(await button.getAttribute('aria-pressed')).toBe('true');
    await page.keyboard.press('Control+s');
    await page.getByText('Not saved.').waitFor({ state: 'hidden' });

    await pages.goto(page, 'prompts');
    const row = page.getByRole('row', { name: /closed-/ });
    await row.getByText('draft: closedNow').waitFor();
    expect(await row.getByRole('button').count()).toBe(0);

    await pages.goto(page, 'flow');
    await node('closedNow').click();
    await page.getByRole('textbox', { name: 'The caller hears' }).first().fill('Closed.');
    await page.getByRole('tab', { name: 'Whole flow' }).click();
    const recorded = panel().getByRole('region', { name: 'Recordings' });
    await recorded.getByText('No node says this.').waitFor();
    await recorded.getByRole('button', { name: /^Remove/ }).click();
    await recorded.waitFor({ state: 'hidden' });
    await page.keyboard.press('Control+s');
    await page.getByText('Not saved.').waitFor({ state: 'hidden' });
    const draft = JSON.parse((await pages.house.desk.draft())?.json ?? '') as Flow;
    expect(draft.recordings).toBeUndefined();
  });
}

import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeWav } from '../src/audio/wav.js';
import type { Flow, FlowNode } from '../src/flow/schema.js';
import { OPEN_END } from '../web/src/editor/flow-edit.js';
import { systemChromium } from '../bench/web/chromium.js';
import { cafeFlow } from './support/flows.js';
import { PageHouse } from './support/page-house.js';
import { focusedId, focusSeen, violations, waysBehindNodes } from './support/page-looks.js';
import { takePictures } from './support/page-pictures.js';
import { goesOn, seedCalls, tone } from './support/page-calls.js';

const executablePath = systemChromium();
if (!executablePath)
  console.log('test/pages.test.ts: no Chromium on this machine (HANDRAIL_CHROMIUM names one); skipped');

/** Where a picture of each page goes; absent: none is taken. */
const screenshots = process.env['HANDRAIL_SCREENSHOTS'];
const places = ['calls', 'callbacks', 'flow', 'prompts', 'versions', 'line', 'access', 'audit', 'import'] as const;

describe.skipIf(!executablePath)('the pages', () => {
  let pages: PageHouse;
  let page: Page;

  beforeAll(async () => {
    pages = await PageHouse.open(executablePath ?? '', cafeFlow());
    await seedCalls(pages.house);
    page = await pages.as('admin', 'ada');
  });
  afterAll(async () => {
    await pages.close();
  });

  const node = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
  const panel = () => page.getByRole('tabpanel');
  const canvas = () => page.getByRole('group', { name: 'Drawing' });

  describe('are for everybody (axe-core: WCAG 2.2 A and AA)', () => {
    test.each(['light', 'dark'] as const)('in the %s look', async (theme) => {
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
      const german = await pages.page({ locale: 'de-DE' });
      await pages.goto(german, 'calls');
      await german.getByRole('button', { name: 'Anmelden' }).waitFor();
      expect(await violations(german)).toEqual([]);
      expect(await german.locator('html').getAttribute('lang')).toBe('de');
      await german.context().close();
    });

    test('the focus goes along the page and is seen everywhere', async () => {
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

  describe('drawing', () => {
    test('no way of the café runs behind a node', async () => {
      await pages.goto(page, 'flow');
      await page.locator('.drawn-node').first().waitFor();
      const { ways, behind } = await waysBehindNodes(page);
      expect(ways).toBeGreaterThan(20);
      expect(behind).toEqual([]);
    });

    test('by mouse: from nothing, ways from handle to handle, removed, undone', async () => {
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

  describe('nothing is lost', () => {
    test('what was not saved is there again, also while the server is away', async () => {
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

  test('who may only look sees no way to change anything', async () => {
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

  test('an old menu becomes the draft', async () => {
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

  test('a live call is a dot on its node, and is moved from its card', async () => {
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

  test('a recording is uploaded, named and taken away; what is none is refused in words', async () => {
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
    await saveDraft(cafeFlow());
    await pages.goto(page, 'flow');
    await page.reload();
    await node('closedNow').click();
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

  test('every field of a node has its form: a web service and a number to dial', async () => {
    await saveDraft(cafeFlow());
    await pages.goto(page, 'flow');
    await page.reload();
    await node('main').click();
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
    await saveDraft(cafeFlow());
    await pages.goto(page, 'flow');
    await page.reload();
    await node('main').click();
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

  test('an engine is switched off and on', async () => {
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
    await takePictures(pages, screenshots ?? '');
  });

  test('no page complained', () => {
    expect(pages.complaints).toEqual([]);
  });

  /** Over whatever is there. */
  async function saveDraft(document: unknown): Promise<void> {
    await pages.house.desk.saveDraft(document, (await pages.house.desk.draft())?.revision ?? 0, 'mallory');
  }

  async function firstNode(): Promise<string> {
    return (await page.locator('.react-flow__node').first().getAttribute('data-id')) ?? '';
  }

  /** Draws a way with the mouse from a handle to a node, or into the empty. */
  async function draw(from: string, field: string, to: string | undefined): Promise<void> {
    const handle = node(from).locator(`.react-flow__handle[data-handleid="${field}"]`);
    // A way moves the nodes.
    await page.getByRole('button', { name: /fit/i }).click();
    await handle.hover();
    await page.mouse.down();
    if (to === undefined) {
      const frame = await canvas().boundingBox();
      if (!frame) throw new Error('there is no drawing');
      await page.mouse.move(frame.x + frame.width / 2, frame.y + frame.height - 60, { steps: 5 });
    } else await node(to).locator('.react-flow__handle.target').hover({ force: true });
    await page.mouse.up();
  }
});

import axe from 'axe-core';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Flow, FlowNode } from '../src/flow/schema.js';
import { projectRoot } from '../src/kernel/paths.js';
import { systemChromium } from './support/browser.js';
import { cafeFlow } from './support/flows.js';
import { PageHouse, WITHIN_MS } from './support/page-house.js';
import { takePictures } from './support/page-pictures.js';
import { seedCalls } from './support/page-calls.js';

const executablePath = systemChromium();
if (!executablePath)
  console.log('test/pages.test.ts: no Chromium on this machine (HANDRAIL_CHROMIUM names one); skipped');

/** Where a picture of each page goes; absent: none is taken. */
const screenshots = process.env['HANDRAIL_SCREENSHOTS'];
/** WCAG 2.2, levels A and AA. */
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const places = ['calls', 'flow', 'versions', 'line', 'access', 'audit', 'import'] as const;

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
      for (let n = 0; n < 12; n++) {
        await page.keyboard.press('Tab');
        const focus = await page.evaluate<{ name: string; isSeen: boolean }>(FOCUS);
        expect(focus.isSeen, focus.name).toBe(true);
        seen.push(focus.name);
      }
      expect(seen.slice(0, 5)).toEqual(['Skip to the content', 'Handrail', 'Calls', 'Flow', 'Versions']);
    });
  });

  describe('drawing', () => {
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
      await expect.poll(() => focused(page)).toBe('menu');
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => focused(page)).toBe('hangup');
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

  test('a live call is a dot on its node', async () => {
    pages.house.live.enteredNode('now', (await pages.house.desk.draft()) ? await firstNode() : 'main', 'ai');
    await page.getByLabel('1 call is here now').waitFor();
  });

  test('figures: load, interaction, size', async () => {
    const count = 200;
    const nodes: Record<string, FlowNode> = Object.fromEntries(
      Array.from({ length: count }, (_, at): [string, FlowNode] => [
        `n${String(at)}`,
        {
          kind: 'menu',
          prompt: `Question ${String(at)}?`,
          options: [1, 2, 3].map((key) => ({
            id: `o${String(key)}`,
            label: `way ${String(key)}`,
            key: String(key),
            phrases: [`way ${String(key)}`],
            next: `n${String(Math.min(count - 1, 3 * at + key))}`,
          })),
        },
      ]),
    );
    await saveDraft({ ...cafeFlow(), start: 'n0', giveUp: 'n1', operator: 'n2', nodes });
    await pages.goto(page, 'flow');
    await page.reload();
    await node('n0').waitFor();
    const loadMs = await page.evaluate<number>('performance.now()');
    const chosen = await page.evaluate<number[]>(CHOOSE_EACH);
    const typed = await page.evaluate<number[]>(TYPE_EACH);
    const assets = readdirSync(join(projectRoot, 'web/dist/assets')).filter((name) => name.endsWith('.js'));
    const sizes = assets.map((name) => {
      const bytes = readFileSync(join(projectRoot, 'web/dist/assets', name));
      return `${name.replace(/-.*/, '')} ${kib(bytes.length)} (${kib(gzipSync(bytes).length)} gzip)`;
    });
    console.log(`web: ${String(count)} nodes on the page ${loadMs.toFixed(0)} ms after it was asked for`);
    console.log(`web: choosing a node ${spread(chosen)}, typing a letter ${spread(typed)}, each to the next frame`);
    console.log(`web: ${sizes.join(', ')}`);
    expect(loadMs).toBeLessThan(WITHIN_MS);
    expect(await page.locator('.drawn-node.selected').count()).toBe(1);
    expect(Math.max(...chosen, ...typed)).toBeLessThan(WITHIN_MS);
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

/** How long until the next frame after each of these. */
const CHOOSE_EACH = `(async () => {
  const times = [];
  for (let n = 0; n < 20; n++) {
    const drawn = document.querySelectorAll('.react-flow__node');
    const node = drawn[n % drawn.length];
    const begun = performance.now();
    node.click();
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    times.push(performance.now() - begun);
  }
  return times;
})()`;

const TYPE_EACH = `(async () => {
  const times = [];
  for (const letter of 'a letter each time') {
    const field = document.querySelector('[data-field=node-first]');
    const begun = performance.now();
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(field, field.value + letter);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    times.push(performance.now() - begun);
  }
  return times;
})()`;

function spread(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  return `${(sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(0)} ms (longest ${(sorted.at(-1) ?? 0).toFixed(0)} ms)`;
}

function kib(bytes: number): string {
  return `${(bytes / 1_024).toFixed(0)} KiB`;
}

/** Where the focus is, and whether it is seen. */
const FOCUS = `(() => {
  const at = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  return { name: at.textContent.trim(), isSeen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 };
})()`;

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate<string[]>(`
    axe.run(document, { runOnly: { type: 'tag', values: ${JSON.stringify(rules)} } }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => [id, target, failureSummary].join(' ')))
    )
  `);
}

function focused(page: Page): Promise<string | null> {
  return page.evaluate<string | null>('document.activeElement.getAttribute("data-id")');
}

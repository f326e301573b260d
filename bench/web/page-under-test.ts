import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { createAdmin, type Admin } from '../../src/admin/index.js';
import { AdminHouse } from '../../src/admin/testing/admin-house.js';
import type { Flow, FlowNode } from '../../src/flow/schema.js';
import { HandrailError } from '../../src/kernel/errors.js';
import { Distribution } from '../../src/sip-caller/index.js';
import { latencyFigures, type LatencyFigures } from '../figures.js';

/** Each from the event to the frame after it. */
export interface PageFigures {
  /** From the request of the page to the first frame with the drawing, nothing in the browser's cache. */
  readonly coldLoad: LatencyFigures;
  /** What of it the page's main thread has worked, by Chromium's own count: the same on a busy machine and on an idle one. */
  readonly coldWork: LatencyFigures;
  /** The same once the browser has been there. */
  readonly warmLoad: LatencyFigures;
  readonly chooseNode: LatencyFigures;
  readonly typeLetter: LatencyFigures;
  readonly addNode: LatencyFigures;
  /** What one of these has the main thread work, with the checks that follow by themselves: the mean of each round. */
  readonly chooseWork: LatencyFigures;
  readonly typeWork: LatencyFigures;
  readonly addWork: LatencyFigures;
}

interface PageOptions {
  readonly executablePath: string;
  readonly webDir: string;
  /** How many nodes its flow has. */
  readonly nodes: number;
}

/** As big screens are. */
const VIEWPORT = { width: 1440, height: 900 } as const;
const WITHIN_MS = 120_000;

/** The admin page of a server with a database in memory and no line behind it, looked at by a browser of its own. */
export class PageUnderTest {
  private constructor(
    private readonly house: AdminHouse,
    private readonly admin: Admin,
    private readonly browser: Browser,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  /** @throws HandrailError HR_USAGE where the driver of the browser was not installed */
  static async open({ executablePath, webDir, nodes }: PageOptions): Promise<PageUnderTest> {
    // Only a clone has it.
    const { chromium } = await import('playwright-core').catch((cause: unknown) => {
      throw new HandrailError('HR_USAGE', 'playwright-core is not installed: run this in a clone.', { cause });
    });
    const house = await AdminHouse.open(bigFlow(nodes), webDir);
    const headers = await house.as('admin');
    const admin = await createAdmin({ host: '127.0.0.1', port: 0, deps: house.deps() });
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    return new PageUnderTest(house, admin, browser, headers);
  }

  async measure(rounds: number): Promise<PageFigures> {
    const [cold, work, warm] = [[], [], []] as [number[], number[], number[]];
    const [choose, type, add] = [new Acts(CHOOSE_EACH), new Acts(TYPE_EACH), new Acts(ADD_EACH)];
    for (let round = 0; round < rounds; round++) {
      const context = await this.#visitor();
      const page = await context.newPage();
      page.setDefaultTimeout(WITHIN_MS);
      const count = await context.newCDPSession(page);
      await count.send('Performance.enable', { timeDomain: 'threadTicks' });
      await page.goto(`${this.admin.url}#/flow`);
      cold.push(await drawnAtMs(page));
      work.push(await workedMs(count));
      await page.reload();
      warm.push(await drawnAtMs(page));
      for (const acts of [choose, type, add]) await acts.play(page, count);
      await context.close();
    }
    return {
      coldLoad: figuresOf(cold),
      coldWork: figuresOf(work),
      warmLoad: figuresOf(warm),
      chooseNode: figuresOf(choose.tookMs),
      typeLetter: figuresOf(type.tookMs),
      addNode: figuresOf(add.tookMs),
      chooseWork: figuresOf(choose.workedMs),
      typeWork: figuresOf(type.workedMs),
      addWork: figuresOf(add.workedMs),
    };
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.admin.close();
    await this.house.store.close();
  }

  /** Somebody who is logged in and was never here before. */
  async #visitor(): Promise<BrowserContext> {
    const context = await this.browser.newContext({ viewport: VIEWPORT, locale: 'en-US' });
    const [name = '', value = ''] = (this.headers['cookie'] ?? '').split('=');
    await context.addCookies([{ name, value, url: this.admin.url }]);
    await context.addInitScript(WATCH);
    return context;
  }
}

/** Menus with three ways each: a tree whose last ones lead to the last. */
function bigFlow(count: number): Flow {
  const nodes = Object.fromEntries(
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
  return { schema: 1, id: 'big', name: 'Big', language: 'en-US', start: 'n0', giveUp: 'n1', operator: 'n2', nodes };
}

/** Notes when the drawing is there: at the frame after its first node, and of its panel. */
const WATCH = `
  new MutationObserver((_, observer) => {
    if (!document.querySelector('.react-flow__node') || !document.querySelector('[data-field=node-first]')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.drawnAtMs = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });
`;

async function drawnAtMs(page: Page): Promise<number> {
  return page.evaluate<number>(`new Promise((done) => {
    const look = () => (window.drawnAtMs === undefined ? setTimeout(look, 10) : done(window.drawnAtMs));
    look();
  })`);
}

/** One kind of interaction, several times in a row: how long each took, and what it had the page work. */
class Acts {
  readonly tookMs: number[] = [];
  readonly workedMs: number[] = [];

  constructor(private readonly script: string) {}

  async play(page: Page, count: CDPSession): Promise<void> {
    const before = await workedMs(count);
    const took = await page.evaluate<number[]>(this.script);
    this.workedMs.push(((await workedMs(count)) - before) / took.length);
    this.tookMs.push(...took);
  }
}

async function workedMs(count: CDPSession): Promise<number> {
  const { metrics } = await count.send('Performance.getMetrics');
  return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
}

/** The script of one kind of interaction, so many times: how long each is from the event to the frame after it. */
function each(times: number, act: string): string {
  return `(async () => {
    const times = [];
    for (let n = 0; n < ${String(times)}; n++) {
      const begun = performance.now();
      ${act}
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      times.push(performance.now() - begun);
      // What follows by itself, as a check of the flow, is not part of it.
      await new Promise((done) => setTimeout(done, 50));
    }
    return times;
  })()`;
}

const CHOOSE_EACH = each(
  10,
  `const drawn = document.querySelectorAll('.react-flow__node');
   drawn[(n + 1) % drawn.length].click();`,
);

const TYPE_EACH = each(
  10,
  `const field = document.querySelector('[data-field=node-first]');
   Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(field, field.value + 'a');
   field.dispatchEvent(new Event('input', { bubbles: true }));`,
);

const ADD_EACH = each(5, `document.querySelector('.palette button').click();`);

function figuresOf(times: readonly number[]): LatencyFigures {
  const all = new Distribution();
  for (const ms of times) all.add(ms);
  return latencyFigures(all);
}

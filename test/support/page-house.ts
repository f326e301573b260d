import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { createAdmin, type Admin } from '../../src/admin/index.js';
import { AdminHouse, PASSWORD } from '../../src/admin/testing/admin-house.js';
import type { Flow } from '../../src/flow/schema.js';
import { projectRoot } from '../../src/kernel/paths.js';
import type { Role } from '../../src/store/access-port.js';

/** Loaded with everything, on a busy machine. */
export const WITHIN_MS = 60_000;
const TICK_MS = 20;

/** The admin page on a server with a database in memory and no line behind it, and browsers that look at it. */
export class PageHouse {
  /** What pages said that they should not: refused by the policy, or thrown. */
  readonly complaints: string[] = [];
  readonly #ticking: NodeJS.Timeout;

  private constructor(
    readonly house: AdminHouse,
    readonly admin: Admin,
    private readonly browser: Browser,
  ) {
    this.#ticking = setInterval(() => house.clock.advance(TICK_MS), TICK_MS);
  }

  static async open(executablePath: string, flow: Flow, args: readonly string[] = []): Promise<PageHouse> {
    const house = await AdminHouse.open(flow, join(projectRoot, 'web/dist'));
    const admin = await createAdmin({ host: '127.0.0.1', port: 0, deps: house.deps() });
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', ...args] });
    return new PageHouse(house, admin, browser);
  }

  /** A browser of its own in which a new user of this role is logged in. */
  async as(role: Role, name: string, look: PageLook = {}): Promise<Page> {
    await this.house.gate.addUser(name, role);
    const page = await this.page(look);
    const secret = await this.house.gate.invite(name);
    await page.goto(`${this.admin.url}#/welcome/${secret}`);
    await page.locator('input[type=password]').first().fill(PASSWORD);
    await page.locator('input[type=password]').last().fill(PASSWORD);
    await page.locator('button[type=submit]').click();
    await page.locator('.who-am-i').getByText(name, { exact: true }).waitFor();
    return page;
  }

  /** A browser of its own, at no page yet. */
  async page({ locale = 'en-US', colorScheme = 'light' }: PageLook = {}): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale,
      colorScheme,
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    page.setDefaultTimeout(WITHIN_MS);
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    return page;
  }

  async goto(page: Page, place: string): Promise<void> {
    await page.goto(`${this.admin.url}#/${place}`);
  }

  async close(): Promise<void> {
    clearInterval(this.#ticking);
    await this.browser.close();
    await this.admin.close();
    await this.house.store.close();
  }
}

export interface PageLook {
  readonly locale?: 'en-US' | 'de-DE';
  readonly colorScheme?: 'light' | 'dark';
}

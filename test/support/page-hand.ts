import type { Locator, Page } from 'playwright-core';
import type { PageHouse } from './page-house.js';

/** An admin at the page, and what the tests of its parts look at and do again and again. */
export class PageHand {
  constructor(
    readonly pages: PageHouse,
    readonly page: Page,
  ) {}

  /** A node of the drawing. */
  readonly node = (id: string): Locator => this.page.locator(`.react-flow__node[data-id="${id}"]`);

  /** What is open beside the drawing. */
  readonly panel = (): Locator => this.page.getByRole('tabpanel');

  readonly canvas = (): Locator => this.page.getByRole('group', { name: 'Drawing' });

  /** The node that is drawn first. */
  readonly firstNode = async (): Promise<string> =>
    (await this.page.locator('.react-flow__node').first().getAttribute('data-id')) ?? '';

  /** By somebody else, over whatever is there. */
  readonly saveDraft = async (document: unknown): Promise<void> => {
    const { desk } = this.pages.house;
    await desk.saveDraft(document, (await desk.draft())?.revision ?? 0, 'mallory');
  };

  /** Takes up another draft, at one of its nodes. */
  readonly edit = async (document: unknown, id: string): Promise<void> => {
    await this.saveDraft(document);
    await this.pages.goto(this.page, 'flow');
    await this.page.reload();
    await this.node(id).click();
  };

  /** Draws a way with the mouse from a handle to a node, or into the empty. */
  readonly draw = async (from: string, field: string, to: string | undefined): Promise<void> => {
    const { page } = this;
    const handle = this.node(from).locator(`.react-flow__handle[data-handleid="${field}"]`);
    // A way moves the nodes.
    await page.getByRole('button', { name: /fit/i }).click();
    await handle.hover();
    await page.mouse.down();
    if (to === undefined) {
      const frame = await this.canvas().boundingBox();
      if (!frame) throw new Error('there is no drawing');
      await page.mouse.move(frame.x + frame.width / 2, frame.y + frame.height - 60, { steps: 5 });
    } else await this.node(to).locator('.react-flow__handle.target').hover({ force: true });
    await page.mouse.up();
  };
}

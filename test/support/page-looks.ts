import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** WCAG 2.2, levels A and AA. */
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Where the focus is, and whether it is seen. */
export function focusSeen(page: Page): Promise<{ readonly name: string; readonly isSeen: boolean }> {
  return page.evaluate<{ name: string; isSeen: boolean }>(FOCUS);
}

/** Each way that has a point within a node, nearer to its middle than to be at its edge, with that node. */
export function waysBehindNodes(page: Page): Promise<{ readonly ways: number; readonly behind: readonly string[] }> {
  return page.evaluate<{ ways: number; behind: readonly string[] }>(BEHIND);
}

const FOCUS = `(() => {
  const at = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  return { name: at.textContent.trim(), isSeen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 };
})()`;

const BEHIND = `(() => {
  const EDGE = 6;
  const boxes = [...document.querySelectorAll('.react-flow__node')].map((node) => {
    const { e, f } = new DOMMatrix(getComputedStyle(node).transform);
    const [right, bottom] = [e + node.offsetWidth - EDGE, f + node.offsetHeight - EDGE];
    return { id: node.dataset.id, left: e + EDGE, top: f + EDGE, right, bottom };
  });
  const ways = [...document.querySelectorAll('.react-flow__edge')];
  const behind = ways.flatMap((way) => {
    const line = way.querySelector('.react-flow__edge-path');
    const points = Array.from({ length: Math.ceil(line.getTotalLength() / 5) }, (_, n) => line.getPointAtLength(5 * n));
    return boxes
      .filter(({ left, top, right, bottom }) =>
        points.some(({ x, y }) => x > left && x < right && y > top && y < bottom))
      .map(({ id }) => way.dataset.id + ' behind ' + id);
  });
  return { ways: ways.length, behind };
})()`;

/** What axe-core finds against WCAG 2.2, levels A and AA. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate<string[]>(`
    axe.run(document, { runOnly: { type: 'tag', values: ${JSON.stringify(rules)} } }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => [id, target, failureSummary].join(' ')))
    )
  `);
}

/** The node of the drawing that has the focus. */
export function focusedId(page: Page): Promise<string | null> {
  return page.evaluate<string | null>('document.activeElement.getAttribute("data-id")');
}

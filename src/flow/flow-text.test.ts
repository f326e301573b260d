import { expect, test } from 'vitest';
import { join } from 'node:path';
import { projectRoot } from '../kernel/paths.js';
import { flowText } from './flow-text.js';
import { loadFlow, parseFlow } from './load.js';

test('the order in which a flow was written does not show, and nothing is lost', async () => {
  const flow = await loadFlow(join(projectRoot, 'flows/cafe.json'));
  const text = flowText(flow);
  expect(JSON.parse(text)).toEqual(flow);
  expect(flowText(turned(flow))).toBe(text);
  expect(text.indexOf('"schema"')).toBeLessThan(text.indexOf('"start"'));
  expect(parseFlow(JSON.parse(text), 'text')).toEqual(flow);
});

/** The same with the fields of every object the other way round. */
function turned<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).reverse())
      : inner,
  ) as T;
}

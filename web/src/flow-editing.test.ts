import { describe, expect, test } from 'vitest';
import { smallFlow } from '../../src/dialog/testing/small-flow.js';
import { lintFlow } from '../../src/flow/lint.js';
import { parseFlow } from '../../src/flow/load.js';
import { canBeDrawn, newKinds, withNewNode, withNode, withoutNode, withWay } from './flow-edit.js';
import { labelOf, layoutFlow, nodeSize } from './flow-layout.js';

describe('editing', () => {
  test('a new node of every kind on offer is sound at once, and its name is free', () => {
    for (const kind of newKinds) {
      const { flow, id } = withNewNode(withNewNode(smallFlow, kind).flow, kind);
      expect(id).toBe(`${kind}2`);
      expect(lintFlow(parseFlow(flow, kind)).filter(({ severity }) => severity === 'error')).toEqual([]);
    }
  });

  test('one way of a node leads elsewhere, and nothing else changes', () => {
    const menu = smallFlow.nodes['main'];
    if (menu?.kind !== 'menu') throw new Error('main is a menu');
    const led = withWay(menu, 'options.1.next', 'bye');
    expect(led).toEqual({ ...menu, options: menu.options.map((o, i) => (i === 1 ? { ...o, next: 'bye' } : o)) });
    const person = smallFlow.nodes['person'];
    expect(person && withWay(person, 'failed', 'bye')).toEqual({ ...person, failed: 'bye' });
  });

  test('a node that is gone leaves its ways to the lint', () => {
    const flow = withoutNode(smallFlow, 'thanks');
    expect(Object.keys(flow.nodes)).not.toContain('thanks');
    expect(lintFlow(flow).map(({ code }) => code)).toContain('edge-to-nowhere');
    expect(withNode(flow, 'thanks', { kind: 'hangup' }).nodes['thanks']).toEqual({ kind: 'hangup' });
  });

  test.each([undefined, 3, [], {}, { nodes: 3 }, { nodes: { a: null } }, { nodes: { a: {} } }])(
    'what is no flow is not drawn: %j',
    (document) => {
      expect(canBeDrawn(document)).toBe(false);
    },
  );
});

describe('the layout', () => {
  test('has every node once, none above another, and a label for each way', () => {
    const { nodes, ways } = layoutFlow(smallFlow);
    expect(nodes.map(({ id }) => id).sort()).toEqual(Object.keys(smallFlow.nodes).sort());
    for (const a of nodes)
      for (const b of nodes)
        if (a.id !== b.id)
          expect(Math.abs(a.x - b.x) >= nodeSize.width || Math.abs(a.y - b.y) >= nodeSize.height).toBe(true);
    expect(ways.filter(({ from }) => from === 'main').map(({ label }) => label)).toEqual([
      '1 · an order',
      '2 · your order number',
      '3 · a question',
    ]);
    expect(ways.find(({ from }) => from === 'person')?.label).toBe('nobody there');
  });

  test('ways to nowhere are left out', () => {
    expect(layoutFlow(withoutNode(smallFlow, 'drink')).ways.some(({ to }) => to === 'drink')).toBe(false);
    expect(labelOf({ kind: 'say', prompt: 'x', next: 'y' }, 'next')).toBe('');
  });
});

import { describe, expect, test } from 'vitest';
import { smallFlow } from '../../../src/dialog/testing/small-flow.js';
import { edgesOf } from '../../../src/flow/edges.js';
import { lintFlow } from '../../../src/flow/lint.js';
import { parseFlow } from '../../../src/flow/load.js';
import type { Flow, FlowNode } from '../../../src/flow/schema.js';
import {
  canBeDrawn,
  copied,
  emptied,
  newKinds,
  OPEN_END,
  pasted,
  withNewNode,
  withNewWay,
  withNode,
  withoutNodes,
  withRenamed,
  withWay,
} from './flow-edit.js';
import { withLanguage, withoutLanguage, withText } from './flow-texts.js';
import { heightOf, neighbour, NEW_WAY, rowsOf, drawn } from './flow-layout.js';
import { layoutFlow } from './layered-layout.js';
import { HEAD, mergeFlows, taking } from './merge.js';
import { reduceHistory, type History } from './use-draft-edit.js';
import { labelOf } from './way-label.js';

const menu = smallFlow.nodes['main'];
if (menu?.kind !== 'menu') throw new Error('main is a menu');

describe('editing', () => {
  test('a new node of every kind lacks nothing but its ways, and its name is free', () => {
    for (const kind of newKinds) {
      const { flow, id } = withNewNode(withNewNode(smallFlow, kind).flow, kind);
      expect(id).toBe(`${kind}2`);
      const errors = lintFlow(parseFlow(flow, kind)).filter(({ severity }) => severity === 'error');
      const codes = new Set(errors.map(({ code }) => code));
      expect([...codes]).toEqual(kind === 'hangup' || kind === 'return' ? [] : ['edge-to-nowhere']);
    }
  });

  test('a flow is drawn from nothing', () => {
    let { flow } = withNewNode(emptied(smallFlow), 'menu');
    expect(flow.start).toBe('menu');
    flow = withNewNode(flow, 'say').flow;
    flow = withNewNode(flow, 'hangup').flow;
    expect(flow).toMatchObject({ start: 'menu', giveUp: 'hangup' });
    const lead = (id: string, field: string, to: string): void => {
      const node = flow.nodes[id];
      if (node) flow = withNode(flow, id, withWay(node, field, to));
    };
    lead('menu', 'options.0.next', 'say');
    lead('say', 'next', 'hangup');
    expect(lintFlow(parseFlow(flow, 'drawn')).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('one way of a node leads elsewhere, and nothing else changes', () => {
    const led = withWay(menu, 'options.1.next', 'bye');
    expect(led).toEqual({ ...menu, options: menu.options.map((o, i) => (i === 1 ? { ...o, next: 'bye' } : o)) });
    const person = smallFlow.nodes['person'];
    expect(person && withWay(person, 'failed', 'bye')).toEqual({ ...person, failed: 'bye' });
  });

  test('a new way takes the next free key, and a full menu has none', () => {
    const more = withNewWay(menu, 'bye');
    expect(more?.kind === 'menu' && more.options.at(-1)).toMatchObject({ key: '4', next: 'bye' });
    expect(withNewWay({ kind: 'hangup' }, 'bye')).toBeUndefined();
    let full: FlowNode = menu;
    for (let n = 0; n < 12; n++) full = withNewWay(full, 'bye') ?? full;
    expect(full.kind === 'menu' && full.options.map(({ key }) => key).join('')).toBe('123456789');
  });

  test('ways to a node that is gone are open, and the lint tells', () => {
    const flow = withoutNodes(smallFlow, new Set(['thanks']));
    expect(Object.keys(flow.nodes)).not.toContain('thanks');
    expect(flow.nodes['drink']).toMatchObject({ next: OPEN_END });
    expect(lintFlow(flow).map(({ code }) => code)).toContain('edge-to-nowhere');
  });

  test('what is said in other languages follows its node, and goes with it', () => {
    const spoken = withText(withLanguage(smallFlow, 'de-DE'), 'de-DE', 'bye', 'prompt', 'Tschüs.');
    expect(withText(spoken, 'de-DE', 'bye', 'prompt', '').languages).toEqual({ 'de-DE': {} });
    expect(withRenamed(spoken, 'bye', 'end').languages).toEqual({ 'de-DE': { end: { prompt: 'Tschüs.' } } });
    expect(withoutNodes(spoken, new Set(['bye'])).languages).toEqual({ 'de-DE': {} });
    expect(withoutLanguage(spoken, 'de-DE')).toEqual(smallFlow);
    expect(emptied(spoken).languages).toBeUndefined();
  });

  test('a new name is followed by every way, the start and the ends, and a taken one is refused', () => {
    const flow = withRenamed(withRenamed(smallFlow, 'main', 'desk'), 'bye', 'end');
    expect(flow).toMatchObject({ start: 'desk', giveUp: 'end' });
    expect(Object.keys(flow.nodes)[0]).toBe('desk');
    expect(Object.values(flow.nodes).flatMap((node) => edgesOf(node).map(({ to }) => to))).not.toContain('main');
    for (const name of ['drink', 'Desk', '', OPEN_END, 'a b'])
      expect(withRenamed(smallFlow, 'main', name)).toBe(smallFlow);
  });

  test('nodes travel by the clipboard under free names, with the ways among them', () => {
    const text = copied(smallFlow, new Set(['main', 'drink']));
    const here = pasted(smallFlow, text);
    expect(here?.ids).toEqual(['main2', 'drink2']);
    expect(here?.flow.nodes['main2']).toMatchObject({
      options: [{ next: 'drink2' }, { next: 'number' }, { next: 'talk' }],
    });
    const elsewhere = pasted(emptied(smallFlow), text);
    expect(elsewhere?.flow.nodes['main']).toMatchObject({ options: [{ next: 'drink' }, { next: OPEN_END }, {}] });
    for (const other of ['hello', '{}', '{"type":"handrail/nodes","nodes":{"a":{}}}', 'null'])
      expect(pasted(smallFlow, other)).toBeUndefined();
  });

  test.each([
    undefined,
    3,
    [],
    {},
    { nodes: 3 },
    { nodes: { a: null } },
    { nodes: { a: {} } },
    { nodes: { a: { kind: 'menu' } } },
  ])('what is no flow is not drawn: %j', (document) => {
    expect(canBeDrawn(document)).toBe(false);
  });
});

describe('undo', () => {
  const step = (history: History, flow: Flow, about?: string): History =>
    reduceHistory(history, { type: 'change', flow, about });
  const named = (name: string): Flow => ({ ...smallFlow, name });

  test('letters typed into one field are one step; redo goes until something else is done', () => {
    let history: History = { past: [], present: smallFlow, future: [], about: undefined };
    history = step(step(history, named('a'), 'name'), named('ab'), 'name');
    history = step(history, named('abc'), 'other');
    expect(history.past.map(({ name }) => name)).toEqual([smallFlow.name, 'ab']);
    history = reduceHistory(history, { type: 'undo' });
    history = reduceHistory(history, { type: 'undo' });
    expect(history.present).toBe(smallFlow);
    history = reduceHistory(history, { type: 'redo' });
    expect(history.present.name).toBe('ab');
    history = step(history, named('z'));
    expect(reduceHistory(history, { type: 'redo' })).toBe(history);
  });
});

describe('two editors', () => {
  const say = (prompt: string): FlowNode => ({ kind: 'say', prompt, next: 'main' });

  test('what only one has changed is taken, what both have is asked', () => {
    const ours = withNode(withNode(smallFlow, 'thanks', say('ours')), 'new', say('ours'));
    const theirs = withoutNodes(
      withNode(withNode(smallFlow, 'thanks', say('theirs')), 'status', say('theirs')),
      new Set(['talk']),
    );
    const merge = mergeFlows(smallFlow, ours, theirs);
    expect(merge.both).toEqual(['thanks']);
    // The menu has lost its way to the node that they have removed.
    expect(merge.theirs).toEqual(['main', 'status', 'talk']);
    expect(merge.flow.nodes).toMatchObject({ thanks: say('ours'), new: say('ours'), status: say('theirs') });
    expect(merge.flow.nodes['talk']).toBeUndefined();
    expect(taking(merge.flow, theirs, ['thanks']).nodes['thanks']).toEqual(say('theirs'));
  });

  test('the same change by both is none, whatever the order of the fields; the head is a part too', () => {
    const ours = withNode(smallFlow, 'bye', { kind: 'hangup', prompt: 'So long.' });
    const theirs: Flow = { ...withNode(smallFlow, 'bye', { prompt: 'So long.', kind: 'hangup' }), name: 'theirs' };
    const merge = mergeFlows(smallFlow, ours, theirs);
    expect(merge).toMatchObject({ both: [], theirs: [HEAD], flow: { name: 'theirs' } });
  });
});

describe('the layout', () => {
  const grown = (count: number): Flow => {
    const nodes = Object.fromEntries(
      Array.from({ length: count }, (_, at): [string, FlowNode] => [
        `n${String(at)}`,
        { ...menu, options: menu.options.map((option, i) => ({ ...option, next: `n${String(3 * at + i + 1)}` })) },
      ]),
    );
    return { ...smallFlow, start: 'n0', nodes };
  };

  test.each<[string, Flow]>([
    ['the small flow', smallFlow],
    ['a flow of 500 nodes', grown(500)],
    [
      'a flow whose nodes lead to themselves',
      { ...smallFlow, start: 'a', nodes: { a: { kind: 'say', prompt: 'A', next: 'a' } } },
    ],
  ])('has every node once, none above another: %s', (_name, flow) => {
    const places = [...layoutFlow(flow).places];
    expect(places.map(([id]) => id).sort()).toEqual(Object.keys(flow.nodes).sort());
    for (const [id, { x, y }] of places)
      for (const [otherId, other] of places) {
        const isBeside = Math.abs(other.x - x) >= drawn.width;
        const isBelow = other.y - y >= heightOf(flow.nodes[id] ?? menu) || other.y < y;
        if (id !== otherId && !isBeside) expect(isBelow, `${id} and ${otherId}`).toBe(true);
      }
  });

  test('calls run from left to right, but for ways back; what is not reached stands below the start', () => {
    const say = (next: string): FlowNode => ({ kind: 'say', prompt: 'Hello.', next });
    const nodes = { a: say('b'), alone: say('b'), b: say('c'), c: say('a') };
    const { places } = layoutFlow({ ...smallFlow, start: 'a', nodes });
    const column = (id: string) => places.get(id)?.x ?? NaN;
    expect(column('a')).toBeLessThan(column('b'));
    expect(column('b')).toBeLessThan(column('c'));
    expect(column('alone')).toBe(column('a'));
    expect(places.get('alone')?.y).toBeGreaterThan(places.get('a')?.y ?? NaN);
  });

  test('the nodes of a menu stand around it in the order of its ways, each as near to its way as it fits', () => {
    const nodes = Object.fromEntries(menu.options.map(({ next }) => [next, { kind: 'hangup' } as FlowNode]));
    const { places } = layoutFlow({ ...smallFlow, start: 'main', nodes: { ...nodes, main: menu } });
    const ys = menu.options.map(({ next }) => places.get(next)?.y ?? NaN);
    expect(ys).toEqual([...ys].sort((a, b) => a - b));
    const middle = (places.get('main')?.y ?? NaN) + heightOf(menu) / 2;
    expect(ys[0]).toBeLessThan(middle);
    expect(ys.at(-1)).toBeGreaterThan(middle);
  });

  test('arrow keys go to the node that the eye goes to', () => {
    const { places } = layoutFlow(smallFlow);
    const right = neighbour(places, 'main', 'right');
    expect(right && edgesOf(menu).map(({ to }) => to)).toContain(right);
    expect(neighbour(places, right, 'left')).toBe('main');
    expect(neighbour(places, undefined, 'up')).toBeDefined();
  });

  test('ways have labels, and a menu has a row for a new one', () => {
    expect(rowsOf(menu).map((field) => (field === NEW_WAY ? field : labelOf(menu, field)))).toEqual([
      '1 · an order',
      '2 · your order number',
      '3 · a question',
      NEW_WAY,
    ]);
    expect(labelOf({ kind: 'transfer', to: '1', failed: 'x' }, 'failed')).toBe('nobody there');
  });
});

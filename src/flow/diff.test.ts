import { expect, test } from 'vitest';
import { smallFlow } from '../dialog/testing/small-flow.js';
import { diffFlows } from './diff.js';
import type { Flow } from './schema.js';

const names = ['version 1', 'version 2'] as const;

test('equal flows have no difference', () => {
  expect(diffFlows(smallFlow, structuredClone(smallFlow), names)).toEqual({ changes: [], text: '' });
});

test('a change of words, ways and nodes is told by node and field, and as text', () => {
  const { message, ...others } = smallFlow.nodes;
  expect(message?.kind).toBe('voicemail');
  const after: Flow = {
    ...smallFlow,
    giveUp: 'person',
    nodes: {
      ...others,
      person: { kind: 'transfer', to: '301', failed: 'sorry' },
      sorry: { kind: 'hangup', prompt: 'Sorry.' },
    },
  };
  const { changes, text } = diffFlows(smallFlow, after, names);
  expect(changes).toEqual([
    { nodeId: 'flow', type: 'changed', fields: [{ field: 'giveUp', from: 'bye', to: 'person' }], ways: none },
    { nodeId: 'message', type: 'removed', fields: [], ways: { added: [], removed: ['next → bye'] } },
    {
      nodeId: 'person',
      type: 'changed',
      fields: [
        { field: 'to', from: '300', to: '301' },
        { field: 'prompt', from: 'I will connect you.' },
        { field: 'failed', from: 'message', to: 'sorry' },
      ],
      ways: { added: ['failed → sorry'], removed: ['failed → message'] },
    },
    { nodeId: 'sorry', type: 'added', fields: [], ways: none },
  ]);
  expect(text).toMatch(/^--- version 1\n\+\+\+ version 2\n/);
  expect(text).toContain('-      "to": "300",\n');
  expect(text).toContain('+      "to": "301",\n');
});

const none = { added: [], removed: [] };

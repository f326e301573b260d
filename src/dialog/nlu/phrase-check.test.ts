import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lintInWorld } from '../../flow/lint-world.js';
import { loadFlow } from '../../flow/load.js';
import type { Flow, Option } from '../../flow/schema.js';
import { projectRoot } from '../../kernel/paths.js';
import { smallFlow } from '../testing/small-flow.js';
import { compileExpectation } from './compile.js';
import { phraseTaker } from './phrase-check.js';

const takes = phraseTaker(compileExpectation);

function withMenu(options: readonly Option[]): Flow {
  return {
    ...smallFlow,
    nodes: { ...smallFlow.nodes, main: { kind: 'menu', prompt: 'What?', options: [...options] } },
  };
}

const option = (id: string, key: string, phrases: string[]): Option => ({ id, label: id, key, phrases, next: 'bye' });

test('the flow that comes with the project has no collision', async () => {
  const cafe = await loadFlow(join(projectRoot, 'flows/cafe.json'));
  expect(await lintInWorld(cafe, { takes })).toEqual([]);
});

test('the same words for two options lead callers wrong, or make them wait', async () => {
  const flow = withMenu([
    option('billing', '1', ['a question about my bill']),
    option('support', '2', ['a question about my bill', 'something is broken']),
  ]);
  const found = (await lintInWorld(flow, { takes })).filter(({ code }) => code === 'phrase-collision');
  expect(found.map(({ nodeId }) => nodeId)).toEqual(['main', 'main']);
  expect(found[0]?.message).toMatch(/^“a question about my bill” of billing is taken for support with \d+ %/);
});

test('words that are only alike do not collide', async () => {
  const flow = withMenu([
    option('billing', '1', ['a question about my bill']),
    option('support', '2', ['a problem with my phone']),
  ]);
  expect((await lintInWorld(flow, { takes })).filter(({ code }) => code === 'phrase-collision')).toEqual([]);
});

test('a person whom Asterisk does not know is an error; where it cannot tell, nothing is', async () => {
  const flow = withMenu([option('person', '1', ['a person'])]);
  const codes = async (answer: boolean | undefined): Promise<string[]> =>
    (await lintInWorld(flow, { takes, knowsTarget: () => Promise.resolve(answer) }))
      .filter(({ severity }) => severity === 'error')
      .map(({ nodeId, code }) => `${nodeId} ${code}`);
  expect(await codes(false)).toEqual(['person unknown-target']);
  expect(await codes(true)).toEqual([]);
  expect(await codes(undefined)).toEqual([]);
});

test('a web service that the line would not ask is an error', async () => {
  const look = {
    kind: 'tool' as const,
    url: 'http://shop.example/',
    results: [],
    next: 'person',
    failed: 'person',
  };
  const flow = withMenu([{ ...option('look', '1', ['my order']), next: 'look' }]);
  const findings = await lintInWorld(
    { ...flow, nodes: { ...flow.nodes, look } },
    { takes, refusesTool: ({ url }) => Promise.resolve(`${url} is not in tools.hosts`) },
  );
  expect(findings.filter(({ severity }) => severity === 'error')).toMatchObject([
    { nodeId: 'look', code: 'tool-not-allowed', message: expect.stringContaining('http://shop.example/') },
  ]);
});

import { expect, test } from 'vitest';
import { smallFlow } from '../dialog/testing/small-flow.js';
import { FakeClock } from '../kernel/fake-clock.js';
import { silentLogger } from '../kernel/log.js';
import { SqliteStore } from '../store/sqlite-store.js';
import { publishFromFile } from './publish.js';

test('a changed flow is a new published version, an unchanged one is not', async () => {
  const store = SqliteStore.open({ path: ':memory:', keepWords: true, clock: new FakeClock(), log: silentLogger });
  expect(await publishFromFile(store, smallFlow, 'small.json', 1)).toBe(1);
  expect(await publishFromFile(store, smallFlow, 'small.json', 2)).toBe(1);
  expect(await publishFromFile(store, { ...smallFlow, name: 'Another name' }, 'small.json', 3)).toBe(2);
  expect((await store.published('small'))?.version).toBe(2);
  await store.close();
});

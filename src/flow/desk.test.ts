import { beforeEach, expect, test, vi } from 'vitest';
import { smallFlow } from '../dialog/testing/small-flow.js';
import { FakeClock } from '../kernel/fake-clock.js';
import { HandrailError } from '../kernel/errors.js';
import { silentLogger } from '../kernel/log.js';
import { SqliteStore } from '../store/sqlite-store.js';
import { FlowDesk, type FlowDeskOptions } from './desk.js';
import { lintFlow } from './lint.js';
import type { Flow } from './schema.js';

const act = { author: 'ada', why: 'friendlier' };
const renamed: Flow = { ...smallFlow, name: 'Another name' };

let store: SqliteStore;
let prepared: string[];
let stage: FlowDeskOptions['stage'];

beforeEach(() => {
  store = SqliteStore.open({ path: ':memory:', keepWords: true, clock: new FakeClock(), log: silentLogger });
  prepared = [];
  stage = {
    prepare: (flow) => Promise.resolve(void prepared.push(flow.name)),
    rehearse: () => Promise.resolve(),
  };
});

function open(flow = smallFlow): Promise<FlowDesk> {
  const check: FlowDeskOptions['check'] = (checked) => Promise.resolve(lintFlow(checked));
  return FlowDesk.open({ book: store.flows, stage, check, nowWallMs: () => 7 }, flow, 'small.json');
}

test('a changed file is a new version, an unchanged one is not', async () => {
  expect((await open()).live.version).toBe(1);
  expect((await open()).live.version).toBe(1);
  expect((await open(renamed)).live).toEqual({ flow: renamed, version: 2 });
});

test('what was published here outlives a restart, until the file changes', async () => {
  await (await open()).publish(renamed, act);
  expect((await open()).live).toEqual({ flow: renamed, version: 2 });
  const third = { ...smallFlow, name: 'From git' };
  expect((await open(third)).live).toEqual({ flow: third, version: 3 });
});

test('publishing prepares, keeps who and why, and serves new calls; who began before keeps what they had', async () => {
  const desk = await open();
  const before = desk.live;
  await desk.saveDraft(renamed, 0, 'ada');
  const entry = await desk.publishDraft(1, act);
  expect(entry).toMatchObject({ version: 2, author: 'ada', why: 'friendlier', publishedAtWallMs: 7, origin: 'draft' });
  expect(prepared).toEqual(['Another name']);
  expect(desk.live).toEqual({ flow: renamed, version: 2 });
  expect(before.flow.name).toBe(smallFlow.name);
  expect(await desk.draft()).toBeUndefined();
});

test('two editors: the second save is refused, and what is published is what was looked at', async () => {
  const desk = await open();
  await desk.saveDraft(renamed, 0, 'ada');
  await expect(desk.saveDraft(smallFlow, 0, 'bo')).rejects.toMatchObject({
    code: 'HR_FLOW_CONFLICT',
    where: 'ada has saved revision 1; yours was made from 0.',
  });
  await desk.saveDraft(smallFlow, 1, 'bo');
  await expect(desk.publishDraft(1, act)).rejects.toMatchObject({ code: 'HR_FLOW_CONFLICT' });
  expect(desk.live.version).toBe(1);
});

test('half a flow can be saved but not published', async () => {
  const desk = await open();
  await desk.saveDraft({ nodes: 3 }, 0, 'ada');
  await expect(desk.publishDraft(1, act)).rejects.toMatchObject({ code: 'HR_FLOW_INVALID' });
  await expect(desk.publish({ ...smallFlow, start: 'nowhere' }, act)).rejects.toThrow('nowhere');
  await expect(desk.publish({ ...smallFlow, id: 'other' }, act)).rejects.toThrow('small, not other');
  expect([desk.live.version, prepared]).toEqual([1, []]);
});

test('rolling back is a new version that tells what it restores', async () => {
  const desk = await open();
  await desk.publish(renamed, act);
  const entry = await desk.rollback(1, { author: 'bo', why: 'too friendly' });
  expect(entry).toMatchObject({ version: 3, origin: 'rollback', restores: 1, author: 'bo' });
  expect(desk.live).toEqual({ flow: smallFlow, version: 3 });
  await expect(desk.rollback(9, act)).rejects.toMatchObject({ code: 'HR_FLOW_VERSION' });
});

test('what cannot be prepared or written does not go live, and one waits for the other', async () => {
  const desk = await open();
  stage.prepare = () => Promise.reject(new HandrailError('HR_ENGINE_DOWN', 'no voice'));
  await expect(desk.publish(renamed, act)).rejects.toMatchObject({ code: 'HR_ENGINE_DOWN' });
  expect([desk.live.version, (await desk.versions()).length]).toEqual([1, 1]);

  let go: () => void = () => undefined;
  stage.prepare = () => new Promise((resolve) => (go = resolve));
  const first = desk.publish(renamed, act);
  await expect(desk.publish(smallFlow, act)).rejects.toMatchObject({ code: 'HR_FLOW_CONFLICT' });
  go();
  expect((await first).version).toBe(2);
});

test('when the book refuses, the keypad copy of before is loaded again', async () => {
  const desk = await open();
  vi.spyOn(store.flows, 'append').mockRejectedValue(new HandrailError('HR_STORE_FAILED', 'full'));
  await expect(desk.publish(renamed, act)).rejects.toMatchObject({ code: 'HR_STORE_FAILED' });
  expect(prepared).toEqual(['Another name', smallFlow.name]);
  expect(desk.live.version).toBe(1);
});

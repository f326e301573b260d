import { beforeEach, expect, test } from 'vitest';
import { smallFlow } from '../dialog/testing/small-flow.js';
import { FakeClock } from '../kernel/fake-clock.js';
import { silentLogger } from '../kernel/log.js';
import { SqliteStore } from '../store/sqlite-store.js';
import { CanaryDesk } from './canary-desk.js';
import type { VersionFigures } from './canary.js';
import { FlowDesk } from './desk.js';
import { lintFlow } from './lint.js';
import type { Flow } from './schema.js';

const act = { author: 'ada', why: 'friendlier' };
const renamed: Flow = { ...smallFlow, name: 'Another name' };
const everybody = { share: 1, callers: [] };
const caller = { callId: 'c', callerNumber: '100' };
const good: VersionFigures = {
  calls: 100,
  contained: 100,
  hungUpByCaller: 0,
  fellBack: 0,
  reasons: {},
  p50Ms: undefined,
  p95Ms: undefined,
};

let store: SqliteStore;
let done: string[];
let told: string[];
let figures: Record<number, VersionFigures>;

beforeEach(() => {
  store = SqliteStore.open({ path: ':memory:', keepWords: true, clock: new FakeClock(), log: silentLogger });
  [done, told, figures] = [[], [], {}];
});

async function open(flow = smallFlow): Promise<{ desk: FlowDesk; canary: CanaryDesk }> {
  const stage = {
    prepare: ({ name }: Flow) => Promise.resolve(void done.push(`prepare ${name}`)),
    rehearse: ({ name }: Flow) => Promise.resolve(void done.push(`rehearse ${name}`)),
  };
  const check = (checked: Flow) => Promise.resolve(lintFlow(checked));
  const desk = await FlowDesk.open({ book: store.flows, stage, check, nowWallMs: () => 7 }, flow, 'small.json');
  const canary = await CanaryDesk.open({
    book: store.canaries,
    desk,
    figures: (version) => Promise.resolve(figures[version] ?? good),
    nowWallMs: () => 9,
    onTakenBack: (record, { why }) => Promise.resolve(void told.push(`${String(record.version)}: ${why}`)),
  });
  return { desk, canary };
}

test('some callers get it, the dialplan does not, and stopping gives all of them the live version', async () => {
  const { desk, canary } = await open();
  expect(canary.flowFor(caller)).toBe(desk.live);
  const begun = await canary.begin(renamed, { share: 0, callers: ['100'] }, act);
  expect(begun).toMatchObject({ version: 2, author: 'ada', callers: ['100'], begunAtWallMs: 9, end: undefined });
  expect(done).toEqual(['rehearse Another name']);
  expect([desk.live.version, canary.running?.version]).toEqual([1, 2]);
  expect(canary.flowFor(caller)).toEqual({ flow: renamed, version: 2 });
  expect(canary.flowFor({ ...caller, callerNumber: '101' })).toBe(desk.live);

  await canary.stop({ author: 'bo', why: 'enough seen' });
  expect(canary.flowFor(caller)).toBe(desk.live);
  expect(await canary.report()).toMatchObject({
    canary: { version: 2, end: { how: 'stopped', who: 'bo', why: 'enough seen', atWallMs: 9 } },
    figures: undefined,
  });
  await expect(canary.stop(act)).rejects.toMatchObject({ code: 'HR_NOT_THERE' });
});

test('promoting is a new version for all, that tells which canary it was', async () => {
  const { desk, canary } = await open();
  await canary.begin(renamed, everybody, act);
  expect(await canary.promote(act)).toMatchObject({ version: 3, origin: 'promotion', restores: 2 });
  expect(desk.live).toEqual({ flow: renamed, version: 3 });
  expect(done).toEqual(['rehearse Another name', 'prepare Another name']);
  expect((await canary.report())?.canary.end).toMatchObject({ how: 'promoted' });
  expect(canary.running).toBeUndefined();
});

test('another version that goes live ends it, and only one runs', async () => {
  const { desk, canary } = await open();
  await canary.begin(renamed, everybody, act);
  await expect(canary.begin(renamed, everybody, act)).rejects.toMatchObject({ code: 'HR_FLOW_CONFLICT' });
  await desk.publish({ ...smallFlow, name: 'Third' }, act);
  expect(canary.flowFor(caller)).toMatchObject({ version: 3 });
  expect((await canary.report())?.canary.end).toMatchObject({ how: 'replaced' });
});

test('what is no sound flow does not begin', async () => {
  const { desk, canary } = await open();
  await expect(canary.begin({ ...smallFlow, start: 'nowhere' }, everybody, act)).rejects.toThrow('nowhere');
  expect([canary.running, (await desk.versions()).length, await canary.report()]).toEqual([undefined, 1, undefined]);
});

test('it outlives a restart; without it the live version is the newest that was published', async () => {
  await (await open()).canary.begin(renamed, everybody, act);
  const again = await open();
  expect(again.desk.live.version).toBe(1);
  expect(again.canary.running?.version).toBe(2);
  await again.canary.stop(act);
  const third = await open();
  expect([third.desk.live.version, third.canary.running]).toEqual([1, undefined]);
});

test('a file that has changed at the start ends it', async () => {
  await (await open()).canary.begin(renamed, everybody, act);
  const again = await open({ ...smallFlow, name: 'From git' });
  expect([again.desk.live.version, again.canary.running]).toEqual([3, undefined]);
});

test('its guard takes it back, once, and tells', async () => {
  const { desk, canary } = await open();
  const guard = { figure: 'fallbackRate' as const, worseBy: 0.1, minCalls: 30 };
  await canary.begin(renamed, { ...everybody, guard }, act);
  await canary.look();
  expect(canary.running?.version).toBe(2);
  expect((await canary.report())?.figures).toMatchObject({
    stable: { version: 1, calls: 100 },
    canary: { calls: 100 },
  });

  figures[2] = { ...good, fellBack: 40 };
  await Promise.all([canary.look(), canary.look()]);
  await canary.look();
  expect(canary.flowFor(caller)).toBe(desk.live);
  expect(told).toEqual(['2: fallbackRate is 40 % of 100 calls, on the version beside it 0 % of 100']);
  expect((await canary.report())?.canary.end).toMatchObject({ how: 'taken-back', who: 'handrail' });
});

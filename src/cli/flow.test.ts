import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAdmin, type Admin } from '../admin/index.js';
import { AdminHouse, LOCAL_TOKEN } from '../admin/testing/admin-house.js';
import { smallFlow } from '../dialog/testing/small-flow.js';
import { flowText } from '../flow/flow-text.js';
import { projectRoot } from '../kernel/paths.js';
import { run } from './flow.js';
import { run as runUser } from './user.js';

let dir: string;
let house: AdminHouse;
let admin: Admin;
let printed: string[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-flow-'));
  house = await AdminHouse.open();
  admin = await createAdmin({ host: '127.0.0.1', port: 0, deps: house.deps() });
  printed = [];
  vi.stubEnv('HANDRAIL_TOKEN', LOCAL_TOKEN);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await admin.close();
  await house.store.close();
  rmSync(dir, { recursive: true });
});

const flow = (...args: string[]) => run([...args, '--url', admin.url], (line) => void printed.push(line));

/** The small flow with another greeting, in a file. */
function changedFile(): string {
  const file = join(dir, 'changed.json');
  const main = { ...smallFlow.nodes['main'], prompt: 'Good morning!' };
  writeFileSync(file, JSON.stringify({ ...smallFlow, nodes: { ...smallFlow.nodes, main } }));
  return file;
}

test('from a file to a published change, and back', async () => {
  const file = changedFile();
  expect(await flow('diff', 'live', file)).toBe(1);
  expect(printed[0]).toBe('changed main: prompt');
  expect(printed.join('\n')).toContain('+      "prompt": "Good morning!"');

  expect(await flow('publish', file, '--why', 'friendlier')).toBe(0);
  expect(house.desk.live.version).toBe(2);
  expect(await flow('diff', 'live', file)).toBe(0);

  await flow('rollback', '1', '--why', 'too friendly');
  expect(house.desk.live.version).toBe(3);
  printed = [];
  await flow('versions');
  expect(printed.map((line) => line.replace(/ {2}\S+ {2}/, ' '))).toEqual([
    '3 token local (as version 1): too friendly',
    '2 token local: friendlier',
    '1 handrail: read from flow.json',
  ]);

  await flow('export', '2', '--out', join(dir, 'out.json'));
  expect(readFileSync(join(dir, 'out.json'), 'utf8')).toContain('Good morning!');
  printed = [];
  await flow('export');
  expect(`${printed.join('\n')}\n`).toBe(flowText(smallFlow));
});

test('the draft is published when no file is named', async () => {
  await expect(flow('publish', '--why', 'x')).rejects.toMatchObject({ code: 'HR_NOT_THERE' });
  await house.desk.saveDraft({ ...smallFlow, name: 'Drafted' }, 0, 'ada');
  await flow('publish', '--why', 'ready');
  expect(house.desk.live.flow.name).toBe('Drafted');
});

test('an old menu becomes the draft, with what was left out; a draft that is there stays', async () => {
  const old = join(projectRoot, 'src/flow/import/fixtures/practice.conf');
  await flow('import', old);
  expect(printed[0]).toMatch(/^the draft: \d+ nodes/);
  expect(printed).toContain('  practice-appointments: *: a key that Handrail has another use for');
  expect(JSON.parse((await house.desk.draft())?.json ?? '{}')).toMatchObject({ id: 'small', start: 'practice' });
  await expect(flow('import', old)).rejects.toMatchObject({ code: 'HR_FLOW_CONFLICT' });
  await flow('import', old, '--out', join(dir, 'imported.json'));
  expect(await run(['lint', join(dir, 'imported.json')], () => undefined)).toBe(0);
  await expect(flow('import', join(dir, 'nothing'))).rejects.toMatchObject({ code: 'HR_IMPORT' });
});

test('what the controller refuses is told with its code and what to do', async () => {
  await expect(flow('export', '9')).rejects.toMatchObject({
    code: 'HR_FLOW_VERSION',
    where: 'small has no version 9.',
  });
  vi.stubEnv('HANDRAIL_TOKEN', 'wrong');
  await expect(flow('versions')).rejects.toMatchObject({ code: 'HR_NOT_ALLOWED' });
  await admin.close();
  await expect(flow('versions')).rejects.toMatchObject({ code: 'HR_NOT_RUNNING' });
  await expect(flow('rollback', 'one', '--why', 'x')).rejects.toMatchObject({ code: 'HR_USAGE' });
});

test('a user is added by a link, and it says who has not followed theirs', async () => {
  const user = (...args: string[]) => runUser([...args, '--url', admin.url], (line) => void printed.push(line));
  await user('add', 'eva', 'editor');
  expect(printed[0]).toMatch(/#\/welcome\/[\w-]{43}$/);
  await user('role', 'eva', 'publisher');
  await user('list');
  expect(printed[1]).toBe('eva  publisher  (has not set a password yet)');
  await user('remove', 'eva');
  expect(await house.store.access.users()).toEqual([]);
  await expect(user('role', 'eva')).rejects.toMatchObject({ code: 'HR_USAGE' });
});

test('a canary: begun, looked at, stopped, promoted', async () => {
  const file = changedFile();
  await flow('canary');
  expect(printed).toEqual(['there was no canary yet']);
  const start = ['canary', 'start', file, '--why', 'try it', '--share', '10', '--callers', '100,101'];
  await expect(flow(...start, '--guard', 'mood:5')).rejects.toMatchObject({ code: 'HR_USAGE' });
  expect(await flow(...start, '--guard', 'fallbackRate:5:40')).toBe(0);
  expect(house.canary.flowFor({ callId: 'x', callerNumber: '101' }).version).toBe(2);

  printed = [];
  await flow('canary');
  expect(printed.slice(0, 4)).toEqual([
    'version 2 for 10 % of callers and 2 listed, by token local: try it',
    'taken back when fallbackRate is worse by 5 %',
    '              version 1  version 2',
    'calls         0          0',
  ]);

  await flow('canary', 'stop', '--why', 'enough');
  await flow('canary', 'start', file, '--why', 'again', '--share', '100');
  await flow('canary', 'promote', '--why', 'good');
  expect(house.desk.live.version).toBe(4);
  printed = [];
  await flow('canary');
  expect(printed.at(-1)).toBe('promoted by token local: good');
  await expect(flow('canary', 'dance', '--why', 'x')).rejects.toMatchObject({ code: 'HR_USAGE' });
  const acts = (await house.store.audit.entries({ limit: 10 })).map(({ action, to }) => `${action} ${to}`);
  expect(acts).toContain(
    'flow.canary version 2, 10 % of callers and 2 listed, taken back when fallbackRate is worse by 0.05: try it',
  );
});

test('scenarios are played without a controller, and those that fail are told', async () => {
  expect(await flow('test', join(projectRoot, 'flows/cafe.test.yaml'))).toBe(0);
  expect(printed.at(-1)).toBe('6 scenarios, 0 failed');
  writeFileSync(join(dir, 'small.json'), JSON.stringify(smallFlow));
  const file = join(dir, 'small.test.yaml');
  writeFileSync(file, 'flow: small.json\nscenarios: [{ name: x, steps: [{ press: "2", expect: { node: main } }] }]');
  printed = [];
  expect(await flow('test', file)).toBe(1);
  expect(printed).toEqual([`FAIL ${file}: x`, '     step 1: node: expected main, was number', '1 scenarios, 1 failed']);
  await expect(flow('test', join(dir, 'nothing.test.yaml'))).rejects.toMatchObject({ code: 'HR_SCENARIO' });
});

test('the people of a directory come from a list, into the draft', async () => {
  const [file, list] = [join(dir, 'who.json'), join(dir, 'people.csv')];
  const who = { kind: 'directory', prompt: 'Who?', people: [], failed: 'bye' };
  writeFileSync(file, JSON.stringify({ ...smallFlow, nodes: { ...smallFlow.nodes, who } }));
  writeFileSync(list, 'name,extension\nAnna Smith,101\nBob Stone,102\n');
  expect(await flow('people', file, 'who', list)).toBe(0);
  expect(printed).toEqual(['the draft: 2 people in who']);
  const people = [
    { name: 'Anna Smith', extension: '101' },
    { name: 'Bob Stone', extension: '102' },
  ];
  expect(JSON.parse((await house.desk.draft())?.json ?? '')).toMatchObject({ nodes: { who: { people } } });
  await expect(flow('people', file, 'main', list)).rejects.toMatchObject({ code: 'HR_IMPORT' });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { initialState } from '../../dialog/entering.js';
import { step } from '../../dialog/interpreter.js';
import { projectRoot } from '../../kernel/paths.js';
import { lintFlow } from '../lint.js';
import { parseFlow } from '../load.js';
import type { Flow, MenuNode } from '../schema.js';
import { importMenu } from './index.js';

const options = { flowId: 'line', timezone: 'Europe/Berlin' };
/** A Monday at ten in Berlin, and the night before. */
const openMs = Date.UTC(2026, 5, 1, 8);
const closedMs = openMs - 12 * 3_600_000;

function imported(name: string) {
  const text = readFileSync(join(projectRoot, 'src/flow/import/fixtures', `freepbx-${name}.json`), 'utf8');
  const { flow, leftOut } = importMenu(text, options);
  parseFlow(JSON.parse(JSON.stringify(flow)), name);
  expect(lintFlow(flow).filter(({ severity }) => severity === 'error')).toEqual([]);
  return { flow, leftOut: leftOut.map(({ where, what }) => `${where}: ${what}`) };
}

/** Where keys lead: whom is called, or what else is done. */
function end(flow: Flow, keys: string, wallMs = openMs): string {
  const now = { wallMs, speech: false, languageModel: false };
  let next = step(flow, initialState(flow), { type: 'start' }, now);
  for (const key of keys) {
    const event = key === '0' ? ({ type: 'operator' } as const) : ({ type: 'choice', key } as const);
    const asks = next.then.type === 'listen' && next.then.keys.kind === 'choice' ? next.then.keys.keys : new Set();
    const valid = key === '0' || asks.has(key);
    next = step(flow, next.state, { type: 'keys', event: valid ? event : { type: 'invalid' } }, now);
  }
  return next.then.type === 'transfer'
    ? next.then.to
    : next.then.type === 'listen'
      ? next.state.nodeId
      : next.then.type;
}

test('a clinic with hours, two menus, an announcement and a queue', () => {
  const { flow, leftOut } = imported('clinic');
  expect(flow.defaults).toEqual({ keypadTries: 3, noInputMs: 5_000 });
  expect([end(flow, '2'), end(flow, '11'), end(flow, '12'), end(flow, '0'), end(flow, '10')]).toEqual([
    '201',
    '610',
    '611',
    '600',
    '600',
  ]);
  expect(end(flow, '3')).toBe('clinicMain');
  expect(end(flow, '777')).toBe('600');
  expect(end(flow, '', closedMs)).toBe('voicemail');
  expect((flow.nodes['clinicMain'] as MenuNode).options.map(({ label }) => label)).toEqual([
    'Appointments',
    'Doctor Weber',
    'Opening hours',
  ]);
  expect([...leftOut].sort()).toEqual([
    'Appointments: key *: Handrail has one digit, and another use for * and #',
    'Appointments: the recording custom/appointments: its text is to be written down',
    'Clinic hours: the time *|*|24|dec',
    'Closed: voicemail of 201: the message is kept by Handrail',
  ]);
});

test('a dealer with direct dial, a directory and a key of two digits', () => {
  const { flow, leftOut } = imported('dealer');
  expect([end(flow, '1'), end(flow, '2'), end(flow, '9'), end(flow, '7777')]).toEqual([
    '501',
    '502',
    'carDealer',
    'hangup',
  ]);
  for (const lost of [
    'car_dealer: direct dial',
    'car_dealer: key 42: Handrail has one digit, and another use for * and #',
    'car_dealer, key 3: directory,1,1',
    'car_dealer: invalid_retry_recording: Handrail says it in its own words',
  ])
    expect(leftOut).toContain(lost);
});

test('a directory becomes one, with the names and numbers of extensions where it has none of its own', () => {
  const tables = {
    ivr_details: [{ id: '1', name: 'Main', announcement: '0' }],
    ivr_entries: [{ ivr_id: '1', selection: '1', dest: 'directory,4,1' }],
    users: [{ extension: '101', name: 'Anna Smith', voicemail: 'default' }],
    directory_details: [{ id: '4', dirname: 'Staff', announcement: '0', invalid_destination: 'ivr-1,s,1' }],
    directory_entries: [
      { id: '4', name: '', type: 'user', foreign_id: '101', dial: '' },
      { id: '4', name: 'The workshop', type: 'custom', foreign_id: '', dial: '*42' },
      { id: '4', name: 'Nobody', type: 'custom', foreign_id: '', dial: '' },
      { id: '5', name: 'Elsewhere', type: 'custom', foreign_id: '', dial: '7' },
    ],
  };
  const { flow, leftOut } = importMenu(JSON.stringify(tables), options);
  expect(flow.nodes['staff']).toEqual({
    kind: 'directory',
    prompt: 'Who would you like to speak to?',
    people: [
      { name: 'Anna Smith', extension: '101' },
      { name: 'The workshop', extension: '*42' },
    ],
    failed: 'main',
  });
  expect(flow.nodes['main']).toMatchObject({ options: [{ key: '1', label: 'Staff', next: 'staff' }] });
  expect(lintFlow(flow).filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(leftOut).toContainEqual({
    where: 'Staff',
    what: 'somebody without a name or a number that can be dialled: Nobody',
  });
});

test('a town hall whose second menu has another 0, and a destination that is gone', () => {
  const { flow, leftOut } = imported('town');
  expect([end(flow, '2'), end(flow, '11'), end(flow, '0'), end(flow, '77')]).toEqual(['120', '131', '100', '100']);
  expect(flow.defaults).toMatchObject({ wrongKeyTries: 2, noKeyTries: 1 });
  for (const lost of [
    'Town Hall, key 4: ivr-99,s,1: it is not in the tables',
    'Town Hall, key 3: app-daynight,0,1',
    'Registry Office: its own way by key 0: that key leads to the operator everywhere',
    'Registry Office: its own waiting time: a flow has one for all',
    'Town Hall: its own way after silence (app-blackhole,hangup,1): a flow has one for both',
    'Registry Office: its own number of tries: a flow has one for all',
  ])
    expect(leftOut).toContain(lost);
});

test.each(['{', '{}', '[]', '{"ivr_details":[]}', '{"ivr_details":3}', '{"ivr_details":[{"id":1}],"recordings":"x"}'])(
  'nonsense is told as such: %s',
  (text) => {
    expect(() => importMenu(text, options)).toThrow(expect.objectContaining({ code: 'HR_IMPORT' }) as Error);
  },
);

/** The tables of the clinic as its GraphQL API tells them; what that has no query for stands beside. */
function asGraphQl(edges: boolean): string {
  const text = readFileSync(join(projectRoot, 'src/flow/import/fixtures/freepbx-clinic.json'), 'utf8');
  const tables = JSON.parse(text) as Record<string, Record<string, unknown>[]>;
  const { ivr_details = [], ivr_entries = [], users = [], ringgroups = [], ...beside } = tables;
  const ivrs = ivr_details.map(({ id, ...ivr }) => ({
    ...ivr,
    id: 'aXZyOjE=',
    ivrId: String(id),
    timeout_ivr_ret: false,
    entries: ivr_entries.filter((entry) => entry['ivr_id'] === id).map(({ selection, dest }) => ({ selection, dest })),
  }));
  const data = {
    fetchAllIvrs: edges ? { edges: ivrs.map((node) => ({ node })) } : { status: true, ivrs },
    fetchAllExtensions: {
      extension: users.map(({ extension, name, voicemail }) => ({ extensionId: extension, user: { name, voicemail } })),
    },
    fetchAllRingGroups: {
      ringgroups: ringgroups.map(({ grpnum, description }) => ({ groupNumber: Number(grpnum), description })),
    },
  };
  return JSON.stringify({ data, ...beside });
}

test.each([false, true])('the same clinic from GraphQL is the same flow (edges: %s)', (edges) => {
  expect(importMenu(asGraphQl(edges), options)).toEqual(
    importMenu(readFileSync(join(projectRoot, 'src/flow/import/fixtures/freepbx-clinic.json'), 'utf8'), options),
  );
});

test.each(['{"data":{}}', '{"data":{"fetchAllIvrs":null}}', '{"fetchAllIvrs":{"ivrs":7}}', '[]', '{"ivr_details":7}'])(
  'nonsense is refused: %s',
  (text) => expect(() => importMenu(text, options)).toThrow(/no menu|ivr_details/),
);

import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseScenarios, scenarioText, type Scenario } from '../flow/scenario.js';
import { AdminHouse, local } from './testing/admin-house.js';

let house: AdminHouse;
beforeEach(async () => void (house = await AdminHouse.open()));
afterEach(() => house.store.close());

test('tests are kept with the flow, played, replaced by name and thrown away', async () => {
  const ask = (method: 'GET' | 'POST' | 'DELETE', url: string, body?: object) =>
    house.ask({ method, url, headers: local, ...(body ? { body } : {}) });
  expect((await ask('GET', '/api/flow/tests')).json()).toEqual({ tests: [], text: '' });
  const test = (name: string, node: string): Scenario => ({ name, steps: [{ press: '0', expect: { node } }] });
  const text = scenarioText([test('a person', 'nowhere'), test('b', 'person')]);
  expect((await ask('POST', '/api/flow/tests', { text })).json()).toEqual({ names: ['a person', 'b'] });
  expect((await ask('POST', '/api/flow/test', {})).json()).toMatchObject([
    { name: 'a person', failures: [{ step: 1, what: expect.stringContaining('expected nowhere') }] },
    { name: 'b', failures: [] },
  ]);
  await ask('POST', '/api/flow/tests', { text: scenarioText([test('a person', 'person')]) });
  const kept = (await ask('GET', '/api/flow/tests')).json<{ tests: object[]; text: string }>();
  expect(kept.tests).toMatchObject([{ name: 'a person', author: 'token local' }, { name: 'b' }]);
  expect(parseScenarios(kept.text, 'kept').scenarios).toEqual([test('a person', 'person'), test('b', 'person')]);
  expect((await ask('DELETE', '/api/flow/tests?name=a%20person')).statusCode).toBe(204);
  expect((await ask('DELETE', '/api/flow/tests?name=a%20person')).statusCode).toBe(404);
  expect((await ask('POST', '/api/flow/tests', { text: 'scenarios: 3' })).statusCode).toBe(422);
  expect((await house.store.audit.entries({ limit: 3 })).map(({ action }) => action)).toEqual([
    'flow.test.drop',
    'flow.test.keep',
    'flow.test.keep',
  ]);
});

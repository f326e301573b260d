import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../kernel/paths.js';
import { lintFlow } from '../lint.js';
import { parseFlow } from '../load.js';
import type { MenuNode } from '../schema.js';
import { importDialplan } from './dialplan.js';

const options = { flowId: 'line', timezone: 'Europe/Berlin' };

function imported(name: string) {
  const text = readFileSync(join(projectRoot, 'src/flow/import/fixtures', `${name}.conf`), 'utf8');
  const { flow, leftOut } = importDialplan(text, options);
  parseFlow(JSON.parse(JSON.stringify(flow)), name);
  expect(lintFlow(flow).filter(({ severity }) => severity === 'error')).toEqual([]);
  return { flow, leftOut: leftOut.map(({ where, what }) => `${where}: ${what}`) };
}

const ways = (node: unknown): string[] =>
  (node as MenuNode).options.map(({ key, label, next }) => `${key} ${label} → ${next}`);

test('a shop with hours, tries and a counter', () => {
  const { flow, leftOut } = imported('shop');
  expect(flow.defaults).toEqual({ keypadTries: 3, noInputMs: 4_000 });
  expect(flow.nodes[flow.start]).toMatchObject({ kind: 'hours', open: [{ from: '09:00', to: '18:00' }] });
  expect(ways(flow.nodes['shopMenu'])).toEqual([
    '1 Orders → orders',
    '2 Repairs → repairs',
    '3 directions → directions',
  ]);
  expect(flow.nodes['shopMenu']).toMatchObject({ prompt: "Welcome to Miller's." });
  expect(flow.nodes[flow.operator ?? '']).toMatchObject({ kind: 'transfer', to: '200' });
  expect(flow.giveUp).toBe(flow.operator);
  expect(leftOut).toEqual(['shop-menu,t: one counter for wrong keys and silence: Handrail counts them apart']);
});

test('a practice with two levels, whose second star goes back', () => {
  const { flow, leftOut } = imported('practice');
  expect(ways(flow.nodes[flow.start])).toEqual([
    '1 practice appointments → practiceAppointments',
    '2 prescriptions → prescriptions',
    '3 the laboratory → theLaboratory',
    '9 an emergency → anEmergency',
  ]);
  expect(flow.nodes['prescriptions']).toMatchObject({ failed: 'message' });
  expect(flow).toMatchObject({ giveUp: 'anEmergency', defaults: { keypadTries: 1 } });
  expect(leftOut).toContain('practice-appointments: *: a key that Handrail has another use for');
  expect(leftOut).toContain('practice,s: the recording practice/welcome: its text is to be written down');
});

test('an office: what cannot be carried over is listed', () => {
  const { flow, leftOut } = imported('office');
  expect(ways(flow.nodes[flow.start])).toEqual([
    '1 Sales and Leasing → salesAndLeasing',
    '2 Support → support',
    '3 Staff directory → goodbye',
    '4 More choices → officeMore',
  ]);
  expect((flow.nodes[flow.start] as MenuNode).options[0]?.phrases).toEqual([
    'sales and leasing',
    'sales and leasing please',
    'talk to sales and leasing',
    'connect me to sales and leasing',
    'sales',
    'leasing',
  ]);
  expect(ways(flow.nodes['officeMore'])).toContain('9 Main menu → office');
  for (const lost of [
    'office,1: dial(Local/401@people&Local/402@people): only Local/401@people is called',
    'office,2: queue(403): calls go to the extension 403, which must lead into the queue',
    'office,3: directory(default)',
    'office: _4XX: numbers dialled directly',
    'office-more: include => office-people',
    'office: it repeats for ever: the flow gives up after 3 wrong or missing keys',
  ])
    expect(leftOut).toContain(lost);
});

test.each([
  '',
  'not a dialplan',
  '[a]\nexten => s,1,Dial(PJSIP/1)\n',
  '\0[x]\nexten => s,1,Background\nexten => s,n(\n',
])('nonsense is told as such, or makes an empty menu: %j', (text) => {
  try {
    parseFlow(JSON.parse(JSON.stringify(importDialplan(text, options).flow)), 'x');
  } catch (error) {
    expect(error).toMatchObject({ code: expect.stringMatching(/^HR_IMPORT$/) as string });
  }
});

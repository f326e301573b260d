import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileDialplan } from './compile.js';
import type { DialplanOptions } from './options.js';
import { nodeKey, soundName } from './safe-text.js';
import { english } from '../../flow/words/english.js';
import { smallFlow } from '../../dialog/testing/small-flow.js';
import { parseFlow } from '../../flow/load.js';
import type { Flow, FlowNode } from '../../flow/schema.js';
import { projectRoot } from '../../kernel/paths.js';

const options: DialplanOptions = {
  app: 'desk',
  context: 'handrail-flow',
  soundDir: '/sounds',
  messageDir: '/messages',
  agentEndpoint: 'Local/{to}@agents',
};

function flowOf(nodes: Record<string, FlowNode>): Flow {
  return { ...smallFlow, start: Object.keys(nodes)[0] ?? '', nodes };
}

/** The lines of one extension, without what leads them in. */
function extension(conf: string, name: string): string[] {
  const [, body = ''] = conf.split(`exten => ${name},1,`);
  const [mine = ''] = body.split('\nexten =>');
  return mine
    .split('\n')
    .map((line) => line.replace(/^ same => n(\([a-z0-9]+\))?,/, ''))
    .filter((line) => line !== '');
}

function targets(conf: string): string[] {
  return [...conf.matchAll(/[(?]([a-z]+[A-Za-z0-9_-]*),1\)/g)].map((m) => m[1] ?? '');
}

function names(conf: string): Set<string> {
  return new Set([...conf.matchAll(/^exten => ([^,]+),1/gm)].map((m) => m[1] ?? ''));
}

describe('the café', () => {
  const cafe = parseFlow(JSON.parse(readFileSync(join(projectRoot, 'flows/cafe.json'), 'utf8')), 'flows/cafe.json');
  const { extensionsConf, sounds, entries } = compileDialplan(cafe, options);

  test('has an extension for every node, and no jump leads nowhere', () => {
    expect(entries).toEqual(Object.keys(cafe.nodes).map((id) => `node-${id}`));
    const known = names(extensionsConf);
    expect(entries.filter((entry) => !known.has(entry))).toEqual([]);
    expect(targets(extensionsConf).filter((target) => !known.has(target))).toEqual([]);
  });

  test('names every sound that it plays, and plays every sound that it names', () => {
    const played = new Set([...extensionsConf.matchAll(/\/sounds\/((?:say|digit)-\w+)/g)].map((m) => m[1]));
    const named = new Set(sounds.map((s) => s.name).filter((name) => !name.startsWith('digit-')));
    expect(played).toEqual(named);
    expect(sounds.filter((s) => s.name.startsWith('digit-'))).toHaveLength(10);
  });

  test('asks no question twice under two names', () => {
    const all = [...extensionsConf.matchAll(/^exten => ([^,]+),1/gm)].map((m) => (m[1] ?? '').replaceAll('-', ''));
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('hostile text', () => {
  const evil = '${SHELL(touch /x)}, $[1] "q" ;c\nexten => s,1,System(id)\r&/etc/passwd|)';
  const flow = flowOf({
    a: { kind: 'set', values: { x: evil, y: `{x}${evil}` }, next: 'b' },
    b: { kind: 'branch', cases: [{ variable: 'x', is: [evil], next: 'c' }], otherwise: 'c' },
    c: {
      kind: 'menu',
      prompt: evil,
      keyPrompt: evil,
      options: [{ id: 'o', label: evil, key: '1', phrases: [evil], next: 'd' }],
    },
    d: { kind: 'collect', prompt: evil, slot: 'v', entity: { type: 'list', values: [evil, 'x'] }, next: 'e' },
    e: { kind: 'say', prompt: `${evil} {v}`, next: 'f' },
    f: { kind: 'hangup', prompt: evil },
  });

  test('leaves no trace in the dialplan', () => {
    const { extensionsConf, sounds } = compileDialplan(flow, options);
    expect(extensionsConf).not.toMatch(/\$\{SHELL|System\(|\/etc|[^\n];|"q"/);
    expect(extensionsConf).toMatch(/^[\x20-\x7e\n]*$/);
    // One application a line, and nothing but what the compiler itself writes.
    const applications = [...extensionsConf.matchAll(/^(?:exten => [\w-]+,1| same => n)(?:\(\w+\))?,(\w+)\(/gm)];
    expect(new Set(applications.map((m) => m[1]))).toEqual(
      new Set(['Answer', 'Set', 'GotoIf', 'Goto', 'Playback', 'NoOp', 'Read', 'Return', 'Gosub', 'Hangup']),
    );
    expect(sounds.some(({ text }) => text.includes('SHELL'))).toBe(true);
    expect(sounds.every(({ name }) => /^(say-[0-9a-f]{24}|digit-[0-9])$/.test(name))).toBe(true);
  });

  test.each<[string, Flow]>([
    ['node', flowOf({ 'a,1)\nexten': { kind: 'hangup' } })],
    ['variable', flowOf({ a: { kind: 'set', values: { 'x)=': '1' }, next: 'a' } })],
    ['address', flowOf({ a: { kind: 'transfer', to: '300&PJSIP/x', failed: 'a' } })],
    ['zone', flowOf({ a: { kind: 'hours', timezone: 'UTC?s,1', open: [], whenOpen: 'a', whenClosed: 'a' } })],
  ])('is refused where it is a name: %s', (_what, bad) => {
    expect(() => compileDialplan(bad, options)).toThrow(expect.objectContaining({ code: 'HR_FLOW_INVALID' }) as Error);
  });

  test('contexts and folders are checked too', () => {
    for (const bad of [
      { context: 'a]\n[b' },
      { agentEndpoint: 'Local/{to}@x,1' },
      { soundDir: '/a&b' },
      { messageDir: '/a,b' },
    ])
      expect(() => compileDialplan(flow, { ...options, ...bad })).toThrow();
  });
});

describe('nodes', () => {
  test('hours: Asterisk counts the last minute in, the flow does not; empty times are left out', () => {
    const days = ['mon', 'fri'] as never[];
    const { extensionsConf } = compileDialplan(
      flowOf({
        h: {
          kind: 'hours',
          timezone: 'Europe/Berlin',
          open: [
            { days, from: '07:30', to: '19:00' },
            { days, from: '00:00', to: '24:00' },
            { days, from: '12:00', to: '12:00' },
          ],
          closedOn: ['2026-12-25'],
          whenOpen: 'yes',
          whenClosed: 'no',
        },
        yes: { kind: 'hangup' },
        no: { kind: 'hangup' },
      }),
      options,
    );
    expect(extension(extensionsConf, 'node-h').slice(3)).toEqual([
      'GotoIf($["${HANDRAIL_OVERRIDE_DESK}" = "open"]?node-yes,1)',
      'GotoIf($["${HANDRAIL_OVERRIDE_DESK}" = "closed"]?node-no,1)',
      'GotoIf($["d${STRFTIME(${EPOCH},Europe/Berlin,%Y-%m-%d)}" = "d2026-12-25"]?node-no,1)',
      'GotoIfTime(07:30-18:59,mon&fri,*,*,Europe/Berlin?node-yes,1)',
      'GotoIfTime(00:00-23:59,mon&fri,*,*,Europe/Berlin?node-yes,1)',
      'Goto(node-no,1)',
    ]);
  });

  test('transfer: rings through the agents’ context; nobody there is the failed branch', () => {
    const { extensionsConf } = compileDialplan(smallFlow, options);
    expect(extension(extensionsConf, 'node-person')).toEqual(
      expect.arrayContaining(['Dial(Local/300@agents,25,r)', 'Goto(node-message,1)']),
    );
  });

  test('voicemail: a recording of bounded length, kept on hangup, ended by any key', () => {
    const { extensionsConf } = compileDialplan(smallFlow, options);
    expect(extension(extensionsConf, 'node-message')).toContain('Record(${HR_MESSAGE},5,120,ky)');
    expect(extension(extensionsConf, 'node-message').at(-1)).toBe('Goto(node-bye,1)');
  });

  test('a web service counts as down, and nothing is known of it', () => {
    const look: FlowNode = {
      kind: 'tool',
      url: 'http://shop.example/',
      results: [{ name: 'state', at: '/state', schema: { type: 'string' } }],
      next: 'main',
      failed: 'person',
    };
    const { extensionsConf } = compileDialplan({ ...smallFlow, nodes: { ...smallFlow.nodes, look } }, options);
    expect(extension(extensionsConf, 'node-look').slice(-3)).toEqual([
      'Set(HRV_state=)',
      'Set(HRS_state=)',
      'Goto(node-person,1)',
    ]);
  });

  test('a node that is not there ends the call', () => {
    const { extensionsConf } = compileDialplan(flowOf({ a: { kind: 'say', prompt: 'Hm.', next: 'b' } }), options);
    expect(extension(extensionsConf, 'node-a').at(-1)).toBe('Goto(end,1)');
  });

  test('a caller finds their question again in a copy whose nodes stand in another order, or their node when it is gone', () => {
    const names = (flow: Flow): string[] =>
      [...compileDialplan(flow, options).extensionsConf.matchAll(/^exten => ([^,]+),1,/gm)].map(
        ([, name]) => name ?? '',
      );
    const turned = Object.fromEntries(Object.entries(smallFlow.nodes).reverse());
    expect(names({ ...smallFlow, nodes: turned }).sort()).toEqual(names(smallFlow).sort());
    expect(extension(compileDialplan(smallFlow, options).extensionsConf, 'i')).toContain('Goto(s,1)');
  });

  test('wrong keys and missing keys are counted apart, with the node’s own words where it has some', () => {
    const menu = { ...smallFlow.nodes['main'], wrongKey: 'Not that one.' } as FlowNode;
    const flow: Flow = {
      ...smallFlow,
      defaults: { wrongKeyTries: 2, noKeyTries: 4 },
      nodes: { ...smallFlow.nodes, main: menu },
    };
    const { extensionsConf, sounds } = compileDialplan(flow, options);
    expect(extension(extensionsConf, 'invalid')).toContain('GotoIf($[${HR_WRONG} >= 2]?node-bye,1)');
    expect(extension(extensionsConf, 'silent')).toContain('GotoIf($[${HR_NONE} >= 4]?node-bye,1)');
    expect(extension(extensionsConf, `invalid_${nodeKey('main')}`)).toContain(
      `Set(HR_SAY=\${HR_SAY}&/sounds/${soundName('Not that one.', english)})`,
    );
    expect(sounds.map(({ text }) => text)).toContain('Not that one.');
    const question = `q_${nodeKey('main')}_0_0_0`;
    expect(extension(extensionsConf, question)).toContain(`Goto(invalid_${nodeKey('main')},1)`);
    expect(extension(extensionsConf, question)).toContain('GotoIf($["k${HR_KEY}" = "k"]?silent,1)');
  });

  test('times and tries are the flow’s', () => {
    const flow = { ...smallFlow, defaults: { noInputMs: 4_500, interDigitMs: 2_250, keypadTries: 5 } };
    const { extensionsConf } = compileDialplan(flow, options);
    expect(extension(extensionsConf, 'key')).toContain('Read(HR_KEY,${HR_SAY:1},1,t(),1,4.500)');
    expect(extension(extensionsConf, 'digits')).toContain('Read(HR_KEY,,1,t(),1,2.250)');
    expect(extension(extensionsConf, 'silent')).toContain('GotoIf($[${HR_NONE} >= 5]?node-bye,1)');
    expect(extension(extensionsConf, 'invalid')).toContain(
      `Set(HR_SAY=\${HR_SAY}&/sounds/${soundName('That key has no meaning here.', english)})`,
    );
  });

  test('values are recorded only where a prompt says them', () => {
    const list = { type: 'list' as const, values: ['ruby', 'jade'] };
    const flow = (prompt: string) =>
      flowOf({
        a: { kind: 'collect', prompt: 'Which?', slot: 'stone', entity: list, next: 'b' },
        b: { kind: 'hangup', prompt },
      });
    const has = (f: Flow) => compileDialplan(f, options).sounds.some((s) => s.text === 'ruby');
    expect(has(flow('Take the {stone}.'))).toBe(true);
    expect(has(flow('Bye.'))).toBe(false);
  });

  test('a sensitive value that nothing reads is counted, and never in a variable', () => {
    const secret = (sensitive: boolean, prompt: string): string => {
      const pin = { type: 'digits' as const, min: 4, max: 6 };
      return compileDialplan(
        flowOf({
          a: { kind: 'collect', prompt: 'Your code?', slot: 'pin', entity: pin, sensitive, next: 'b' },
          b: { kind: 'hangup', prompt },
        }),
        options,
      ).extensionsConf;
    };
    const hidden = secret(true, 'Bye.');
    expect(hidden).toContain('Gosub(digits,1(4,6,hide))');
    expect(hidden).not.toContain('HRV_pin');
    expect(hidden).toMatch(/Set\(HR_KEY=\)\n.*Set\(HR_DIGITS=\)\n.*Set\(HR_SPELLED=\)/);
    for (const kept of [secret(true, 'It was {pin}.'), secret(false, 'Bye.')]) {
      expect(kept).toContain('Gosub(digits,1(4,6,))');
      expect(kept).toContain('Set(HRV_pin=${HR_DIGITS})');
    }
  });

  test('what callers key in is written to the log only for tests', () => {
    expect(compileDialplan(smallFlow, options).extensionsConf).not.toContain('Log(');
    expect(compileDialplan(smallFlow, { ...options, trace: true }).extensionsConf).toContain('Log(NOTICE,handrail-end');
  });
});

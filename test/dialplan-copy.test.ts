import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from './harness.js';
import type { PrivatePbx } from '../src/cli/private-pbx.js';
import {
  compileDialplan,
  publishDialplan,
  type DialplanOptions,
  type PublishReport,
} from '../src/fallback-ivr/dialplan/index.js';
import { soundName } from '../src/fallback-ivr/dialplan/safe-text.js';
import { english } from '../src/flow/words/english.js';
import { loadFlow } from '../src/flow/load.js';
import type { Flow, FlowNode } from '../src/flow/schema.js';
import { withoutMarks } from '../src/flow/voice-mark.js';
import { sleep, systemClock } from '../src/kernel/clock.js';
import { projectRoot } from '../src/kernel/paths.js';
import { SipCaller } from '../src/sip-caller/index.js';
import { cafeScripts, everyKindScripts, twoLanguageScripts } from './support/copy-scripts.js';
import { everyKindFlow } from './support/every-kind-flow.js';
import { interpret, plain, randomScript, walk, type Answer, type Passage } from './support/keyed-passage.js';
import { twoLanguageFlow } from '../src/dialog/testing/two-language-flow.js';
import { PBX_PASSWORD, startBarePbx } from './support/pbx.js';

/**
 * The same keys on the controller's menu and on the dialplan's menu: the pure interpreter says which nodes a call passes,
 * what it says and what the flow knows at the end, and a real Asterisk, without a controller, must do the same.
 */

const ANSWER_WITHIN_MS = 12_000;
/** The prompt and the tone before a recording are over by then. */
const LATER_MS = 2_000;
/** Calls at once. */
const AT_ONCE = 8;

describe('the dialplan copy', () => {
  let dir: string;
  let pbx: PrivatePbx;
  let cafe: Flow;
  const texts = new Map<string, string>();
  let callers = 0;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'handrail-copy-'));
    pbx = await startBarePbx(dir);
    const loaded = await loadFlow(join(projectRoot, 'flows/cafe.json'));
    cafe = { ...loaded, defaults: { ...loaded.defaults, noInputMs: 2_000, interDigitMs: 700 } };
    writeFileSync(join(dir, 'entries.conf'), entries);
    appendFileSync(
      join(dir, 'pbx/etc/extensions.conf'),
      `\n#tryinclude "${dir}/every-kind.conf"\n#tryinclude "${dir}/two-languages.conf"\n#include "${dir}/entries.conf"\n`,
    );
  });

  afterAll(async () => {
    await pbx.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test('is published: sounds, include file, reload, and every node is there', async () => {
    const first = await publish(cafe, 'handrail-flow', 'dialplan/handrail-flow.conf');
    expect(first.nodes).toBe(Object.keys(cafe.nodes).length);
    expect(first.written).toBe(first.sounds);
    const again = await publish(cafe, 'handrail-flow', 'dialplan/handrail-flow.conf');
    expect(again.written).toBe(0);
    await publish(everyKindFlow, 'handrail-every', 'every-kind.conf');
    await publish(twoLanguageFlow, 'handrail-two', 'two-languages.conf');
    for (const [flow, context] of [
      [cafe, 'handrail-flow'],
      [everyKindFlow, 'handrail-every'],
      [twoLanguageFlow, 'handrail-two'],
    ] as const)
      for (const { name, text } of compileDialplan(flow, options(context)).sounds) texts.set(name, text);
    expect(log()).not.toMatch(/WARNING|ERROR/);
  });

  test('café: the same keys, the same way', async () => {
    await all(
      Object.entries(cafeScripts).map(
        ([name, script]) =>
          () =>
            same(cafe, '801', name, script),
      ),
    );
  });

  test('every kind of node: the same keys, the same way', async () => {
    await all(
      Object.entries(everyKindScripts).map(
        ([name, script]) =>
          () =>
            same(everyKindFlow, '802', name, script),
      ),
    );
  });

  test('two languages: the same keys, the same way, in the words of the one that was chosen', async () => {
    const said = interpret(twoLanguageFlow, twoLanguageScripts['German, and back']).said.join(' ');
    expect(said).toContain(plain('Für einen Tag drücken Sie die 1.'));
    expect(said).toContain(plain('For a day, press 1.'));
    await all(
      Object.entries(twoLanguageScripts).map(
        ([name, script]) =>
          () =>
            same(twoLanguageFlow, '805', name, script),
      ),
    );
    // Where the line has learnt the language before it gave the call back.
    const german: FlowNode = { kind: 'language', language: 'de-DE', next: 'main' };
    const begun = { ...twoLanguageFlow, start: 'german', nodes: { ...twoLanguageFlow.nodes, german } };
    await same(begun, '806', 'German from the beginning', ['7', '0']);
  });

  test('a copy with two keys exchanged would be seen', async () => {
    const { main } = cafe.nodes;
    if (main?.kind !== 'menu') throw new Error('the café begins with a menu');
    const exchanged: Readonly<Record<string, string>> = { '2': '3', '3': '2' };
    const options = main.options.map((option) => ({ ...option, key: exchanged[option.key] ?? option.key }));
    const other: Flow = { ...cafe, nodes: { ...cafe.nodes, main: { ...main, options } } };
    await expect(same(other, '801', 'exchanged', ['2'])).rejects.toThrow();
  });

  test('callers who press anything', async () => {
    const seeds = Array.from({ length: 12 }, (_x, i) => i + 1);
    await all(
      seeds.flatMap((seed) => [
        () => same(cafe, '801', `seed ${String(seed)}`, randomScript(cafe, seed)),
        () => same(everyKindFlow, '802', `seed ${String(seed)}`, randomScript(everyKindFlow, seed)),
      ]),
    );
  });

  test('a call enters at the node where it was; an unknown node is the beginning', async () => {
    const atNumber = { ...cafe, start: 'orderNumber' };
    await all([
      () => same(atNumber, '803', 'in the middle', ['4711', '6']),
      () => same(cafe, '804', 'nowhere', ['2', '6']),
    ]);
    expect(log()).not.toMatch(/WARNING|ERROR/);
  });

  test('what is keyed at a sensitive question is not in Asterisk’s most talkative log but key by key', async () => {
    const secret: Flow = {
      ...everyKindFlow,
      start: 'code',
      nodes: {
        ...everyKindFlow.nodes,
        code: {
          kind: 'collect',
          prompt: 'Your code?',
          slot: 'secret',
          entity: { type: 'digits', min: 7, max: 7 },
          sensitive: true,
          next: 'lost',
        },
      },
    };
    await publish(secret, 'handrail-every', 'every-kind.conf');
    await pbx.cli('logger add channel talkative verbose(10)');
    const wanted = interpret(secret, ['8461937']);
    const heard = await callAsterisk('802', ['8461937'], walk(secret, ['8461937']).saidBefore, wanted.said.length);
    expect(heard.node).toBe(wanted.node);
    const told = readFileSync(join(dir, 'pbx/log/talkative'), 'utf8');
    expect(told).toContain('HR_DIGITS=xxxxxxx');
    expect(told).not.toMatch(/8461937|HR_(?:KEY|DIGITS|SPELLED)=[^"]*\d\d|digit-\d|HRV_secret/);
  });

  test('a copy that Asterisk does not take leaves the one before in force', async () => {
    const file = join(dir, 'dialplan/handrail-flow.conf');
    const before = readFileSync(file, 'utf8');
    const changed: Flow = { ...cafe, nodes: { ...cafe.nodes, extra: { kind: 'hangup' } } };
    const failing = publish(changed, 'handrail-flow', 'dialplan/handrail-flow.conf', () => Promise.resolve(''));
    await expect(failing).rejects.toMatchObject({ code: 'HR_DIALPLAN_FAILED' });
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(await pbx.cli('dialplan show handrail-flow')).not.toContain('node-extra');
  });

  function publish(
    flow: Flow,
    context: string,
    file: string,
    show = (name: string) => pbx.cli(`dialplan show ${name}`),
  ): Promise<PublishReport> {
    return publishDialplan({
      flow,
      dialplan: options(context),
      prompts: { render: (text) => Promise.resolve({ samples: blip(text) }) },
      confFile: join(dir, file),
      reload: () => reloadOverAri(pbx),
      show,
    });
  }

  function options(context: string): DialplanOptions {
    return {
      app: 'handrail',
      context,
      soundDir: soundDir(),
      messageDir: join(dir, 'messages'),
      agentEndpoint: 'Local/{to}@handrail-agents',
      trace: true,
    };
  }

  function soundDir(): string {
    return join(dir, 'dialplan/sounds');
  }

  function log(): string {
    return readFileSync(join(dir, 'pbx/log/full'), 'utf8');
  }

  async function same(flow: Flow, extension: string, name: string, script: readonly Answer[]): Promise<void> {
    const wanted = interpret(flow, script);
    const { saidBefore } = walk(flow, script);
    expect(
      await callAsterisk(extension, script, saidBefore, wanted.said.length),
      `${name}: ${script.join(' ')}`,
    ).toEqual(wanted);
  }

  async function callAsterisk(
    extension: string,
    script: readonly Answer[],
    saidBefore: readonly number[],
    count: number,
  ): Promise<Passage> {
    const callerId = `9${String(++callers).padStart(3, '0')}`;
    const phone = await SipCaller.place({ host: pbx.sipHost, port: pbx.sipPort, extension, callerId });
    const lines = (kind: string): string[] =>
      [...log().matchAll(new RegExp(`handrail-${kind} ${callerId} ?(.*)`, 'g'))].map((m) => m[1] ?? '');
    try {
      for (const [index, answer] of script.entries()) {
        const asked = await until(ANSWER_WITHIN_MS, () =>
          lines('(?:ask|say)').length >= (saidBefore[index] ?? 0) ? true : undefined,
        );
        expect(asked, `question ${String(index + 1)} of ${script.join(' ')}`).toBe(true);
        if (answer.startsWith('later ')) await sleep(systemClock, LATER_MS);
        if (answer !== 'wait') await phone.dtmf(answer.replace('later ', ''), { durationMs: 100, gapMs: 60 });
      }
      const over = await until(ANSWER_WITHIN_MS, () => (lines('(?:ask|say)').length >= count ? true : undefined));
      expect(over, `an end after ${script.join(' ')}`).toBe(true);
    } finally {
      await phone.hangup();
    }
    const end = await until(ANSWER_WITHIN_MS, () => lines('end')[0]);
    const variables = (end ?? '').split(' ').flatMap((pair): [string, string][] => {
      const [name = '', value = ''] = pair.split('=');
      return value === '' ? [] : [[name, value]];
    });
    return {
      said: lines('(?:ask|say)').map((sounds) => plain(wordsOf(sounds))),
      variables: Object.fromEntries(variables),
      node: lines('node').at(-1) ?? '',
    };
  }

  function wordsOf(sounds: string): string {
    return sounds
      .split('&')
      .filter((sound) => sound !== '')
      .map((sound) => texts.get(sound.slice(soundDir().length + 1)) ?? `? ${sound}`)
      .map(withoutMarks)
      .join(' ');
  }
});

/** Runs calls, some at once. */
async function all(calls: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...calls];
  const line = async (): Promise<void> => {
    for (let call = waiting.shift(); call; call = waiting.shift()) await call();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
}

/** 20 ms that differ from text to text. */
function blip(text: string): Int16Array {
  return new Int16Array(160).fill(parseInt(soundName(text, english).slice(-3), 16) || 1);
}

async function reloadOverAri(pbx: PrivatePbx): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${pbx.ariUser}:${PBX_PASSWORD}`).toString('base64')}`;
  const url = `${pbx.ariUrl}/ari/asterisk/modules/pbx_config.so`;
  const { ok } = await fetch(url, { method: 'PUT', headers: { authorization } });
  expect(ok).toBe(true);
}

/** 801, 802, 805: the three flows; 806: the third, where the call is in German at its menu; 803: the café, where the call is at the order number; 804: where no node is. */
const entries = `
[from-handrail-callers](+)
exten => 801,1,Goto(handrail-keypad,s,1)
exten => 802,1,Goto(handrail-every,s,1)
exten => 805,1,Goto(handrail-two,s,1)
exten => 806,1,Set(HANDRAIL_LANGUAGE=de-DE)
 same => n,Set(HANDRAIL_NODE=main)
 same => n,Goto(handrail-two,s,1)
exten => 804,1,Set(HANDRAIL_NODE=a\${EXTEN},1)b)
 same => n,Goto(handrail-keypad,s,1)
exten => 803,1,Set(HANDRAIL_NODE=orderNumber)
 same => n,Goto(handrail-keypad,s,1)
`;

import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from './harness.js';
import { freePbxPorts, startPrivatePbx, type PrivatePbx } from '../src/cli/private-pbx.js';
import { initialState } from '../src/dialog/entering.js';
import { step } from '../src/dialog/interpreter.js';
import type { Circumstances, DialogInput, DialogState, Step } from '../src/dialog/state.js';
import { compileDialplan, publishDialplan, type DialplanOptions } from '../src/fallback-ivr/dialplan/index.js';
import { encodeValue, soundName } from '../src/fallback-ivr/dialplan/safe-text.js';
import { KeyCollector, type KeyEvent } from '../src/fallback-ivr/key-collector.js';
import { loadFlow } from '../src/flow/load.js';
import type { Flow } from '../src/flow/schema.js';
import { systemClock } from '../src/kernel/clock.js';
import { silentLogger } from '../src/kernel/log.js';
import { projectRoot } from '../src/kernel/paths.js';
import { SipCaller } from '../src/sip-caller/index.js';
import { everyKindFlow } from './support/every-kind-flow.js';

/**
 * The same keys on the controller's menu and on the dialplan's menu: the pure interpreter says which nodes a call passes,
 * what it says and what the flow knows at the end, and a real Asterisk, without a controller, must do the same.
 */

/** One answer to one question: keys as they are pressed, or `wait` for a caller who does nothing. */
type Answer = string;

interface Passage {
  /** What is said before each answer and at the end, as letters and digits. */
  readonly said: string[];
  readonly variables: Record<string, string>;
  /** Where it ended: the node. */
  readonly node: string;
}

const ANSWER_WITHIN_MS = 10_000;

describe('the dialplan copy', () => {
  let dir: string;
  let pbx: PrivatePbx;
  let cafe: Flow;
  const texts = new Map<string, string>();
  let callers = 0;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'handrail-copy-'));
    const secret = 'onlyForThisTest';
    pbx = await startPrivatePbx({
      runDir: join(dir, 'pbx'),
      dialplanDir: join(dir, 'dialplan'),
      ...(await freePbxPorts()),
      ariPassword: secret,
      softphonePassword: secret,
      clock: systemClock,
      log: silentLogger,
    });
    const loaded = await loadFlow(join(projectRoot, 'flows/cafe.json'));
    cafe = { ...loaded, defaults: { ...loaded.defaults, noInputMs: 1_500, interDigitMs: 700 } };
    writeFileSync(join(dir, 'entries.conf'), entries);
    appendFileSync(
      join(dir, 'pbx/etc/extensions.conf'),
      `\n#tryinclude "${dir}/every-kind.conf"\n#include "${dir}/entries.conf"\n`,
    );
  });

  afterAll(async () => {
    await pbx.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test('is published: sounds, include file, reload, and every node is there', async () => {
    const publish = async (flow: Flow, context: string, file: string) =>
      publishDialplan({
        flow,
        dialplan: options(context),
        prompts: { render: (text) => Promise.resolve({ samples: blip(text) }) },
        confFile: join(dir, file),
        reload: () => reloadOverAri(pbx),
        show: (name) => pbx.cli(`dialplan show ${name}`),
      });
    const first = await publish(cafe, 'handrail-flow', 'dialplan/handrail-flow.conf');
    expect(first.nodes).toBe(Object.keys(cafe.nodes).length);
    expect(first.written).toBe(first.sounds);
    const again = await publish(cafe, 'handrail-flow', 'dialplan/handrail-flow.conf');
    expect(again.written).toBe(0);
    await publish(everyKindFlow, 'handrail-every', 'every-kind.conf');
    for (const [flow, context] of [
      [cafe, 'handrail-flow'],
      [everyKindFlow, 'handrail-every'],
    ] as const)
      for (const { name, text } of compileDialplan(flow, options(context)).sounds) texts.set(name, text);
    expect(log()).not.toMatch(/WARNING|ERROR/);
  });

  const cafeScripts: Record<string, Answer[]> = {
    'an order by keys': ['1', '4', '2', '1', '#', '#', '2', '1', '1', '2', '1', '6'],
    'an order, taken back and changed': [
      '1',
      '9',
      '2',
      '*',
      '#',
      '2',
      '1',
      '#',
      '#',
      '#',
      '#',
      '2',
      '3',
      '#',
      '#',
      '#',
      '#',
      '#',
      '*',
      '1',
      '#',
      '#',
      '#',
      '#',
      '#',
      '1',
      '6',
    ],
    'opening hours': ['2', '6'],
    'an order number': ['3', '4711', '6'],
    'a short order number, then pound': ['3', '47#', '4712', '6'],
    'a broken off order number': ['3', '47', '12*', '4713', '6'],
    'a person by 0': ['0'],
    'a person by 0 in a form': ['1', '1', '0'],
    'no answer until a person comes': ['wait', 'wait', 'wait'],
    'wrong keys and silence count together': ['8', 'wait', '9'],
    'a wrong key, then the right one; the count begins anew at the next node': [
      '8',
      '#',
      '*',
      '3',
      '#',
      '8#',
      'wait',
      '4711',
      '7',
      '7',
      '6',
    ],
    'a question by keys, then nothing': ['4', '9', '3'],
  };

  test.each(Object.entries(cafeScripts))('café: %s', { concurrent: true } as never, async (_name, script) => {
    await same(cafe, '801', script);
  });

  /** Where Asterisk's own core sounds would be looked for: none is needed. */
  function options(context: string): DialplanOptions {
    return {
      context,
      soundDir: join(dir, 'dialplan/sounds'),
      messageDir: join(dir, 'messages'),
      agentContext: 'handrail-agents',
      trace: true,
    };
  }

  function log(): string {
    return readFileSync(join(dir, 'pbx/log/full'), 'utf8');
  }

  async function same(flow: Flow, extension: string, script: readonly Answer[]): Promise<void> {
    const wanted = interpret(flow, script);
    expect(await callAsterisk(extension, script)).toEqual(wanted);
  }

  async function callAsterisk(extension: string, script: readonly Answer[]): Promise<Passage> {
    const callerId = `9${String(++callers).padStart(3, '0')}`;
    const phone = await SipCaller.place({ host: pbx.sipHost, port: pbx.sipPort, extension, callerId });
    const lines = (kind: string): string[] =>
      [...log().matchAll(new RegExp(`handrail-${kind} ${callerId} ?(.*)`, 'g'))].map((m) => m[1] ?? '');
    try {
      for (const [index, answer] of script.entries()) {
        const asked = await until(ANSWER_WITHIN_MS, () =>
          lines('ask|say'.replace('ask|say', '(?:ask|say)')).length > index ? true : undefined,
        );
        expect(asked, `question ${String(index + 1)} of ${script.join(' ')}`).toBe(true);
        if (answer !== 'wait') await phone.dtmf(answer, { durationMs: 100, gapMs: 60 });
      }
      const count = script.length + 1;
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
      .map((sound) => texts.get(sound.slice(sound.lastIndexOf('/') + 1)) ?? `? ${sound}`)
      .join(' ');
  }
});

/** What the interpreter does with the same answers, without speech. */
function interpret(flow: Flow, script: readonly Answer[]): Passage {
  const now: Circumstances = { wallMs: Date.now(), speech: false, languageModel: false };
  const said: string[] = [];
  let state: DialogState = initialState(flow);
  let last: Step | undefined;
  const take = (input: DialogInput): Step => {
    last = step(flow, state, input, now);
    state = last.state;
    said.push(plain(last.say.join(' ')));
    return last;
  };
  let { then } = take({ type: 'start' });
  for (const answer of script) {
    if (then.type === 'listen') {
      const event = answer === 'wait' ? undefined : keyEvent(new KeyCollector(then.keys), answer);
      ({ then } = take(event ? { type: 'keys', event } : { type: 'noinput' }));
    } else if (then.type === 'voicemail') ({ then } = take({ type: 'done', ok: true }));
    else if (then.type === 'transfer') ({ then } = take({ type: 'done', ok: false }));
    else throw new Error(`nothing is asked any more: ${script.join(' ')}`);
  }
  const variables = Object.entries(state.variables).filter(([, value]) => value !== '');
  return {
    said,
    variables: Object.fromEntries(variables.map(([name, value]) => [name, encodeValue(value)])),
    node: state.nodeId,
  };
}

function keyEvent(collector: KeyCollector, keys: string): KeyEvent {
  for (const key of keys) {
    const progress = collector.press(key);
    if (progress.type !== 'more') return progress;
  }
  return collector.timeout();
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** 20 ms that differ from text to text. */
function blip(text: string): Int16Array {
  return new Int16Array(160).fill(parseInt(soundName(text).slice(-3), 16) || 1);
}

async function reloadOverAri(pbx: PrivatePbx): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${pbx.ariUser}:onlyForThisTest`).toString('base64')}`;
  const url = `${pbx.ariUrl}/ari/asterisk/modules/pbx_config.so`;
  const { ok } = await fetch(url, { method: 'PUT', headers: { authorization } });
  expect(ok).toBe(true);
}

/** 801, 802: the two flows; 803: the café, where the call is at the order number. */
const entries = `
[from-handrail-callers](+)
exten => 801,1,Goto(handrail-keypad,s,1)
exten => 802,1,Goto(handrail-every,s,1)
exten => 803,1,Set(HANDRAIL_NODE=orderNumber)
 same => n,Goto(handrail-keypad,s,1)
`;

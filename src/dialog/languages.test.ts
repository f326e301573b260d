import { describe, expect, test } from 'vitest';
import { fixedPrompts } from './fixed-prompts.js';
import { initialState } from './entering.js';
import { step } from './interpreter.js';
import { placeInDialplan, writable } from './journal.js';
import { simulate } from './simulate.js';
import type { Circumstances, DialogInput, Step } from './state.js';
import { twoLanguageFlow as flow } from './testing/two-language-flow.js';
import { compileDialplan } from '../fallback-ivr/dialplan/compile.js';
import { flowIn } from '../flow/languages.js';
import { lintFlow } from '../flow/lint.js';
import { markOf, withMark } from '../flow/voice-mark.js';

const now: Circumstances = { wallMs: 0, speech: true, languageModel: false };
const de = (text: string): string => withMark(text, { language: 'de-DE' });

function play(...inputs: readonly DialogInput[]): Step {
  const [first, ...others] = inputs;
  const begun = step(flow, initialState(flow), first ?? { type: 'start' }, now);
  return others.reduce((last, input) => step(flow, last.state, input, now), begun);
}
const key = (digit: string): DialogInput => ({ type: 'keys', event: { type: 'choice', key: digit } });

describe('a call in another language', () => {
  test('is offered each language in its own words and voice', () => {
    const asked = play({ type: 'start' });
    expect(asked.then).toMatchObject({
      keypadPrompt: [
        withMark('For English, press 1.', { language: 'en-US' }),
        de('Für Deutsch drücken Sie die 2.'),
        'For a person, press 0.',
      ],
    });
  });

  test('by voice or by key goes on in it, by keys, with all texts and values in it', () => {
    const spoken: DialogInput = {
      type: 'speech',
      text: 'German',
      hypotheses: [{ meaning: { intent: 'de', slots: {} }, probability: 0.99 }],
    };
    for (const chosen of [spoken, key('2')]) {
      const main = play({ type: 'start' }, chosen);
      expect(main.state).toMatchObject({ nodeId: 'main', face: 'keypad', language: 'de-DE' });
      expect(main.say).toContain(de('Für eine Größe drücken Sie die 2.'));
      expect(main.then).toMatchObject({ language: 'de-DE' });
    }
    const asked = play({ type: 'start' }, key('2'), key('2'));
    expect(asked.say).toEqual(['Für klein drücken Sie die 1.', 'Für groß drücken Sie die 2.'].map(de));
    const sized = play({ type: 'start' }, key('2'), key('2'), key('2'));
    expect(sized.say[0]).toBe(de('Das ist groß.'));
    expect(sized.state.variables).toEqual({ size: 'large' });
    const bye = play({ type: 'start' }, key('2'), { type: 'keys', event: { type: 'operator' } });
    expect(bye.say).toEqual([de('Auf Wiederhören.')]);
  });

  test('a language node changes it, and what was to be said before is said as before', () => {
    const back = play({ type: 'start' }, key('2'), key('2'), key('1'));
    expect(back.state.language).toBe('en-US');
    expect(back.say.slice(0, 2)).toEqual([de('Das ist klein.'), 'In English from here.']);
    expect(back.say.map((text) => markOf(text).text)).toContain('For a size, press 2.');
  });

  test('a caller whose language is known is not asked, but may ask to be', () => {
    const known = play({ type: 'start', language: 'de-DE' });
    expect(known.state).toMatchObject({ nodeId: 'main', language: 'de-DE' });
    expect(step(flow, known.state, key('3'), now).state.language).toBe('en-US');
    expect(play({ type: 'start', language: 'fr-FR' }).state.nodeId).toBe('tongue');
  });

  test('the simulator plays it without marks, and speech is not understood in it', () => {
    const world = {
      nlu: { compile: () => ({ grammar: undefined, vocabulary: '', understand: none, understandText: none }) },
      nowMs: () => 0,
    };
    const [first] = simulate(flow, [], now, world as never, 'de-DE');
    expect(first).toMatchObject({ nodeId: 'main', face: 'keypad' });
    expect(first?.said[0]).toBe('Für einen Tag drücken Sie die 1.');
  });

  test('is known to the dialplan and to the next controller', () => {
    const main = play({ type: 'start' }, key('2'));
    expect(placeInDialplan(initialState(flow), main.state)).toEqual([
      ['HANDRAIL_LANGUAGE', 'de-DE'],
      ['HANDRAIL_NODE', 'main'],
    ]);
    expect(writable(flow, main.state, false).language).toBe('de-DE');
  });
});

function none(): { readonly hypotheses: [] } {
  return { hypotheses: [] };
}

test('the prompts of every language are rendered before a call', () => {
  const prompts = fixedPrompts(flow);
  for (const text of ['Was?', 'Für klein drücken Sie die 1.', 'Diese Taste hat hier keine Bedeutung.'])
    expect(prompts).toContain(de(text));
  expect(prompts).toContain('What?');
  expect(prompts).toContain('That key has no meaning here.');
});

describe('the dialplan copy', () => {
  const { extensionsConf, sounds } = compileDialplan(flow, {
    app: 'desk',
    context: 'handrail-flow',
    soundDir: '/sounds',
    messageDir: '/messages',
    agentEndpoint: 'Local/{to}@agents',
  });
  const [own = '', german = ''] = extensionsConf.split('[handrail-flow-de-DE]');

  test('has a context for each language, and takes a caller to the one that was chosen', () => {
    expect(own).toContain('GotoIf($["${HANDRAIL_LANGUAGE}" = "de-DE"]?handrail-flow-de-DE,s,1)');
    expect(own).toMatch(/Set\(HANDRAIL_LANGUAGE=de-DE\)\n same => n,Goto\(handrail-flow-de-DE,node-main,1\)/);
    expect(german).toMatch(
      /exten => node-toEnglish[^]*Set\(HANDRAIL_LANGUAGE=en-US\)\n same => n,Goto\(handrail-flow,node-inEnglish,1\)/,
    );
    expect(german).not.toContain('GotoIf($["${HANDRAIL_LANGUAGE}"');
  });

  test('plays sounds of its own in each, and only those that are written', () => {
    const written = new Set(sounds.map(({ name }) => name));
    const played = [...extensionsConf.matchAll(/\/sounds\/((?:de-DE\/)?say-\w+)/g)].map((m) => m[1] ?? '');
    expect(played.filter((name) => !written.has(name))).toEqual([]);
    expect(sounds.find(({ text }) => text === de('klein'))?.name).toMatch(/^de-DE\/say-/);
    expect(sounds.find(({ name }) => name === 'de-DE/digit-7')?.text).toBe(de('7'));
  });
});

describe('lint', () => {
  const codes = (changed: object): string[] =>
    lintFlow({ ...flow, ...changed })
      .filter(({ code }) => code !== 'keypad-language')
      .map(({ code, nodeId, message }) => `${code} ${nodeId} ${message}`);

  test('is content with a flow whose texts are all there', () => {
    expect(codes({})).toEqual([]);
    expect(lintFlow(flow).map(({ code, severity }) => `${severity} ${code}`)).toEqual(['warning keypad-language']);
  });

  test.each<[string, object, RegExp]>([
    [
      'a missing text',
      { languages: { 'de-DE': { ...flow.languages?.['de-DE'], main: { prompt: 'Ja?' } } } },
      /^missing-translation main Not in de-DE: options.day.label, options.size.label/,
    ],
    [
      'a text of nothing',
      { languages: { 'de-DE': { ...flow.languages?.['de-DE'], gone: { prompt: 'Ja?' } } } },
      /^unused-translation flow languages.de-DE.gone.prompt/,
    ],
    [
      'a variable of nobody',
      { languages: { 'de-DE': { ...flow.languages?.['de-DE'], bye: { prompt: '{nobody}' } } } },
      /^unknown-variable bye de-DE: /,
    ],
    [
      'a language without words',
      { languages: { ...flow.languages, 'fr-FR': flow.languages?.['de-DE'] } },
      /^unknown-language flow .*fr-FR/,
    ],
    ['a language that the flow has not', { languages: {} }, /^unknown-language tongue The flow has no de-DE/],
    [
      'a recording of a text that is not said',
      { recordings: { 'de-DE': { 'Alt.': 'alt-1' } } },
      /^unused-recording flow The recording alt-1/,
    ],
  ])('tells %s', (_what, changed, told) => {
    expect(codes(changed)).toEqual(expect.arrayContaining([expect.stringMatching(told)]));
  });
});

test('values are left as they are in a translated flow', () => {
  const node = flowIn(flow, 'de-DE').nodes['size'];
  expect(node).toMatchObject({
    entity: {
      values: [
        { value: 'small', said: 'klein' },
        { value: 'large', said: 'groß' },
      ],
    },
  });
});

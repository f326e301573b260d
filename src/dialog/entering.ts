import { isOpen } from './hours.js';
import { pieces } from '../flow/pieces.js';
import { expectationOf } from './expecting.js';
import type { Circumstances, DialogState, Listen, Step, Then, Tries } from './state.js';
import { keypadQuestion } from '../fallback-ivr/keypad-face.js';
import { keypadStart } from '../fallback-ivr/keypad-question.js';
import { flowIn, inNamedVoice, languagesOf } from '../flow/languages.js';
import { saidAs } from '../flow/said-values.js';
import { MAX_SUBFLOWS } from '../flow/schema-subflow.js';
import type { Flow, FlowNode, HoursNode } from '../flow/schema.js';
import { fill } from '../flow/template.js';
import { toolNumbers } from '../flow/tool.js';
import { isUnderstood, wordsOf } from '../flow/words/words-of.js';
import type { FallbackReason, TurnOutcome } from '../observability/turn-record.js';
import type { Meaning } from '../flow/expectation.js';

/** What led here: carried into the step that comes out. */
export interface Cause {
  readonly outcome: TurnOutcome;
  readonly fallback?: FallbackReason | undefined;
  readonly meaning?: Meaning | undefined;
}

/** A flow that goes round without ever listening is stopped after so many nodes. */
const MAX_SILENT_NODES = 100;

export const noTries: Tries = { noInput: 0, noMatch: 0, wrongKey: 0, noKey: 0 };

const fresh = {
  draft: {},
  draftSure: true,
  confirming: undefined,
  heard: undefined,
  denied: undefined,
  asked: undefined,
  tries: noTries,
  keypad: keypadStart,
  answered: 0,
} as const;

export function initialState(flow: Flow, variables: Readonly<Record<string, string>> = {}): DialogState {
  return { ...fresh, nodeId: flow.start, face: 'ai', prefersKeys: false, variables };
}

/** A call that begins in a language which is known from an earlier one, if the flow has it. */
export function begunIn(flow: Flow, language: string | undefined, state: DialogState): DialogState {
  const known = language !== undefined && languagesOf(flow).includes(language);
  return known ? { ...state, language, languageKnown: true } : state;
}

/** Where a menu leads that asks for the language of a caller whose language is known. */
function wayKnown(node: FlowNode, { language, languageKnown }: DialogState): string | undefined {
  if (!languageKnown || node.kind !== 'menu' || !node.options.every((option) => option.language)) return undefined;
  return node.options.find((option) => option.language === language)?.next;
}

/**
 * Enters a node and walks on through everything that only speaks or decides, until a node waits for somebody.
 * `draft` are slots that the caller already said on the way here.
 */
export function enter(
  given: Flow,
  from: DialogState,
  nodeId: string,
  now: Circumstances,
  cause: Cause,
  before: readonly string[] = [],
  draft: { readonly slots: Readonly<Record<string, string>>; readonly sure: boolean } = { slots: {}, sure: true },
): Step {
  let flow = flowIn(given, from.language);
  let state: DialogState = { ...from, ...fresh, nodeId };
  const say = [...before];
  // What was to be said before is said in the language of before.
  if (flow !== given) say.splice(0, say.length, ...say.map((text) => inNamedVoice(given, text)));
  const end = (then: Then): Step => ({
    state,
    say,
    then,
    outcome: cause.outcome,
    fallback: cause.fallback,
    meaning: cause.meaning,
  });
  const put = (template: string): void => void say.push(...pieces(template, spokenVariables(flow, state)));

  for (let visited = 0; visited < MAX_SILENT_NODES; visited++) {
    const node = flow.nodes[state.nodeId];
    if (!node) return end({ type: 'hangup' });
    const known = wayKnown(node, state);
    if (known !== undefined) {
      state = { ...state, languageKnown: false, nodeId: known };
      continue;
    }
    switch (node.kind) {
      case 'say':
        put(node.prompt);
        state = { ...state, nodeId: node.next };
        continue;
      case 'set':
        state = { ...state, nodeId: node.next, variables: withValues(state.variables, node.values) };
        continue;
      case 'subflow': {
        const returns = [...(state.returns ?? []), state.nodeId];
        const begun = { returns, nodeId: node.start, variables: withValues(state.variables, node.arguments ?? {}) };
        state = { ...state, ...(returns.length > MAX_SUBFLOWS ? { returns: [], nodeId: flow.giveUp } : begun) };
        continue;
      }
      case 'return': {
        const [last, ...others] = [...(state.returns ?? [])].reverse();
        const begunBy = last === undefined ? undefined : flow.nodes[last];
        const nodeId = begunBy?.kind === 'subflow' ? begunBy.next : flow.giveUp;
        state = { ...state, nodeId, returns: others.reverse() };
        continue;
      }
      case 'branch': {
        const hit = node.cases.find((c) => c.is.includes(state.variables[c.variable] ?? ''));
        state = { ...state, nodeId: hit?.next ?? node.otherwise };
        continue;
      }
      case 'language':
        say.splice(0, say.length, ...say.map((text) => inNamedVoice(flow, text)));
        state = { ...state, nodeId: node.next, language: node.language };
        flow = flowIn(flow, node.language);
        continue;
      case 'hours':
        state = { ...state, nodeId: isOpenNow(node, now) ? node.whenOpen : node.whenClosed };
        continue;
      case 'hangup':
        if (node.prompt) put(node.prompt);
        return end({ type: 'hangup' });
      case 'transfer':
        if (node.prompt) put(node.prompt);
        return end({ type: 'transfer', to: node.to, ringMs: node.ringMs ?? 25_000 });
      case 'tool':
        if (node.prompt) put(node.prompt);
        return end({ type: 'tool', node, nodeId: state.nodeId, noFiller: node.noFiller ?? false });
      case 'callback': {
        const number = state.variables[node.number ?? ''];
        return end({ type: 'callback', number, about: fill(node.about ?? '', state.variables) });
      }
      case 'voicemail':
        put(node.prompt);
        return end({ type: 'voicemail', maxMs: node.maxMs ?? 120_000 });
      case 'menu':
      case 'collect':
      case 'form':
      case 'converse':
      case 'directory':
        // A form that is entered again in the same call begins empty: what was ordered before is not ordered twice.
        if (node.kind === 'form') state = { ...state, variables: without(state.variables, node.slots) };
        state = { ...state, face: faceFor(flow, state, now), draft: draft.slots, draftSure: draft.sure };
        return ask(flow, state, cause, say);
    }
  }
  return end({ type: 'hangup' });
}

function isOpenNow(node: HoursNode, { hours, wallMs }: Circumstances): boolean {
  return hours === undefined ? isOpen(node, wallMs) : hours === 'open';
}

/** All values are made before the first is set: they may name each other. */
function withValues(
  variables: Readonly<Record<string, string>>,
  templates: Readonly<Record<string, string>>,
): Record<string, string> {
  const values = Object.entries(templates).map(([name, template]) => [name, fill(template, variables)] as const);
  return { ...variables, ...Object.fromEntries(values) };
}

/** Variables without those of these slots. */
export function without(
  variables: Readonly<Record<string, string>>,
  slots: readonly { readonly name: string }[],
): Record<string, string> {
  const gone = new Set(slots.map((slot) => slot.name));
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !gone.has(name)));
}

/** Speech where there is speech, unless the caller prefers keys. */
function faceFor(flow: Flow, state: DialogState, now: Circumstances): DialogState['face'] {
  return now.speech && !state.prefersKeys && isUnderstood(flow.language) ? 'ai' : 'keypad';
}

/**
 * Puts the question of the present node, as far as the draft leaves one open. `before` is said first; `prompt` replaces
 * the node's own words on the AI face (a reprompt, for instance).
 */
export function ask(flow: Flow, state: DialogState, cause: Cause, before: readonly string[], prompt?: string): Step {
  const node = flow.nodes[state.nodeId];
  if (!node || !isListening(node)) return endless(state, cause, before);

  if (state.confirming) return askToConfirm(flow, state, cause, before);
  if (node.kind === 'form') {
    const missing = node.slots.find((s) => s.required && !state.draft[s.name]);
    const begun = Object.keys(state.draft).length > 0;
    if (begun && !missing && state.face === 'ai') return askToConfirm(flow, state, cause, before);
    if (begun && missing && state.face === 'ai') {
      const asking = { ...state, asked: missing.name };
      return listen(flow, asking, cause, [...before, prompt ?? missing.ask]);
    }
  }
  if (node.kind === 'directory' && state.keypad.parts.length > 0)
    return listening(flow, state, cause, [...before, ...keypadPrompt(flow, state)]);
  const own = prompt === undefined ? pieces(node.prompt, spokenVariables(flow, state)) : [prompt];
  return listen(flow, state, cause, state.face === 'ai' ? [...before, ...own] : before);
}

function askToConfirm(flow: Flow, state: DialogState, cause: Cause, before: readonly string[]): Step {
  const node = flow.nodes[state.nodeId];
  const meaning: Meaning = state.confirming ?? { intent: state.nodeId, slots: state.draft };
  const asking = { ...state, confirming: meaning, asked: undefined, keypad: keypadStart };
  const words = { ...spokenVariables(flow, state), ...spokenValues(flow, meaning.slots) };
  const option = node && 'options' in node ? node.options : node && 'exits' in node ? node.exits : [];
  const label = option.find((o) => o.id === meaning.intent)?.label;
  const written = node && 'confirmPrompt' in node ? node.confirmPrompt : undefined;
  const question = label
    ? [wordsOf(flow.language).didYouMean(label)]
    : written
      ? pieces(written, words)
      : [wordsOf(flow.language).isThatRight(Object.values(spokenValues(flow, meaning.slots)).join(', '))];
  const keys = asking.face === 'ai' ? [] : confirmationByKeys(flow);
  return listening(flow, asking, { ...cause, outcome: cause.outcome === 'keys' ? 'keys' : 'confirm' }, [
    ...before,
    ...question,
    ...keys,
  ]);
}

function confirmationByKeys(flow: Flow): readonly string[] {
  return keypadQuestion({ kind: 'confirmation', form: undefined }, keypadStart, {}, wordsOf(flow.language).keys).prompt;
}

function listen(flow: Flow, state: DialogState, cause: Cause, say: readonly string[]): Step {
  if (state.face === 'ai') return listening(flow, state, cause, say);
  return listening(flow, state, cause, [...say, ...keypadPrompt(flow, state)]);
}

function listening(flow: Flow, state: DialogState, cause: Cause, say: readonly string[]): Step {
  return {
    state,
    say,
    then: listenFor(flow, state),
    outcome: cause.outcome,
    fallback: cause.fallback,
    meaning: cause.meaning,
  };
}

/** The keypad prompt of the question that stands: the node's own, or one made from labels and values. */
export function keypadPrompt(flow: Flow, state: DialogState): string[] {
  const node = flow.nodes[state.nodeId];
  const expectation = expectationOf(flow, state);
  const made = keypadQuestion(expectation, state.keypad, state.draft, wordsOf(flow.language).keys).prompt;
  const written =
    node && 'keyPrompt' in node && node.keyPrompt && expectation.kind !== 'confirmation' ? node.keyPrompt : undefined;
  const untouched = state.keypad.done.length + state.keypad.parts.length + state.keypad.page === 0;
  const own = written && untouched ? (expectation.kind === 'slots' ? [written, ...made] : [written]) : [...made];
  const options = expectation.kind === 'choice' ? expectation.options : [];
  const offersPerson = options.length === 0 || options.some((o) => o.next === flow.operator);
  return !offersPerson && !written && flow.operator ? [...own, wordsOf(flow.language).forOperator] : own;
}

export function listenFor(flow: Flow, state: DialogState): Listen {
  const node = flow.nodes[state.nodeId];
  const expectation = expectationOf(flow, state);
  const settings = node && isListening(node) ? node : undefined;
  return {
    type: 'listen',
    expectation,
    face: state.face,
    keys: keypadQuestion(expectation, state.keypad, state.draft).spec,
    bargeIn: state.face === 'ai' && (settings?.bargeIn ?? true),
    sensitive: settings?.sensitive ?? false,
    keypadPrompt: keypadPrompt(flow, state),
    ...(state.language === undefined ? {} : { language: flow.language }),
  };
}

/** The same question by keys. What was understood so far stays. */
export function toKeypad(
  flow: Flow,
  state: DialogState,
  reason: FallbackReason,
  now: Circumstances,
  say: readonly string[],
  cause: Cause = { outcome: 'failed' },
): Step {
  const node = flow.nodes[state.nodeId];
  if (!node || !isListening(node)) return enter(flow, state, flow.giveUp, now, { ...cause, fallback: reason }, say);
  // Of people who share a name, those who were read out are read out again.
  const keypad = node.kind === 'directory' ? state.keypad : keypadStart;
  const onKeys: DialogState = { ...state, face: 'keypad', asked: undefined, keypad };
  return ask(flow, onKeys, { ...cause, fallback: reason }, [...say, wordsOf(flow.language).toKeypad]);
}

/** Nothing changes: the question that stands goes on standing, without a word. */
export function stay(flow: Flow, state: DialogState): Step {
  return {
    state,
    say: [],
    then: listenFor(flow, state),
    outcome: 'nomatch',
    fallback: undefined,
    meaning: undefined,
  };
}

/** Variables in the form in which they are said: digits one by one, but numbers of a web service as numbers. */
export function spokenVariables(flow: Flow, state: DialogState): Record<string, string> {
  const { variables } = state;
  const numbers = [...toolNumbers(flow)].flatMap((name) => (variables[name] ? [[name, variables[name]] as const] : []));
  return { ...spokenValues(flow, variables), ...Object.fromEntries(numbers), ...spokenValues(flow, state.draft) };
}

function spokenValues(flow: Flow, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, saidAs(flow, name, value)]));
}

function endless(state: DialogState, cause: Cause, say: readonly string[]): Step {
  return {
    state,
    say,
    then: { type: 'hangup' },
    outcome: cause.outcome,
    fallback: cause.fallback,
    meaning: cause.meaning,
  };
}

const listeningKinds = ['menu', 'collect', 'form', 'converse', 'directory'] as const;

export function isListening<T extends { kind: string }>(
  node: T,
): node is Extract<T, { kind: (typeof listeningKinds)[number] }> {
  return (listeningKinds as readonly string[]).includes(node.kind);
}

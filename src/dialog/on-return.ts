import { askOn } from './acting.js';
import { ask, enter, isListening, stay, toKeypad, without, type Cause } from './entering.js';
import type { Circumstances, DialogState, Step } from './state.js';
import type { Flow } from '../flow/schema.js';
import { wordsOf } from '../flow/words/words-of.js';

/** The same question again, with everything that is known; a node that does not ask begins anew. */
export function onResume(flow: Flow, state: DialogState, now: Circumstances): Step {
  const node = flow.nodes[state.nodeId];
  const before = [wordsOf(flow.language).whereWereWe];
  // Nobody knows whether the service was told before: what changes something there is not asked for twice.
  if (node?.kind === 'tool' && (node.mcp !== undefined || (node.method ?? 'GET') !== 'GET'))
    return enter(flow, state, node.failed, now, { outcome: 'failed' }, before);
  if (!node || !isListening(node)) return enter(flow, state, state.nodeId, now, { outcome: 'accepted' }, before);
  if (state.face === 'ai' && !now.speech)
    return ask(flow, { ...state, face: 'keypad' }, { outcome: 'accepted', fallback: 'engine' }, before);
  return ask(flow, state, { outcome: 'accepted' }, before);
}

/** The language model’s answer was heard, or there was none. */
export function onAnswerSpoken(flow: Flow, state: DialogState, ok: boolean, now: Circumstances): Step {
  const node = flow.nodes[state.nodeId];
  if (node?.kind !== 'converse') return stay(flow, state);
  const cause: Cause = { outcome: ok ? 'accepted' : 'failed', fallback: ok ? undefined : 'engine' };
  return askOn(flow, state, node, cause, ok ? [] : [node.unknown ?? wordsOf(flow.language).unknown], now);
}

/** A transfer or a recording has come back. */
export function onDone(flow: Flow, state: DialogState, ok: boolean, now: Circumstances): Step {
  const node = flow.nodes[state.nodeId];
  if (node?.kind === 'voicemail') return enter(flow, state, node.next, now, { outcome: 'accepted' });
  if (node?.kind === 'callback') {
    const to = ok ? node.next : node.failed;
    return enter(flow, state, to, now, { outcome: ok ? 'accepted' : 'failed' });
  }
  if ((node?.kind === 'transfer' || node?.kind === 'directory') && !ok)
    return enter(flow, state, node.failed, now, { outcome: 'failed' });
  return { ...stay(flow, state), then: { type: 'hangup' } };
}

/** An admin moves the call. */
export function onSteer(flow: Flow, state: DialogState, to: 'keypad' | 'person', now: Circumstances): Step {
  const cause: Cause = { outcome: 'accepted', fallback: 'admin' };
  if (to === 'person') return enter(flow, state, flow.operator ?? flow.giveUp, now, cause);
  return toKeypad(flow, { ...state, prefersKeys: true }, 'admin', now, [], cause);
}

/** Of a service that failed nothing is known: what it told earlier in the call is forgotten. */
export function onToolAnswer(
  flow: Flow,
  state: DialogState,
  values: Readonly<Record<string, string>> | undefined,
  now: Circumstances,
): Step {
  const node = flow.nodes[state.nodeId];
  if (node?.kind !== 'tool') return stay(flow, state);
  const variables = { ...without(state.variables, node.results), ...values };
  const cause: Cause = values
    ? { outcome: 'accepted', meaning: { intent: undefined, slots: values } }
    : { outcome: 'failed' };
  return enter(flow, { ...state, variables }, values ? node.next : node.failed, now, cause);
}

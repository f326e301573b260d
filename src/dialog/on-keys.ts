import { commit, onConfirmation } from './acting.js';
import { ask, enter, isListening, stay, toKeypad, type Cause } from './entering.js';
import { expectationOf } from './expecting.js';
import type { Circumstances, DialogState, Step } from './state.js';
import { keypadFailureWords } from './wording.js';
import type { KeyEvent } from '../fallback-ivr/key-collector.js';
import { keypadAnswer } from '../fallback-ivr/keypad-face.js';
import { keypadStart } from '../fallback-ivr/keypad-question.js';
import { defaultsOf, type Flow } from '../flow/schema.js';
import { wordsOf } from '../flow/words/words-of.js';
import type { FallbackReason } from '../observability/turn-record.js';

/** A key works on both faces: on the AI face it is answered by keys from then on. */
export function onKeys(flow: Flow, state: DialogState, event: KeyEvent, now: Circumstances): Step {
  const node = flow.nodes[state.nodeId];
  if (node?.kind === 'tool' && event.type === 'operator') {
    const asked: DialogState = { ...state, prefersKeys: true };
    return enter(flow, asked, flow.operator ?? flow.giveUp, now, { outcome: 'keys', fallback: 'caller' });
  }
  if (!node || !isListening(node)) return stay(flow, state);
  const expectation = expectationOf(flow, state);
  const keying: DialogState = { ...state, prefersKeys: true };
  if (expectation.kind === 'slots' && state.face === 'ai' && event.type === 'choice') {
    // Nobody has read a list to this caller: the key says “I want keys”, not “the first value”.
    return toKeypad(flow, keying, 'caller', now, [], { outcome: 'keys' });
  }
  const answer = keypadAnswer(expectation, state.keypad, event, state.draft, now.wallMs);
  const fallback: FallbackReason | undefined = state.face === 'ai' ? 'caller' : undefined;
  const cause: Cause = { outcome: 'keys', fallback };
  switch (answer.type) {
    case 'operator':
      return enter(flow, keying, flow.operator ?? flow.giveUp, now, cause);
    case 'invalid':
      return onKeypadFailure(flow, keying, now, 'wrongKey');
    case 'back':
      return onKeypadBack(flow, keying, cause);
    case 'ask':
      return ask(flow, { ...keying, face: 'keypad', keypad: answer.progress }, cause, []);
    case 'meaning': {
      const meant: Cause = { ...cause, meaning: answer.meaning };
      if (state.confirming) return onConfirmation(flow, keying, answer.meaning, now, 'keys');
      if (node.kind === 'form') {
        const draft = { ...state.draft, ...answer.meaning.slots };
        return ask(flow, { ...keying, draft, confirming: { intent: state.nodeId, slots: draft } }, meant, []);
      }
      return commit(flow, keying, answer.meaning, now, meant, true, true);
    }
  }
}

/** `*` at the start of a question: put it again from the beginning. What was about to be confirmed is asked anew. */
function onKeypadBack(flow: Flow, state: DialogState, cause: Cause): Step {
  const draft = state.confirming ? {} : state.draft;
  return ask(flow, { ...state, face: 'keypad', draft, confirming: undefined, keypad: keypadStart }, cause, []);
}

/** Wrong keys and missing keys are counted apart, and each has words of its own, the node's before ours. */
export function onKeypadFailure(flow: Flow, state: DialogState, now: Circumstances, what: 'wrongKey' | 'noKey'): Step {
  const tries = { ...state.tries, [what]: state.tries[what] + 1 };
  const { wrongKeyTries, noKeyTries } = defaultsOf(flow);
  const [outcome, reason] = what === 'noKey' ? (['noinput', 'noinput'] as const) : (['keys', 'nomatch'] as const);
  if (tries.wrongKey >= wrongKeyTries || tries.noKey >= noKeyTries)
    return enter(flow, state, flow.giveUp, now, { outcome, fallback: reason });
  return ask(flow, { ...state, face: 'keypad', tries }, { outcome }, [
    keypadFailureWords(flow.nodes[state.nodeId], what, wordsOf(flow.language)),
  ]);
}

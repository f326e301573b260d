import { ask, enter, initialState, isListening, listenFor, noTries, without, type Cause } from './entering.js';
import { expectationOf } from './expecting.js';
import type { Circumstances, DialogInput, DialogState, Step } from './state.js';
import { keypadFailureWords, wording } from './wording.js';
import { keypadAnswer, keypadStart } from '../fallback-ivr/keypad-face.js';
import type { KeyEvent } from '../fallback-ivr/key-collector.js';
import type { Hypothesis, Meaning } from '../flow/expectation.js';
import { defaultsOf, type Flow } from '../flow/schema.js';
import type { FallbackReason } from '../observability/turn-record.js';

/**
 * The flow interpreter: one pure function from where the call is and what happened to what is done next. Both faces of
 * every node run through it; engines, media and timers are the session's business.
 *
 * On the AI face a guess at or above `accept` is acted on, one at or above `confirm` is asked back, anything less is a
 * no-match. Failed tries are tapered: the node's own reprompts first, then the keypad face of the same question, with
 * everything that was understood kept; when the keypad fails too the flow's `giveUp` node takes over.
 */
export function step(flow: Flow, state: DialogState, input: DialogInput, now: Circumstances): Step {
  switch (input.type) {
    case 'start':
      return enter(flow, initialState(flow, state.variables), flow.start, now, {
        outcome: 'accepted',
        fallback: input.fallback,
      });
    case 'resume':
      return onResume(flow, state, now);
    case 'speech':
      return onSpeech(flow, state, input.hypotheses, input.text, now);
    case 'keys':
      return onKeys(flow, state, input.event, now);
    case 'noinput':
      return onNoInput(flow, state, now);
    case 'fall':
      return toKeypad(flow, state, input.reason, now, []);
    case 'spoken':
      return onAnswerSpoken(flow, state, input.ok, now);
    case 'done':
      return onDone(flow, state, input.ok, now);
    case 'steer':
      return onSteer(flow, state, input.to, now);
    case 'tool':
      return onToolAnswer(flow, state, input.values, now);
  }
}

/* ---------------------------------------------------------------- speech */

function onSpeech(
  flow: Flow,
  state: DialogState,
  hypotheses: readonly Hypothesis[],
  text: string,
  now: Circumstances,
): Step {
  const { accept, confirm } = defaultsOf(flow);
  const best = hypotheses.find((h) => answersQuestion(flow, state, h.meaning));
  if (state.face === 'keypad') {
    // Speech beside the keypad counts only when it is beyond doubt; anything else leaves the keypad question standing.
    if (!best || best.probability < accept) return stay(flow, state);
    return onMeaning(flow, { ...state, face: 'ai', prefersKeys: false }, best, now, true);
  }
  if (!best || best.probability < confirm) return onNotUnderstood(flow, state, text, now);
  return onMeaning(flow, state, best, now, best.probability >= accept);
}

/** Whether a meaning answers the question that stands: another NLU, or a late result, may bring something foreign. */
function answersQuestion(flow: Flow, state: DialogState, meaning: Meaning): boolean {
  const node = flow.nodes[state.nodeId];
  const known = (names: readonly string[]): boolean => names.some((name) => meaning.slots[name] !== undefined);
  if (state.confirming && (meaning.intent === 'yes' || meaning.intent === 'no')) return true;
  switch (node?.kind) {
    case 'menu':
      return (
        !state.confirming &&
        (node.options.some((o) => o.id === meaning.intent) || flow.nodes[meaning.intent ?? '']?.kind === 'form')
      );
    case 'collect':
      return !state.confirming && known([node.slot]);
    case 'form':
      return known(node.slots.map((s) => s.name)) || (!state.confirming && meaning.intent === state.nodeId);
    case 'converse':
      return (
        !state.confirming &&
        (node.exits.some((o) => o.id === meaning.intent) || node.knowledge.some((k) => k.id === meaning.answerId))
      );
    default:
      return false;
  }
}

function onMeaning(flow: Flow, state: DialogState, guess: Hypothesis, now: Circumstances, sure: boolean): Step {
  const { meaning } = guess;
  if (state.confirming) return onConfirmation(flow, state, meaning, now, sure ? 'confirmed' : 'confirm');
  const node = flow.nodes[state.nodeId];
  if (!node || !isListening(node)) return stay(flow, state);
  const cause: Cause = { outcome: 'accepted', meaning };
  switch (node.kind) {
    case 'menu':
    case 'converse': {
      // A sentence of a form behind an option brings its own confirmation with it.
      const behind = node.kind === 'menu' ? flow.nodes[meaning.intent ?? '']?.kind === 'form' : false;
      if (!sure && !behind && meaning.intent !== 'question') return confirmFirst(flow, state, meaning, cause);
      return commit(flow, state, meaning, now, cause, sure);
    }
    case 'collect':
      if (node.confirm === 'always' || (!sure && node.confirm !== 'never'))
        return confirmFirst(flow, state, meaning, cause);
      if (!sure) return onNotUnderstood(flow, state, '', now);
      return commit(flow, state, meaning, now, cause, sure);
    case 'form':
      return commit(flow, state, meaning, now, cause, sure);
  }
}

function confirmFirst(flow: Flow, state: DialogState, meaning: Meaning, cause: Cause): Step {
  return ask(flow, { ...state, confirming: meaning }, { ...cause, outcome: 'confirm' }, []);
}

/** “Yes”, “no”, or a correction of what was read back. */
function onConfirmation(
  flow: Flow,
  state: DialogState,
  meaning: Meaning,
  now: Circumstances,
  outcome: Cause['outcome'],
): Step {
  const asked = state.confirming;
  if (!asked) return stay(flow, state);
  const open = { ...state, confirming: undefined, keypad: keypadStart };
  if (meaning.intent === 'yes') {
    const cause: Cause = { outcome: outcome === 'keys' ? 'keys' : 'confirmed', meaning: asked };
    return commit(flow, { ...open, draftSure: true }, asked, now, cause, true, true);
  }
  const corrected = Object.keys(meaning.slots).length > 0;
  if (meaning.intent === 'no' && !corrected) return onDenied(flow, open, meaning, now);
  // A correction: what was just said goes over what stood before, and is read back again.
  const draft = { ...state.draft, ...meaning.slots };
  return ask(flow, { ...open, draft }, { outcome: 'confirm', meaning: { intent: asked.intent, slots: draft } }, []);
}

/** A denied guess counts as a no-match: twice wrong, and the keypad takes over. */
function onDenied(flow: Flow, state: DialogState, meaning: Meaning, now: Circumstances): Step {
  const cleared = { ...state, draft: {}, draftSure: true, asked: undefined };
  const tries = { ...state.tries, noMatch: state.tries.noMatch + 1 };
  if (tries.noMatch >= defaultsOf(flow).aiTries && state.face === 'ai')
    return toKeypad(flow, { ...cleared, tries }, 'confidence', now, [wording.denied], { outcome: 'denied', meaning });
  return ask(flow, { ...cleared, tries }, { outcome: 'denied', meaning }, [wording.denied]);
}

/** Acts on what is meant. `agreed`: the caller has confirmed it, or keyed it in. */
function commit(
  flow: Flow,
  state: DialogState,
  meaning: Meaning,
  now: Circumstances,
  cause: Cause,
  sure: boolean,
  agreed = false,
): Step {
  const node = flow.nodes[state.nodeId];
  switch (node?.kind) {
    case 'menu': {
      const option = node.options.find((o) => o.id === meaning.intent);
      if (option) return enter(flow, state, option.next, now, cause);
      const dialled = node.directDial?.find(({ number }) => number === meaning.intent);
      if (dialled) return enter(flow, state, dialled.next, now, cause);
      const form = meaning.intent ? flow.nodes[meaning.intent] : undefined;
      if (meaning.intent && form?.kind === 'form')
        return enter(flow, state, meaning.intent, now, cause, [], { slots: meaning.slots, sure });
      return stay(flow, state);
    }
    case 'collect': {
      const variables = { ...state.variables, ...meaning.slots };
      return enter(flow, { ...state, variables }, node.next, now, cause);
    }
    case 'form': {
      const draft = { ...state.draft, ...meaning.slots };
      const filled = { ...state, draft, draftSure: state.draftSure && sure, asked: undefined };
      const missing = node.slots.some((s) => s.required && !draft[s.name]);
      const policy = node.confirm ?? 'unsure';
      const needless = agreed || policy === 'never' || (policy === 'unsure' && filled.draftSure);
      if (!missing && needless)
        return enter(flow, { ...filled, variables: { ...state.variables, ...draft } }, node.next, now, cause);
      return ask(flow, filled, cause, []);
    }
    case 'converse': {
      const exit = node.exits.find((o) => o.id === meaning.intent);
      if (exit) return enter(flow, state, exit.next, now, cause);
      const known = node.knowledge.find((k) => k.id === meaning.answerId);
      if (!known) return stay(flow, state);
      return askOn(flow, state, node, cause, [known.answer], now);
    }
    default:
      return stay(flow, state);
  }
}

/** After an answer at a `converse` node: “anything else?”, and listen again, as often as the node allows. */
function askOn(
  flow: Flow,
  state: DialogState,
  node: {
    readonly anythingElse?: string;
    readonly maxTurns?: number;
    readonly exits: readonly { readonly next: string }[];
  },
  cause: Cause,
  say: readonly string[],
  now: Circumstances,
): Step {
  const answered = state.answered + 1;
  const exit = node.exits[0];
  if (answered >= (node.maxTurns ?? 8) && exit) return enter(flow, state, exit.next, now, cause, say);
  const again = { ...state, answered, tries: noTries };
  return ask(flow, again, cause, say, node.anythingElse ?? wording.anythingElse);
}

/* ---------------------------------------------------------------- nothing heard, nothing understood */

function onNotUnderstood(flow: Flow, state: DialogState, text: string, now: Circumstances): Step {
  const node = flow.nodes[state.nodeId];
  if (node?.kind === 'converse' && !state.confirming && text !== '') {
    if (node.llm && now.languageModel) {
      return {
        state,
        say: [],
        then: { type: 'converse', question: text, listen: listenFor(flow, state) },
        outcome: 'accepted',
        fallback: undefined,
        meaning: { intent: 'question', slots: {} },
      };
    }
  }
  const tries = { ...state.tries, noMatch: state.tries.noMatch + 1 };
  if (tries.noMatch >= defaultsOf(flow).aiTries)
    return toKeypad(flow, { ...state, tries }, 'nomatch', now, [wording.notUnderstood], { outcome: 'nomatch' });
  return reprompt(flow, { ...state, tries }, 'noMatch', tries.noMatch, wording.notUnderstood);
}

function onNoInput(flow: Flow, state: DialogState, now: Circumstances): Step {
  if (state.face === 'keypad') return onKeypadFailure(flow, state, now, 'noKey');
  if (!now.speech) return toKeypad(flow, state, 'engine', now, []);
  const tries = { ...state.tries, noInput: state.tries.noInput + 1 };
  if (tries.noInput >= defaultsOf(flow).aiTries)
    return toKeypad(flow, { ...state, tries }, 'noinput', now, [wording.notHeard], { outcome: 'noinput' });
  return reprompt(flow, { ...state, tries }, 'noInput', tries.noInput, wording.notHeard);
}

/** Tapered reprompts: the node's own words for the first, second, … time; else a plain sentence and the question again. */
function reprompt(flow: Flow, state: DialogState, why: 'noInput' | 'noMatch', count: number, plain: string): Step {
  const outcome = why === 'noInput' ? 'noinput' : 'nomatch';
  if (state.confirming) {
    const again: Step = ask(flow, state, { outcome }, [plain]);
    return { ...again, outcome, say: [plain, wording.yesOrNo] };
  }
  const node = flow.nodes[state.nodeId];
  const own = node && isListening(node) ? node[why]?.[count - 1] : undefined;
  return own ? ask(flow, state, { outcome }, [], own) : ask(flow, state, { outcome }, [plain]);
}

/* ---------------------------------------------------------------- the keypad */

/** The same question by keys. What was understood so far stays. */
function toKeypad(
  flow: Flow,
  state: DialogState,
  reason: FallbackReason,
  now: Circumstances,
  say: readonly string[],
  cause: Cause = { outcome: 'failed' },
): Step {
  const node = flow.nodes[state.nodeId];
  if (!node || !isListening(node)) return enter(flow, state, flow.giveUp, now, { ...cause, fallback: reason }, say);
  const onKeys: DialogState = { ...state, face: 'keypad', asked: undefined, keypad: keypadStart };
  return ask(flow, onKeys, { ...cause, fallback: reason }, [...say, wording.toKeypad]);
}

function onKeys(flow: Flow, state: DialogState, event: KeyEvent, now: Circumstances): Step {
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
function onKeypadFailure(flow: Flow, state: DialogState, now: Circumstances, what: 'wrongKey' | 'noKey'): Step {
  const tries = { ...state.tries, [what]: state.tries[what] + 1 };
  const { wrongKeyTries, noKeyTries } = defaultsOf(flow);
  const [outcome, reason] = what === 'noKey' ? (['noinput', 'noinput'] as const) : (['keys', 'nomatch'] as const);
  if (tries.wrongKey >= wrongKeyTries || tries.noKey >= noKeyTries)
    return enter(flow, state, flow.giveUp, now, { outcome, fallback: reason });
  return ask(flow, { ...state, face: 'keypad', tries }, { outcome }, [
    keypadFailureWords(flow.nodes[state.nodeId], what),
  ]);
}

/* ---------------------------------------------------------------- what came back from the world */

/** The same question again, with everything that is known; a node that does not ask begins anew. */
function onResume(flow: Flow, state: DialogState, now: Circumstances): Step {
  const node = flow.nodes[state.nodeId];
  const before = [wording.whereWereWe];
  // Nobody knows whether the service was told before: what changes something there is not asked for twice.
  if (node?.kind === 'tool' && (node.method ?? 'GET') !== 'GET')
    return enter(flow, state, node.failed, now, { outcome: 'failed' }, before);
  if (!node || !isListening(node)) return enter(flow, state, state.nodeId, now, { outcome: 'accepted' }, before);
  if (state.face === 'ai' && !now.speech)
    return ask(flow, { ...state, face: 'keypad' }, { outcome: 'accepted', fallback: 'engine' }, before);
  return ask(flow, state, { outcome: 'accepted' }, before);
}

function onAnswerSpoken(flow: Flow, state: DialogState, ok: boolean, now: Circumstances): Step {
  const node = flow.nodes[state.nodeId];
  if (node?.kind !== 'converse') return stay(flow, state);
  const cause: Cause = { outcome: ok ? 'accepted' : 'failed', fallback: ok ? undefined : 'engine' };
  return askOn(flow, state, node, cause, ok ? [] : [node.unknown ?? wording.unknown], now);
}

function onDone(flow: Flow, state: DialogState, ok: boolean, now: Circumstances): Step {
  const node = flow.nodes[state.nodeId];
  if (node?.kind === 'voicemail') return enter(flow, state, node.next, now, { outcome: 'accepted' });
  if (node?.kind === 'transfer' && !ok) return enter(flow, state, node.failed, now, { outcome: 'failed' });
  return { ...stay(flow, state), then: { type: 'hangup' } };
}

function onSteer(flow: Flow, state: DialogState, to: 'keypad' | 'person', now: Circumstances): Step {
  const cause: Cause = { outcome: 'accepted', fallback: 'admin' };
  if (to === 'person') return enter(flow, state, flow.operator ?? flow.giveUp, now, cause);
  return toKeypad(flow, { ...state, prefersKeys: true }, 'admin', now, [], cause);
}

/** Of a service that failed nothing is known: what it told earlier in the call is forgotten. */
function onToolAnswer(
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

/** Nothing changes: the question that stands goes on standing, without a word. */
function stay(flow: Flow, state: DialogState): Step {
  return {
    state,
    say: [],
    then: listenFor(flow, state),
    outcome: 'nomatch',
    fallback: undefined,
    meaning: undefined,
  };
}

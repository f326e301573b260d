import { commit, onConfirmation } from './acting.js';
import { afterDenials, alikeAt, sameMeaning } from './denials.js';
import { likelyPeople, peopleMeant } from './directory.js';
import { ask, isListening, listenFor, stay, toKeypad, type Cause } from './entering.js';
import { onKeypadFailure } from './on-keys.js';
import type { Circumstances, DialogState, Step } from './state.js';
import { keypadStart } from '../fallback-ivr/keypad-question.js';
import { slotOf, SOMEBODY_ELSE } from '../flow/directory.js';
import type { Hypothesis, Meaning } from '../flow/expectation.js';
import { defaultsOf, type Flow } from '../flow/schema.js';
import { wordsOf } from '../flow/words/words-of.js';
import type { FallbackReason } from '../observability/turn-record.js';

/** The caller said something; `text` matters only where speech is free. */
export function onSpeech(
  flow: Flow,
  state: DialogState,
  heard: readonly Hypothesis[],
  text: string,
  now: Circumstances,
): Step {
  const { accept, confirm } = defaultsOf(flow);
  const asked = flow.nodes[state.nodeId];
  const likely = asked?.kind === 'directory' && !state.confirming ? likelyPeople(asked, heard, accept) : heard;
  const hypotheses = state.confirming ? likely : afterDenials(likely, state.denied ?? []);
  const best = hypotheses.find((h) => answersQuestion(flow, state, h.meaning));
  if (state.face === 'keypad') {
    // Speech beside the keypad counts only when it is beyond doubt; anything else leaves the keypad question standing.
    if (!best || best.probability < accept) return stay(flow, state);
    return onMeaning(flow, { ...state, face: 'ai', prefersKeys: false }, best, now, true);
  }
  if (!best || best.probability < confirm) return onNotUnderstood(flow, state, text, now);
  const next = onMeaning(flow, state, best, now, best.probability >= accept);
  return state.confirming ? next : readingBack(flow, next, best.meaning, hypotheses);
}

/** Where what was just heard is read back: what else it may have been is kept. */
function readingBack(flow: Flow, step: Step, best: Meaning, hypotheses: readonly Hypothesis[]): Step {
  const { confirming, nodeId } = step.state;
  if (!confirming || !sameMeaning(confirming, best)) return step;
  return { ...step, state: { ...step.state, heard: alikeAt(flow, nodeId, hypotheses) } };
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
    case 'directory':
      return !state.confirming && (known([slotOf(node)]) || meaning.intent === SOMEBODY_ELSE);
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
    case 'directory': {
      if (meaning.intent === SOMEBODY_ELSE) return ask(flow, { ...state, keypad: keypadStart }, cause, []);
      // Of several people the caller chooses anyway.
      const one = peopleMeant(node, meaning).length === 1;
      if (one && (node.confirm === 'always' || (!sure && node.confirm !== 'never')))
        return confirmFirst(flow, state, meaning, cause);
      if (one && !sure) return onNotUnderstood(flow, state, '', now);
      return commit(flow, state, meaning, now, cause, sure);
    }
    case 'form':
      return commit(flow, state, meaning, now, cause, sure);
  }
}

function confirmFirst(flow: Flow, state: DialogState, meaning: Meaning, cause: Cause): Step {
  return ask(flow, { ...state, confirming: meaning }, { ...cause, outcome: 'confirm' }, []);
}

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
    return toKeypad(flow, { ...state, tries }, 'nomatch', now, [wordsOf(flow.language).notUnderstood], {
      outcome: 'nomatch',
    });
  return reprompt(flow, { ...state, tries }, 'noMatch', tries.noMatch, wordsOf(flow.language).notUnderstood);
}

/** Speech cannot go on. Beside the keypad nothing is lost with it: what was keyed so far stands. */
export function onFall(flow: Flow, state: DialogState, reason: FallbackReason, now: Circumstances): Step {
  const node = flow.nodes[state.nodeId];
  if (state.face === 'keypad' && node && isListening(node)) return stay(flow, state);
  return toKeypad(flow, state, reason, now, []);
}

/** The caller said nothing, or pressed nothing. */
export function onNoInput(flow: Flow, state: DialogState, now: Circumstances): Step {
  if (state.face === 'keypad') return onKeypadFailure(flow, state, now, 'noKey');
  if (!now.speech) return toKeypad(flow, state, 'engine', now, []);
  const tries = { ...state.tries, noInput: state.tries.noInput + 1 };
  if (tries.noInput >= defaultsOf(flow).aiTries)
    return toKeypad(flow, { ...state, tries }, 'noinput', now, [wordsOf(flow.language).notHeard], {
      outcome: 'noinput',
    });
  return reprompt(flow, { ...state, tries }, 'noInput', tries.noInput, wordsOf(flow.language).notHeard);
}

/** Tapered reprompts: the node's own words for the first, second, … time; else a plain sentence and the question again. */
function reprompt(flow: Flow, state: DialogState, why: 'noInput' | 'noMatch', count: number, plain: string): Step {
  const outcome = why === 'noInput' ? 'noinput' : 'nomatch';
  if (state.confirming) {
    const again: Step = ask(flow, state, { outcome }, [plain]);
    return { ...again, outcome, say: [plain, wordsOf(flow.language).yesOrNo] };
  }
  const node = flow.nodes[state.nodeId];
  const own = node && isListening(node) ? node[why]?.[count - 1] : undefined;
  return own ? ask(flow, state, { outcome }, [], own) : ask(flow, state, { outcome }, [plain]);
}

import { callOrChoose } from './directory.js';
import { nextGuess } from './denials.js';
import { ask, enter, noTries, stay, toKeypad, type Cause } from './entering.js';
import type { Circumstances, DialogState, Step } from './state.js';
import { keypadStart } from '../fallback-ivr/keypad-question.js';
import type { Meaning } from '../flow/expectation.js';
import { defaultsOf, type Flow } from '../flow/schema.js';
import { wordsOf } from '../flow/words/words-of.js';

/** Acts on what is meant. `agreed`: the caller has confirmed it, or keyed it in. */
export function commit(
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
      if (option) return enter(flow, inLanguageOf(option, state), option.next, now, cause);
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
    case 'directory':
      return callOrChoose(flow, state, node, { ...cause, meaning });
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
      if (exit) return enter(flow, inLanguageOf(exit, state), exit.next, now, cause);
      const known = node.knowledge.find((k) => k.id === meaning.answerId);
      if (!known) return stay(flow, state);
      return askOn(flow, state, node, cause, [known.answer], now);
    }
    default:
      return stay(flow, state);
  }
}

function inLanguageOf({ language }: { readonly language?: string }, state: DialogState): DialogState {
  return language === undefined ? state : { ...state, language };
}

/** “Yes”, “no”, or a correction of what was read back. */
export function onConfirmation(
  flow: Flow,
  state: DialogState,
  meaning: Meaning,
  now: Circumstances,
  outcome: Cause['outcome'],
): Step {
  const asked = state.confirming;
  if (!asked) return stay(flow, state);
  const open = { ...state, confirming: undefined, heard: undefined, keypad: keypadStart };
  if (meaning.intent === 'yes') {
    const cause: Cause = { outcome: outcome === 'keys' ? 'keys' : 'confirmed', meaning: asked };
    return commit(flow, { ...open, draftSure: true }, asked, now, cause, true, true);
  }
  const corrected = Object.keys(meaning.slots).length > 0;
  if (meaning.intent === 'no' && !corrected)
    return onDenied(flow, { ...open, heard: state.heard }, asked, meaning, now);
  // A correction: what was just said goes over what stood before, and is read back again.
  const draft = { ...state.draft, ...meaning.slots };
  return ask(flow, { ...open, draft }, { outcome: 'confirm', meaning: { intent: asked.intent, slots: draft } }, []);
}

/**
 * A denied guess counts as a no-match: twice wrong, and the keypad takes over. After the first one the second guess is read
 * back, if it is likely enough now; else the question is asked again, and what was denied is believed less.
 */
function onDenied(flow: Flow, state: DialogState, asked: Meaning, meaning: Meaning, now: Circumstances): Step {
  const denied = [...(state.denied ?? []), asked];
  const cleared = { ...state, denied, heard: undefined, draft: {}, draftSure: true, asked: undefined };
  const tries = { ...state.tries, noMatch: state.tries.noMatch + 1 };
  if (tries.noMatch >= defaultsOf(flow).aiTries && state.face === 'ai')
    return toKeypad(flow, { ...cleared, tries }, 'confidence', now, [wordsOf(flow.language).denied], {
      outcome: 'denied',
      meaning,
    });
  const cause: Cause = { outcome: 'denied', meaning };
  const before = [wordsOf(flow.language).denied];
  const guess = state.face === 'ai' ? nextGuess(state, denied, defaultsOf(flow).confirm) : undefined;
  if (!guess) return ask(flow, { ...cleared, tries }, cause, before);
  const draft = flow.nodes[state.nodeId]?.kind === 'form' ? guess.slots : {};
  const guessing = { ...cleared, tries, heard: state.heard, draft, draftSure: false, confirming: guess };
  return { ...ask(flow, guessing, cause, before), outcome: 'denied' };
}

/** After an answer at a `converse` node: “anything else?”, and listen again, as often as the node allows. */
export function askOn(
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
  return ask(flow, again, cause, say, node.anythingElse ?? wordsOf(flow.language).anythingElse);
}

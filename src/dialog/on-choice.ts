import { askOn } from './acting.js';
import { ask, listenFor, spokenVariables, stay, without, type Cause } from './entering.js';
import type { ModelChoice } from './model-choice.js';
import { pieces } from '../flow/pieces.js';
import type { ChosenTool, Circumstances, DialogState, Step } from './state.js';
import type { Flow } from '../flow/schema.js';
import { wordsOf } from '../flow/words/words-of.js';

/** The language model wants a service asked, which is done, or proposes an exit, which the caller has to agree to. */
export function onChosen(flow: Flow, state: DialogState, choice: ModelChoice, question: string): Step {
  const node = flow.nodes[state.nodeId];
  if (node?.kind !== 'converse') return stay(flow, state);
  if (choice.type === 'exit') {
    const meaning = { intent: choice.exit, slots: {} };
    return ask(flow, { ...state, confirming: meaning }, { outcome: 'confirm', meaning }, []);
  }
  const { tool, arguments: given } = choice;
  return {
    state,
    say: [],
    then: {
      type: 'tool',
      node: tool,
      nodeId: state.nodeId,
      noFiller: node.llm?.noFiller ?? false,
      chosen: { choice, question },
    },
    outcome: 'accepted',
    fallback: undefined,
    meaning: { intent: tool.name, slots: given },
  };
}

/** What came back is said in the flow’s words where it has some, else in the model’s; of a service that failed nothing is known. */
export function onChosenToolAnswer(
  flow: Flow,
  state: DialogState,
  values: Readonly<Record<string, string>> | undefined,
  { choice, question }: ChosenTool,
  now: Circumstances,
): Step {
  const node = flow.nodes[state.nodeId];
  if (node?.kind !== 'converse') return stay(flow, state);
  const { tool } = choice;
  const variables = { ...without(state.variables, tool.results), ...choice.arguments, ...values };
  const knowing: DialogState = { ...state, variables };
  const own = tool.answer;
  if (!values || (own === undefined && !now.languageModel)) {
    const unknown = node.unknown ?? wordsOf(flow.language).unknown;
    return askOn(flow, knowing, node, { outcome: 'failed' }, [unknown], now);
  }
  const cause: Cause = { outcome: 'accepted', meaning: { intent: tool.name, slots: values } };
  if (own !== undefined) return askOn(flow, knowing, node, cause, pieces(own, spokenVariables(flow, knowing)), now);
  return {
    state: knowing,
    say: [],
    then: { type: 'converse', question, listen: listenFor(flow, knowing), told: { choice, values } },
    outcome: 'accepted',
    fallback: undefined,
    meaning: cause.meaning,
  };
}

import type { DialogState } from './state.js';
import type { Expectation } from '../flow/expectation.js';
import type { Flow, MenuNode } from '../flow/schema.js';

/** What can be understood at this moment: follows from the node and from how far its question has come. */
export function expectationOf(flow: Flow, state: DialogState): Expectation {
  const node = flow.nodes[state.nodeId];
  if (state.confirming) {
    return {
      kind: 'confirmation',
      form: node?.kind === 'form' ? { intent: state.nodeId, form: node } : undefined,
    };
  }
  switch (node?.kind) {
    case 'menu':
      return choiceOf(flow, node);
    case 'collect':
      return { kind: 'entity', name: node.slot, entity: node.entity, examples: node.examples ?? [] };
    case 'form':
      return { kind: 'slots', intent: state.nodeId, form: node, asked: state.asked };
    case 'converse':
      return { kind: 'open', knowledge: node.knowledge, exits: node.exits, others: node.others };
    default:
      return { kind: 'choice', options: [], forms: [] };
  }
}

/** Every question that a node can put, whatever the caller did before: to prepare grammars and prompts. */
export function expectationsOf(flow: Flow, nodeId: string): Expectation[] {
  const node = flow.nodes[nodeId];
  const form = node?.kind === 'form' ? { intent: nodeId, form: node } : undefined;
  const confirmation: Expectation = { kind: 'confirmation', form };
  switch (node?.kind) {
    case 'menu':
      return [choiceOf(flow, node), confirmation];
    case 'collect':
      return [{ kind: 'entity', name: node.slot, entity: node.entity, examples: node.examples ?? [] }, confirmation];
    case 'form':
      return [
        { kind: 'slots', intent: nodeId, form: node, asked: undefined },
        ...node.slots
          .filter((s) => s.required)
          .map((s): Expectation => ({ kind: 'slots', intent: nodeId, form: node, asked: s.name })),
        confirmation,
      ];
    case 'converse':
      return [{ kind: 'open', knowledge: node.knowledge, exits: node.exits, others: node.others }, confirmation];
    default:
      return [];
  }
}

function choiceOf(flow: Flow, { directDial, options, others }: MenuNode): Expectation {
  return { kind: 'choice', options, directDial, forms: formsBehind(flow, options), others };
}

function formsBehind(flow: Flow, options: readonly { id: string; next: string }[]) {
  return options.flatMap((option) => {
    const form = flow.nodes[option.next];
    return form?.kind === 'form' ? [{ optionId: option.id, intent: option.next, form }] : [];
  });
}

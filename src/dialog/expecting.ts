import type { DialogState } from './state.js';
import { peopleRead } from '../fallback-ivr/keypad-directory.js';
import { keypadStart, type KeypadProgress } from '../fallback-ivr/keypad-question.js';
import { slotOf } from '../flow/directory.js';
import type { Expectation } from '../flow/expectation.js';
import type { DirectoryNode, Flow, MenuNode, Person } from '../flow/schema.js';

const nobody: readonly Person[] = [];

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
    case 'directory':
      return personOf(node, state.keypad);
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
    case 'directory':
      return [personOf(node, keypadStart), confirmation];
    case 'converse':
      return [{ kind: 'open', knowledge: node.knowledge, exits: node.exits, others: node.others }, confirmation];
    default:
      return [];
  }
}

function personOf(node: DirectoryNode, keypad: KeypadProgress): Expectation {
  const people = node.people ?? nobody;
  return { kind: 'person', name: slotOf(node), people, among: peopleRead(people, keypad) };
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

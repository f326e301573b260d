import { initialState } from './entering.js';
import type { DialogState } from './state.js';
import { keypadStart } from '../fallback-ivr/keypad-question.js';
import { slotOf } from '../flow/directory.js';
import type { Flow, FlowNode } from '../flow/schema.js';
import { variablesOfTool } from '../flow/tool.js';

/** Where a call is, as it outlives the controller that served it. */
export interface JournalEntry {
  readonly callId: string;
  readonly flowId: string;
  /** The version that the call is on, which it keeps with the next controller too. */
  readonly flowVersion: number;
  /** Turns that were taken, so that the next one counts on. */
  readonly turns: number;
  readonly state: DialogState;
}

/** Keeps where calls are, for the controller that comes after this one. Never waits, never fails. */
export interface CallJournal {
  /** @param flow the version that the call is on */
  note(entry: JournalEntry, flow: Flow): void;
  forget(callId: string): void;
  /** Takes the place of a call that an earlier controller left behind: it is given once. */
  take(callId: string): JournalEntry | undefined;
}

/**
 * A state as it may be written down. What a caller said or keyed at a `sensitive` node never is: such a call is taken up
 * again at that node and asked once more, with everything else known. With `words` false nothing that was said or keyed is
 * kept, only the place.
 */
export function writable(flow: Flow, state: DialogState, words: boolean): DialogState {
  if (!words) {
    const { nodeId, face, prefersKeys, returns, language } = state;
    const kept = { ...(returns ? { returns } : {}), ...(language === undefined ? {} : { language }) };
    return { ...initialState(flow), nodeId, face, prefersKeys, ...kept };
  }
  const secretSlots = Object.entries(flow.nodes).flatMap(([nodeId, node]) =>
    isSensitive(node) ? slotsOf(node).map((slot) => ({ nodeId, slot })) : [],
  );
  const here = secretSlots.some(({ nodeId }) => nodeId === state.nodeId);
  const known = secretSlots.filter(({ slot }) => state.variables[slot] !== undefined);
  const [first] = known;
  if (!here && !first) return state;
  const secrets = new Set(secretSlots.map(({ slot }) => slot));
  const variables = Object.fromEntries(Object.entries(state.variables).filter(([name]) => !secrets.has(name)));
  const nodeId = first?.nodeId ?? state.nodeId;
  return {
    ...state,
    nodeId,
    variables,
    draft: {},
    draftSure: true,
    confirming: undefined,
    heard: undefined,
    denied: undefined,
    asked: undefined,
    keypad: keypadStart,
  };
}

/** Whether what is said or keyed at a node, or comes from it, is never stored or logged. */
export function isSensitive(node: FlowNode | undefined): boolean {
  return node !== undefined && 'sensitive' in node && node.sensitive === true;
}

/** The channel variables by which the dialplan’s copy finds the caller's place, as far as they have changed. */
export function placeInDialplan(before: DialogState, after: DialogState): readonly (readonly [string, string])[] {
  const returns = after.returns ?? [];
  const language = after.language === before.language ? [] : [['HANDRAIL_LANGUAGE', after.language ?? ''] as const];
  const node = [...language, ['HANDRAIL_NODE', after.nodeId] as const];
  if (returns.join() === (before.returns ?? []).join()) return node;
  const begun = returns.map((nodeId, i) => [`HR_RETURN_${String(i + 1)}`, nodeId] as const);
  return [...begun, ['HR_DEPTH', String(returns.length)], ...node];
}

/** Whether a call can be taken up there: another flow, or a node that went with a new version, has no place for it. */
export function canResume(flow: Flow, { flowId, state }: JournalEntry): boolean {
  return flowId === flow.id && flow.nodes[state.nodeId] !== undefined;
}

function slotsOf(node: Flow['nodes'][string]): string[] {
  if (node.kind === 'collect') return [node.slot];
  if (node.kind === 'directory') return [slotOf(node)];
  if (node.kind === 'tool') return node.results.map(({ name }) => name);
  if (node.kind === 'converse') return (node.llm?.tools ?? []).flatMap(variablesOfTool);
  return node.kind === 'form' ? node.slots.map(({ name }) => name) : [];
}

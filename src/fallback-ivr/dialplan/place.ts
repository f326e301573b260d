import type { ValuePlaceNames } from './copy.js';
import { safeName } from './safe-text.js';
import type { CollectNode, ConverseNode, FormNode, FormSlot, MenuNode } from '../../flow/schema.js';
import { nextPart } from '../keypad-entity.js';
import { currentSlot } from '../keypad-face.js';
import { keypadStart, type KeypadProgress } from '../keypad-question.js';

export type ListeningNode = MenuNode | CollectNode | FormNode | ConverseNode;

/**
 * A question as far as it has come. The values chosen so far are in channel variables, so `progress` stands for all ways
 * that lead here: parts that were asked are '' in it.
 */
export interface Place {
  readonly progress: KeypadProgress;
  readonly partsAsked: number;
}

export const START: Place = { progress: keypadStart, partsAsked: 0 };

/** What is asked for there. */
export function slotAt(node: ListeningNode, place: Place): Pick<FormSlot, 'name' | 'entity'> {
  if (node.kind === 'collect') return { name: node.slot, entity: node.entity };
  const slot = node.kind === 'form' ? currentSlot(node.slots, place.progress, {}) : undefined;
  return slot ?? { name: '', entity: { type: 'yesno' } };
}

/** Which part of a compound value is asked for there; -1: none. */
export function partAt(node: ListeningNode, place: Place): number {
  const { entity } = slotAt(node, place);
  return entity.type === 'compound' ? nextPart(entity, place.progress.parts) : -1;
}

export const draftNames = (name: string): ValuePlaceNames => pair('HRF', safeName(name));
export const wordNames = (name: string): ValuePlaceNames => pair('HRW', safeName(name));
export const partNames = (index: number): ValuePlaceNames => pair('HRP', String(index));

function pair(prefix: string, name: string): ValuePlaceNames {
  return { text: `${prefix}_${name}`, sounds: `${prefix}S_${name}` };
}

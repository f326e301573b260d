import { placeOf, setBoth, variableNames, type Copy, type ValuePlace } from './copy.js';
import type { Extension } from './dialplan-text.js';
import { keyedNames, writeChosenHalf } from './keyed-values.js';
import { draftNames, partAt, partNames, slotAt, type ListeningNode, type Place } from './place.js';
import { encodeValue } from './safe-text.js';
import { isReckoned } from '../../flow/entities.js';
import type { Entity } from '../../flow/schema.js';
import type { KeyEvent } from '../key-collector.js';

/** Between the parts of a compound value. */
const SPACE = encodeValue(' ');

/** Writes how the values that are keyed at a node come into the call's variables. */
export class ValueKeeper {
  constructor(
    private readonly copy: Copy,
    private readonly node: ListeningNode,
  ) {}

  /** Keeps the value that the last key of a slot has completed. */
  keep(place: Place, event: KeyEvent, value: string): (extension: Extension) => void {
    const { name, entity } = slotAt(this.node, place);
    if (this.isHidden(name)) return forget;
    const target = this.node.kind === 'collect' ? variableNames(name) : draftNames(name);
    return (extension) => {
      if (isReckoned(entity) && event.type !== 'pound') {
        if (event.type === 'choice') writeChosenHalf(this.copy, extension, event.key);
        setBoth(extension, target, { text: '${HR_VALUE}', sounds: '${HR_SPELLED}' });
        return;
      }
      if (event.type === 'digits') {
        setBoth(extension, target, { text: '${HR_DIGITS}', sounds: '${HR_SPELLED}' });
        return;
      }
      if (entity.type !== 'compound' || this.#skipsAll(place, event, entity)) {
        setBoth(extension, target, { text: encodeValue(value), sounds: this.copy.soundsOf(name, value) });
        return;
      }
      this.keepPart(extension, place, value);
      const parts = entity.parts.map((_part, i) => placeOf(partNames(i)));
      extension.add(`Set(HR_JOINED=${parts.map((p) => p.text).join('')})`);
      setBoth(extension, target, {
        text: `\${HR_JOINED:0:-${String(SPACE.length)}}`,
        sounds: parts.map((p) => p.sounds).join(''),
      });
    };
  }

  /** What is sensitive is not kept where nothing in the flow reads it: a channel variable is in Asterisk's verbose log. */
  isHidden(name: string): boolean {
    return this.node.sensitive === true && !this.copy.isRead(name);
  }

  keepPart(extension: Extension, place: Place, value: string): void {
    if (this.isHidden(slotAt(this.node, place).name)) return;
    const kept: ValuePlace = {
      text: value === '' ? '' : `${encodeValue(value)}${SPACE}`,
      sounds: this.copy.soundsOf(slotAt(this.node, place).name, value),
    };
    setBoth(extension, partNames(partAt(this.node, place)), kept);
  }

  /** `#` where an optional slot asks for the part that it must have: no value at all. */
  #skipsAll(place: Place, event: KeyEvent, entity: Extract<Entity, { type: 'compound' }>): boolean {
    return event.type === 'pound' && entity.parts[partAt(this.node, place)]?.optional !== true;
  }
}

/** The last key, what it ended, and what was made of it. */
function forget(extension: Extension): void {
  for (const name of [...keyedNames, 'HR_KEY', 'HR_DIGITS', 'HR_SPELLED']) extension.add(`Set(${name}=)`);
}

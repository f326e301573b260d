import { placeInDialplan, type CallJournal } from './journal.js';
import type { CallObserver } from './ports.js';
import type { DialogState } from './state.js';
import type { AriPort } from '../ari/port.js';
import type { Flow } from '../flow/schema.js';
import type { Logger } from '../kernel/log.js';

interface PlaceParts {
  readonly ari: AriPort;
  readonly flow: Flow;
  readonly flowVersion: number;
  readonly journal: CallJournal;
  readonly observer: CallObserver;
  readonly log: Logger;
}

/**
 * Where one call is in its flow, told to all who may have to go on from there: the journal for the next controller, the
 * channel's variables for the dialplan, and those who watch.
 */
export class CallPlace {
  /** Turns taken so far, those that are not recorded yet included. */
  #turns: number;
  #isTold = false;

  constructor(
    private readonly callId: string,
    private readonly channelId: string,
    private readonly parts: PlaceParts,
    /** Turns that the call has had under an earlier controller. */
    turnsBefore = 0,
  ) {
    this.#turns = turnsBefore;
  }

  /** One more turn has led from one state to another. */
  turnTaken(before: DialogState, after: DialogState): void {
    const { flow, flowVersion, journal } = this.parts;
    journal.note({ callId: this.callId, flowId: flow.id, flowVersion, turns: ++this.#turns, state: after }, flow);
    if (this.#isTold && before.nodeId === after.nodeId && before.face === after.face) return;
    this.#isTold = true;
    this.#tell(before, after);
  }

  #tell(before: DialogState, after: DialogState): void {
    const { ari, log, observer } = this.parts;
    observer.nodeEntered(this.callId, after.nodeId, after.face);
    for (const [name, value] of placeInDialplan(before, after)) {
      ari
        .setVariable(this.channelId, name, value)
        .catch((err: unknown) => log.debug({ err }, 'place not told to Asterisk'));
    }
  }
}

import { bridgeId, legChannelId } from '../ari/ids.js';
import type { AriPort } from '../ari/port.js';
import type { DialogSettings } from './settings.js';
import type { Logger } from '../kernel/log.js';

export interface ListenInParts {
  readonly ari: AriPort;
  readonly settings: Pick<DialogSettings, 'agentEndpoint' | 'media'>;
  readonly log: Logger;
}

/** How long the listener's phone rings. */
const RING_MS = 30_000;
/** Legs of a call that are persons count from 1. */
const FIRST = 901;

interface Ear {
  readonly callId: string;
  readonly extension: string;
  readonly end: () => void;
}

/**
 * Lets somebody of the house hear a call, both sides of it, and say nothing into it. Caller and person notice nothing. It ends
 * with the call, when the listener hangs up, or when somebody stops it.
 */
export class ListenIn {
  #next = FIRST;
  readonly #ears = new Set<Ear>();

  constructor(private readonly parts: ListenInParts) {}

  /** Rings the listener's extension; the rest follows when they answer. @throws HandrailError when it cannot be rung */
  async ring(callId: string, extension: string): Promise<void> {
    const { ari, log, settings } = this.parts;
    const [listener, snoop] = [legChannelId(callId, this.#next++), legChannelId(callId, this.#next++)];
    const bridge = bridgeId(snoop);
    let over = false;
    const takeDown = (): void =>
      void Promise.allSettled([ari.hangup(listener), ari.hangup(snoop), ari.destroyBridge(bridge)]);
    const end = (): void => {
      if (over) return;
      over = true;
      this.#ears.delete(ear);
      unsubscribe.forEach((off) => off());
      takeDown();
    };
    const ear: Ear = { callId, extension, end };
    this.#ears.add(ear);
    const joined = (channelId: string, next: () => Promise<void>): (() => void) =>
      ari.onChannel(channelId, ({ type }) => {
        if (type === 'channel-destroyed' || type === 'stasis-end') end();
        if (type !== 'stasis-start' || over) return;
        void next()
          .catch((err: unknown) => {
            if (!over) log.warn({ err, callId }, 'nobody can listen in');
            end();
          })
          // What was asked for may have come after it was taken down.
          .finally(() => over && takeDown());
      });
    const unsubscribe = [
      joined(listener, () => ari.snoop({ channelId: callId, snoopId: snoop })),
      joined(snoop, async () => {
        await ari.createBridge(bridge, snoop);
        await Promise.all([ari.addToBridge(bridge, snoop), ari.addToBridge(bridge, listener)]);
      }),
    ];
    try {
      await ari.originate({
        channelId: listener,
        endpoint: settings.agentEndpoint.replaceAll('{to}', extension),
        callerId: extension,
        timeoutMs: RING_MS,
        format: settings.media.codec,
        appArgs: 'listener',
      });
    } catch (error) {
      end();
      throw error;
    }
  }

  /** Hangs up whoever listens at this extension, or is rung. @returns whether anybody was */
  stop(callId: string, extension: string): boolean {
    const ears = [...this.#ears].filter((ear) => ear.callId === callId && ear.extension === extension);
    for (const { end } of ears) end();
    return ears.length > 0;
  }
}

import { bridgeId, legChannelId } from '../ari/ids.js';
import type { AriPort } from '../ari/port.js';
import type { DialogSettings } from './settings.js';
import type { Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';

export interface ListenInParts {
  readonly ari: AriPort;
  readonly settings: Pick<DialogSettings, 'agentEndpoint' | 'listenInNotice' | 'media'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Something comes from the bot at every moment, until `false`: what is whispered to a caller is mixed into that. */
  readonly steady: (callId: string, on: boolean) => void;
}

/** How long the listener's phone rings. */
const RING_MS = 30_000;
/** Legs of a call that are persons count from 1. */
const FIRST = 901;

/** A sentence is over by then; a tone goes on until it is stopped. */
const NOTICE_WITHIN_MS = 20_000;
const TONE_MS = 600;

interface Ear {
  readonly callId: string;
  readonly extension: string;
  readonly end: () => void;
}

/**
 * Lets somebody of the house hear a call, both sides of it, and say nothing into it. Caller and person notice nothing, unless
 * the caller is to be told: then before anything of the call is heard, and where they cannot be told nobody hears it. It ends with
 * the call, when the listener hangs up, or when somebody stops it.
 */
export class ListenIn {
  #next = FIRST;
  readonly #ears = new Set<Ear>();
  /** Notices that are being played, by call. */
  readonly #telling = new Map<string, number>();

  constructor(private readonly parts: ListenInParts) {}

  /** Rings the listener's extension; the rest follows when they answer. @throws HandrailError when it cannot be rung */
  async ring(callId: string, extension: string): Promise<void> {
    const { ari, log, settings } = this.parts;
    const { listenInNotice: notice } = settings;
    const legId = (): string => legChannelId(callId, this.#next++);
    const [listener, snoop] = [legId(), legId()];
    const herald = notice === undefined ? undefined : { id: legId(), notice };
    const bridge = bridgeId(snoop);
    let over = false;
    const takeDown = (): void =>
      void Promise.allSettled([
        ...[listener, snoop, ...(herald ? [herald.id] : [])].map((id) => ari.hangup(id)),
        ari.destroyBridge(bridge),
      ]);
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
      joined(listener, async () => {
        if (herald) await this.#tell(callId, herald.id, herald.notice);
        if (!over) await ari.snoop({ channelId: callId, snoopId: snoop });
      }),
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

  /** Plays the notice into the caller's ear; the call goes on meanwhile. @throws HandrailError when it cannot be played */
  async #tell(callId: string, herald: string, notice: string): Promise<void> {
    const { ari, clock } = this.parts;
    let heard: () => void = () => undefined;
    let failed: (error: unknown) => void = () => undefined;
    const told = new Promise<void>((resolve, reject) => ([heard, failed] = [resolve, reject]));
    const off = ari.onChannel(herald, ({ type }) => {
      if (type === 'stasis-start') ari.play(herald, notice).catch(failed);
      if (type === 'playback-finished') heard();
      if (type === 'channel-destroyed') failed(new HandrailError('HR_CALL_GONE', callId));
    });
    const cancel = clock.after(notice.startsWith('tone:') ? TONE_MS : NOTICE_WITHIN_MS, heard);
    this.#tellsMore(callId, 1);
    try {
      await Promise.all([ari.snoop({ channelId: callId, snoopId: herald, whisper: true }), told]);
    } finally {
      this.#tellsMore(callId, -1);
      off();
      cancel();
      await ari.hangup(herald);
    }
  }

  #tellsMore(callId: string, by: 1 | -1): void {
    const telling = (this.#telling.get(callId) ?? 0) + by;
    if (telling > 0) this.#telling.set(callId, telling);
    else this.#telling.delete(callId);
    this.parts.steady(callId, telling > 0);
  }
}

import type { AriPort } from '../ari/port.js';
import type { DialogSettings } from './settings.js';
import type { Flow } from '../flow/schema.js';
import type { Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';

/** How long an extension rings. */
const RING_MS = 30_000;

export interface TrialParts {
  readonly ari: () => AriPort | undefined;
  readonly settings: Pick<DialogSettings, 'agentEndpoint' | 'media'>;
  readonly clock: Clock;
}

/**
 * Calls to an extension of the house that go through a flow which is not live: whoever writes it hears it as a caller would.
 * When somebody answers, the call reaches the reception like any other, and is given its flow by its channel.
 */
export class TrialCalls {
  readonly #flows = new Map<string, Flow>();
  #last = 0;

  constructor(private readonly parts: TrialParts) {}

  /**
   * Rings. The flow has to be fit to be heard.
   *
   * @param start the node at which the call begins
   * @returns the id of the call
   * @throws HandrailError HR_ARI_UNREACHABLE, HR_ARI_REQUEST
   */
  async ring(extension: string, flow: Flow, start: string): Promise<string> {
    const { clock, settings } = this.parts;
    const ari = this.parts.ari();
    if (!ari) throw new HandrailError('HR_ARI_UNREACHABLE', 'Handrail is still starting.');
    const channelId = `trial-${String(Math.round(clock.wallMs()))}-${String(++this.#last)}`;
    this.#flows.set(channelId, { ...flow, start });
    const unsubscribe = ari.onChannel(channelId, ({ type }) => {
      if (type !== 'channel-destroyed') return;
      unsubscribe();
      this.#flows.delete(channelId);
    });
    try {
      await ari.originate({
        channelId,
        endpoint: settings.agentEndpoint.replaceAll('{to}', extension),
        callerId: extension,
        timeoutMs: RING_MS,
        format: settings.media.codec,
        appArgs: 'trial',
      });
    } catch (error) {
      unsubscribe();
      this.#flows.delete(channelId);
      throw error;
    }
    return channelId;
  }

  /** The flow of a trial call; undefined for a call from outside. */
  flowFor({ callId }: { readonly callId: string }): Flow | undefined {
    return this.#flows.get(callId);
  }
}

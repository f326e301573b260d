import { bridgeId as bridgeIdOf, mediaChannelId as mediaChannelIdOf } from '../ari/ids.js';
import type { AriPort } from '../ari/port.js';
import type { DialogSettings } from './settings.js';
import type { MediaLeg, MediaPlane } from '../externalmedia/port.js';
import type { Unsubscribe } from '../kernel/emitter.js';
import type { Logger } from '../kernel/log.js';

/**
 * One caller's line: the answered channel, its bridge, its external media channel and our end of the audio. Opening it
 * takes about 100 ms; everything that does not depend on something else runs at the same time.
 */
export class CallLine {
  #closed = false;
  #joined = false;
  #unwatch: Unsubscribe = () => undefined;

  private constructor(
    readonly channelId: string,
    readonly leg: MediaLeg,
    private readonly ari: AriPort,
    private readonly bridgeId: string,
    private readonly mediaChannelId: string,
    private readonly log: Logger,
  ) {}

  /** @throws HandrailError; whatever had been made is removed again */
  static async open(
    ari: AriPort,
    media: MediaPlane,
    settings: DialogSettings,
    call: { readonly callId: string; readonly channelId: string },
    log: Logger,
  ): Promise<CallLine> {
    const { host, codec } = settings.media;
    const bridgeId = bridgeIdOf(call.callId);
    const mediaChannelId = mediaChannelIdOf(call.callId);
    const leg = await media.openLeg({ callId: call.callId, codec, host });
    const line = new CallLine(call.channelId, leg, ari, bridgeId, mediaChannelId, log);
    try {
      const staged = ari.stageExternalMedia({ channelId: mediaChannelId, host, port: leg.local.port, format: codec });
      const [{ local }] = await Promise.all([
        staged.execute(),
        ari.answer(call.channelId),
        ari.createBridge(bridgeId, call.callId),
      ]);
      leg.connect(local);
      await Promise.all([ari.addToBridge(bridgeId, mediaChannelId), ari.addToBridge(bridgeId, call.channelId)]);
      return line;
    } catch (error) {
      await line.close();
      throw error;
    }
  }

  /** Told once when Asterisk ends its side of our audio while the call lives on it: nobody can hear or be heard any more. */
  watchMedia(onLost: () => void): void {
    this.#unwatch = this.ari.onChannel(this.mediaChannelId, (event) => {
      const ended = event.type === 'channel-destroyed' || event.type === 'stasis-end';
      if (!ended || this.#closed || this.#joined) return;
      this.#unwatch();
      this.log.warn({ channelId: this.mediaChannelId }, 'Asterisk ended the audio of a call; it goes to the dialplan');
      onLost();
    });
  }

  /**
   * Connects the caller with another channel. Our own audio leaves the bridge first: with three channels in it, for
   * however short a time, Asterisk mixes, and the caller's voice did not come back when it stopped mixing.
   */
  async connectTo(otherChannelId: string): Promise<void> {
    this.#joined = true;
    await this.ari.removeFromBridge(this.bridgeId, this.mediaChannelId);
    this.leg.close();
    await this.ari.addToBridge(this.bridgeId, otherChannelId);
    await this.ari.hangup(this.mediaChannelId);
  }

  /** Takes down media and bridge; the caller's channel stays as it is. Idempotent, never rejects. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#unwatch();
    this.leg.close();
    const results = await Promise.allSettled([
      this.ari.hangup(this.mediaChannelId),
      this.ari.destroyBridge(this.bridgeId),
    ]);
    for (const result of results)
      if (result.status === 'rejected') this.log.warn({ err: result.reason as unknown }, 'clean-up left to the sweep');
  }
}

import { bridgeId as bridgeIdOf, mediaChannelId as mediaChannelIdOf } from '../ari/ids.js';
import type { AriPort } from '../ari/port.js';
import type { DialogSettings } from './settings.js';
import type { MediaLeg, MediaPlane } from '../externalmedia/port.js';
import { HandrailError } from '../kernel/errors.js';
import type { Unsubscribe } from '../kernel/emitter.js';
import type { Logger } from '../kernel/log.js';

interface LineParts {
  readonly ari: AriPort;
  readonly media: DialogSettings['media'];
  readonly channelId: string;
  readonly bridgeId: string;
  readonly mediaChannelId: string;
  readonly log: Logger;
}

/**
 * One caller's line: the answered channel, its bridge, its external media channel and our end of the audio. Opening it
 * takes about 100 ms; everything that does not depend on something else runs at the same time. The caller is answered
 * last, and hears it ring until then: many calls in one moment make the ringing longer, not the silence after it.
 */
export class CallLine {
  #closed = false;
  #joined = false;
  #unwatch: Unsubscribe = () => undefined;
  /** Kept when Asterisk has no media channel of this line any more. */
  #mediaChannelGone: Promise<void> = Promise.resolve();
  #legEnded = false;
  #restoring: Promise<boolean> | undefined;

  private constructor(
    readonly leg: MediaLeg,
    private readonly parts: LineParts,
  ) {
    void leg.ended.then(() => (this.#legEnded = true));
  }

  /** @throws HandrailError; whatever had been made is removed again */
  static async open(
    ari: AriPort,
    plane: MediaPlane,
    { media }: Pick<DialogSettings, 'media'>,
    { callId, channelId }: { readonly callId: string; readonly channelId: string },
    log: Logger,
  ): Promise<CallLine> {
    const leg = await plane.openLeg({ callId, ...media });
    const bridgeId = bridgeIdOf(callId);
    const mediaChannelId = mediaChannelIdOf(callId);
    const line = new CallLine(leg, { ari, media, channelId, bridgeId, mediaChannelId, log });
    try {
      await Promise.all([line.#connectMedia(), ari.createBridge(bridgeId, callId)]);
      await Promise.all([
        ari.addToBridge(bridgeId, mediaChannelId),
        ari.answer(channelId),
        ari.addToBridge(bridgeId, channelId),
      ]);
      return line;
    } catch (error) {
      await line.close();
      throw error;
    }
  }

  /**
   * Told once when Asterisk ends its side of our audio while the call lives on it: nobody can hear or be heard any more. With
   * a websocket the leg tells it itself, and `restore` is tried first.
   */
  watchMedia(onLost: () => void): void {
    const { ari, media, mediaChannelId, log } = this.parts;
    if (media.transport === 'websocket') return;
    this.#unwatch = ari.onChannel(mediaChannelId, (event) => {
      const ended = event.type === 'channel-destroyed' || event.type === 'stasis-end';
      if (!ended || this.#closed || this.#joined) return;
      this.#unwatch();
      log.warn({ channelId: mediaChannelId }, 'Asterisk ended the audio of a call; it goes to the dialplan');
      onLost();
    });
  }

  get channelId(): string {
    return this.parts.channelId;
  }

  /** Whether the caller hears us: not once `connectTo` has begun, even where it fails. */
  get isOurs(): boolean {
    return !this.#joined;
  }

  /**
   * Puts another media channel in the place of one that was lost with its websocket: Asterisk hangs it up then. The caller
   * hears nothing for a few hundred milliseconds; what was being said goes on.
   *
   * @returns whether the line carries sound again
   */
  restore(): Promise<boolean> {
    if (this.parts.media.transport !== 'websocket') return Promise.resolve(false);
    return (this.#restoring ??= this.#restore().finally(() => (this.#restoring = undefined)));
  }

  async #restore(): Promise<boolean> {
    const { ari, bridgeId, mediaChannelId, log } = this.parts;
    try {
      await ari.hangup(mediaChannelId);
      if (this.#legEnded) return false;
      await this.#mediaChannelGone;
      if (this.#closed) return false;
      await this.#connectMedia();
      await ari.addToBridge(bridgeId, mediaChannelId);
      log.warn({}, 'the media websocket was lost and is connected again');
      return true;
    } catch (err) {
      log.warn({ err }, 'the media websocket was lost and cannot be connected again');
      return false;
    }
  }

  /**
   * Connects the caller with another channel. Our own audio leaves the bridge first: with three channels in it, for
   * however short a time, Asterisk mixes, and the caller's voice did not come back when it stopped mixing.
   */
  async connectTo(otherChannelId: string): Promise<void> {
    this.#joined = true;
    const { ari, bridgeId, mediaChannelId } = this.parts;
    await ari.removeFromBridge(bridgeId, mediaChannelId);
    this.leg.close();
    await ari.addToBridge(bridgeId, otherChannelId);
    await ari.hangup(mediaChannelId);
  }

  /** Takes down media and bridge; the caller's channel stays as it is. Idempotent, never rejects. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#unwatch();
    this.leg.close();
    const { ari, bridgeId, mediaChannelId, log } = this.parts;
    const results = await Promise.allSettled([ari.hangup(mediaChannelId), ari.destroyBridge(bridgeId)]);
    for (const result of results)
      if (result.status === 'rejected') log.warn({ err: result.reason as unknown }, 'clean-up left to the sweep');
  }

  /** Makes the media channel and connects our end with it; kept when it can be bridged. */
  async #connectMedia(): Promise<void> {
    const { ari, media, mediaChannelId } = this.parts;
    const rtpTo = media.transport === 'rtp' ? this.leg.local : undefined;
    const staged = ari.stageExternalMedia({
      channelId: mediaChannelId,
      format: media.codec,
      ...(rtpTo && { rtpTo }),
    });
    this.#mediaChannelGone = new Promise((resolve) => {
      const stop = ari.onChannel(mediaChannelId, (event) => {
        if (event.type !== 'channel-destroyed') return;
        stop();
        resolve();
      });
    });
    const { local, started } = await staged.execute();
    let watch: () => void = () => undefined;
    const lost = new Promise<never>((_, reject) => {
      watch = this.leg.subscribe((event) => {
        if (event.type === 'media-lost' && event.silentMs === 0)
          reject(new HandrailError('HR_MEDIA_FAILED', `media channel ${mediaChannelId}: no connection`));
      });
    });
    this.leg.connect(local);
    try {
      await Promise.race([started, lost]);
    } finally {
      watch();
    }
  }
}

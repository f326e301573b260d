import { randomUUID } from 'node:crypto';
import { bridgeId, mediaChannelId } from '../../ari/ids.js';
import type { AriEvent, AriPort, ChannelInfo } from '../../ari/port.js';
import type { MediaCodec, MediaTransport } from '../../externalmedia/port.js';
import type { Clock } from '../../kernel/clock.js';
import { frameBytes, openMediaEnd, type MediaEnd } from './media-end.js';

export interface AnsweringOptions {
  readonly ari: AriPort;
  readonly clock: Clock;
  /** As `media.host`, `media.codec` and `media.transport`. */
  readonly host: string;
  readonly codec: MediaCodec;
  readonly transport: MediaTransport;
  /** Which of the channels that enter the application is the test call. */
  readonly isOurs: (channel: ChannelInfo) => boolean;
}

const POLL_MS = 20;

/** Doctor in Handrail’s place: answers one call, and sends the caller’s own audio back. */
export class Answering {
  readonly #id = `doctor-${randomUUID()}`;
  readonly #closing: (() => unknown)[] = [];
  readonly #keys: { readonly digit: string; readonly atMs: number }[] = [];
  #ready: Promise<void> | undefined;
  #caller: string | undefined;

  constructor(private readonly options: AnsweringOptions) {}

  /** Kept when audio goes both ways. */
  get ready(): Promise<void> {
    return this.#ready ?? Promise.resolve();
  }

  /** The channel that was answered; `undefined` while none came. */
  get caller(): string | undefined {
    return this.#caller;
  }

  take(event: AriEvent): void {
    if (event.type === 'stasis-start' && !this.#caller && this.options.isOurs(event.channel)) {
      this.#caller = event.channel.id;
      this.#ready = this.#answer(event.channel.id);
      // Told by the silence that follows.
      this.#ready.catch(() => undefined);
    }
    if (event.type === 'dtmf' && event.channelId === this.#caller)
      this.#keys.push({ digit: event.digit, atMs: event.atMs });
  }

  /** @returns when the key arrived, on our clock */
  async keyWithin(key: string, limitMs: number): Promise<number | undefined> {
    const { clock } = this.options;
    const untilMs = clock.nowMs() + limitMs;
    const found = (): number | undefined => this.#keys.find(({ digit }) => digit === key)?.atMs;
    while (found() === undefined && clock.nowMs() < untilMs) {
      await new Promise<void>((resolve) => clock.after(POLL_MS, resolve));
    }
    return found();
  }

  async close(): Promise<void> {
    for (let undo = this.#closing.pop(); undo; undo = this.#closing.pop()) await undo();
  }

  async #answer(caller: string): Promise<void> {
    const { ari, codec } = this.options;
    const bridge = bridgeId(this.#id);
    const channelId = mediaChannelId(this.#id);
    this.#closing.push(() => ari.hangup(caller));
    await ari.createBridge(bridge, 'test call');
    this.#closing.push(() => ari.destroyBridge(bridge));
    const end = await openMediaEnd({ ...this.options, channelId });
    this.#closing.push(() => end.close());
    this.#closing.push(() => ari.hangup(channelId));
    echo(end, frameBytes(codec));
    await ari.answer(caller);
    await ari.addToBridge(bridge, channelId);
    await ari.addToBridge(bridge, caller);
  }
}

function echo(end: MediaEnd, bytes: number): void {
  end.listen((payload) => {
    if (payload.length >= bytes) end.send(payload.subarray(0, bytes));
  });
}

import { randomUUID } from 'node:crypto';
import { firstVoicedWindow, VOICED_WINDOW_MS, voicedWindows } from '../../audio/voiced.js';
import { bridgeId, mediaChannelId } from '../../ari/ids.js';
import type { AriPort } from '../../ari/port.js';
import { codecOf, type AudioCodec } from '../../externalmedia/codec.js';
import { FRAME_MS, type MediaCodec, type MediaTransport } from '../../externalmedia/port.js';
import { sleep, type Clock } from '../../kernel/clock.js';
import { LOOP_FRAMES, WayWatch, type WayReport } from './audio-loop.js';
import { frameBytes, openMediaEnd, type MediaEnd } from './media-end.js';

export interface InsideCallOptions {
  /** Connected as doctor’s own application, into which our end of the call comes. */
  readonly ari: AriPort;
  readonly clock: Clock;
  /** `EXTEN@CONTEXT`. */
  readonly line: string;
  /** As `media.host`, `media.codec` and `media.transport`. */
  readonly host: string;
  readonly codec: MediaCodec;
  readonly transport: MediaTransport;
  readonly answerWithinMs: number;
}

const POLL_MS = 50;
/** What was sent last may still be on its way. */
const LINGER_MS = 250;
/** Both ends must have learned where to send before it counts. */
const WARM_UP_FRAMES = 25;

/**
 * A caller inside Asterisk: a Local channel, whose one half goes through the dialplan as a caller’s does, and whose other
 * half we hear and speak by external media. Needs no telephone and no trunk, so it works on any PBX.
 */
export class InsideCaller {
  readonly #closing: (() => unknown)[] = [];
  readonly #heard: { readonly atMs: number; readonly samples: Int16Array }[] = [];
  #end: MediaEnd | undefined;
  #watch: WayWatch | undefined;
  #placedAtMs = 0;
  #answeredAtMs: number | undefined;

  private constructor(
    private readonly options: InsideCallOptions,
    private readonly channelId: string,
  ) {}

  /** Resolves when the call is answered, or is not within the time. @throws HandrailError of ARI; nothing is left then */
  static async place(options: InsideCallOptions): Promise<InsideCaller> {
    const id = `doctor-${randomUUID()}`;
    // Not by a name of Handrail’s own channels: it would take the other half for one of them, and leave it alone.
    const call = new InsideCaller(options, id);
    try {
      await call.#place(id);
      return call;
    } catch (error) {
      await call.hangUp();
      throw error;
    }
  }

  /** From the call to the answer; `undefined` when nobody answered. */
  get answeredAfterMs(): number | undefined {
    return this.#answeredAtMs === undefined ? undefined : this.#answeredAtMs - this.#placedAtMs;
  }

  /** The first voice from a moment on, on our clock; waits for it. */
  async hearsVoice(afterMs: number, withinMs: number): Promise<number | undefined> {
    const { clock } = this.options;
    for (const untilMs = afterMs + withinMs; ; await sleep(clock, POLL_MS)) {
      const found = this.#firstVoiced(afterMs);
      if (found !== undefined || clock.nowMs() >= untilMs) return found;
    }
  }

  /** The moment of the answer, on our clock. */
  get answeredAtMs(): number | undefined {
    return this.#answeredAtMs;
  }

  /** Two seconds of marked frames to whoever sends them back. */
  async measureEcho(): Promise<WayReport> {
    const { clock } = this.options;
    const way = new WayWatch();
    const end = this.#end;
    if (!end) return way.report();
    this.#watch = way;
    const startMs = clock.nowMs();
    for (let frame = -WARM_UP_FRAMES; frame < LOOP_FRAMES; frame++) {
      await sleep(clock, startMs + (frame + WARM_UP_FRAMES) * FRAME_MS - clock.nowMs());
      if (frame >= 0) way.sent(frame, clock.nowMs());
      end.send(this.#filled(frame < 0 ? this.#codec.silence : frame));
    }
    await sleep(clock, LINGER_MS);
    this.#watch = undefined;
    return way.report();
  }

  /** @returns when it was pressed, on our clock */
  async press(key: string): Promise<number> {
    await this.options.ari.sendDtmf(this.channelId, key);
    return this.options.clock.nowMs();
  }

  /** Idempotent. */
  async hangUp(): Promise<void> {
    for (let undo = this.#closing.pop(); undo; undo = this.#closing.pop()) await undo();
  }

  async #place(id: string): Promise<void> {
    const { ari, clock, line, codec, answerWithinMs } = this.options;
    const { channelId } = this;
    const stop = ari.onChannel(channelId, (event) => {
      if (event.type === 'stasis-start') this.#answeredAtMs = event.atMs;
    });
    this.#closing.push(stop);
    const bridge = bridgeId(id);
    const media = mediaChannelId(id);
    await ari.createBridge(bridge, 'test call');
    this.#closing.push(() => ari.destroyBridge(bridge));
    const end = await openMediaEnd({ ...this.options, channelId: media });
    this.#closing.push(() => end.close());
    this.#closing.push(() => ari.hangup(media));
    this.#end = end;
    this.#listen(end);
    await ari.addToBridge(bridge, media);
    // Asterisk sends nothing to who sends nothing.
    this.#sendSilence(end);

    this.#placedAtMs = clock.nowMs();
    this.#closing.push(() => ari.hangup(channelId));
    const endpoint = `Local/${line}/n`;
    await ari.originate({ channelId, endpoint, callerId: 'doctor', timeoutMs: answerWithinMs, format: codec });
    const untilMs = clock.nowMs() + answerWithinMs;
    while (this.#answeredAtMs === undefined && clock.nowMs() < untilMs) await sleep(clock, POLL_MS);
    if (this.#answeredAtMs !== undefined) await ari.addToBridge(bridge, channelId);
  }

  #listen(end: MediaEnd): void {
    const { clock } = this.options;
    const codec = this.#codec;
    end.listen((payload) => {
      const atMs = clock.nowMs();
      this.#watch?.arrived(payload, atMs);
      const samples = new Int16Array(payload.length / codec.bytesPerSample);
      codec.decode(payload, 0, payload.length, samples);
      this.#heard.push({ atMs, samples });
    });
  }

  #sendSilence(end: MediaEnd): void {
    const { clock } = this.options;
    const silence = this.#filled(this.#codec.silence);
    let cancel = (): void => undefined;
    const send = (): void => {
      cancel = clock.after(FRAME_MS, send);
      if (!this.#watch) end.send(silence);
    };
    send();
    this.#closing.push(() => cancel());
  }

  get #codec(): AudioCodec {
    const { codec, transport } = this.options;
    return codecOf(codec, transport);
  }

  #filled(byte: number): Uint8Array {
    return new Uint8Array(frameBytes(this.options.codec)).fill(byte);
  }

  #firstVoiced(afterMs: number): number | undefined {
    const frames = this.#heard.filter(({ atMs }) => atMs >= afterMs);
    const joined = Int16Array.from(frames.flatMap(({ samples }) => [...samples]));
    const window = firstVoicedWindow(voicedWindows(joined));
    if (window === undefined) return undefined;
    const offsetMs = window * VOICED_WINDOW_MS;
    return frames[Math.floor(offsetMs / FRAME_MS)]?.atMs;
  }
}

import type { CallMediaDependencies } from './call-media.js';
import { CallMedia } from './call-media.js';
import type { AudioCodec } from './codec.js';
import { codecOf } from './codec.js';
import type { MediaWord } from './media-protocol.js';
import { mediaWord, readNotice } from './media-protocol.js';
import { PlayoutAhead } from './playout-ahead.js';
import type { LegStats, MediaCodec } from './port.js';
import { FRAME_SAMPLES, TELEPHONE_RATE_HZ } from './port.js';
import { StreamReceiver } from './stream-receiver.js';

/** The most that is queued at Asterisk: 10 s, well below the 900 frames (18 s) at which it drops. */
export const MAX_AHEAD_SAMPLES = 10 * TELEPHONE_RATE_HZ;
/** Once so much is queued, more is sent only when a second has been played: few long messages, not many short ones. */
const REFILL_SAMPLES = TELEPHONE_RATE_HZ;
/** Asterisk takes messages of up to 65,500 bytes. */
const MAX_MESSAGE_SAMPLES = TELEPHONE_RATE_HZ;

export interface WebsocketLegDependencies extends CallMediaDependencies {
  readonly codec: MediaCodec;
  /** Sends a message; the bytes are its own. */
  readonly send: (message: string | Uint8Array) => void;
  /** Asterisk refused a command, or speaks another format. */
  readonly trouble: (detail: string) => void;
}

/** What is being played at Asterisk, and what is being sent there: one of each for all calls of a thread. */
const frame = new Int16Array(FRAME_SAMPLES);
const chunk = new Int16Array(MAX_MESSAGE_SAMPLES);

/**
 * One call's media over Asterisk's `chan_websocket`, without the socket. Asterisk paces: what is to be said is sent as soon
 * as it is there, up to 10 s ahead, and goes on when this thread stalls. Our own 20 ms clock only keeps the model of it:
 * when an item is heard, how much of it, and when a turn is late. Asterisk's clock begins with the first frame that comes
 * into its empty queue, so the model is wrong by less than a frame, and both begin anew after each silence.
 *
 * | what happens | what is sent |
 * |---|---|
 * | audio is queued | `START_MEDIA_BUFFERING` if it is off, then the samples |
 * | all that is queued is complete and sent, or a stream has run dry | `STOP_MEDIA_BUFFERING`: the last frame is filled up |
 * | barge-in, flush, or the deadline's prompt goes first | `FLUSH_MEDIA`, then again what is still to be heard |
 * | `MEDIA_XOFF`, until `MEDIA_XON` | nothing |
 * | a tick with nothing to say, while steady | a frame of silence |
 */
export class WebsocketLeg {
  readonly media: CallMedia;
  readonly #codec: AudioCodec;
  readonly #receiver: StreamReceiver;
  readonly #ahead: PlayoutAhead;
  #open = false;
  #buffering = false;
  #held = false;
  #isFull = false;
  #sentSamples = 0;
  #isSteady = false;

  constructor(private readonly deps: WebsocketLegDependencies) {
    this.media = new CallMedia(deps);
    this.#codec = codecOf(deps.codec, 'websocket');
    this.#receiver = new StreamReceiver(this.#codec, (samples, atMs, kind) => this.media.hear(samples, atMs, kind));
    this.#ahead = new PlayoutAhead(this.media.playout);
    this.media.watchPlayout({ queued: () => this.#pump(), revoked: () => this.#revoke() });
  }

  /** The socket is lost: nothing is sent, and playout stands still, until Asterisk greets us over another one. */
  disconnected(): void {
    this.#open = false;
  }

  /** A message of audio came. */
  receiveAudio(bytes: Uint8Array): void {
    const nowMs = this.deps.nowMs();
    this.media.lineLives(nowMs);
    this.#receiver.receive(bytes, nowMs);
    this.media.listenNow(nowMs);
  }

  /** A text message came. */
  receiveText(text: string): void {
    const notice = readNotice(text);
    switch (notice?.type) {
      case 'start':
        this.#start(notice.format);
        return;
      case 'xoff':
        this.#held = true;
        return;
      case 'xon':
        this.#held = false;
        this.#pump();
        return;
      case 'error':
        this.deps.trouble(notice.text);
        return;
      case undefined:
    }
  }

  /** 20 ms have passed, and `skipped` more that nobody counted: Asterisk played on through all of them. */
  tick(frames: number, skipped: number): void {
    if (!this.#open) return;
    const nowMs = this.deps.nowMs();
    this.#receiver.tick(nowMs);
    this.media.tick(nowMs);
    for (let i = 0; i < frames + skipped; i++) this.media.nextFrame(frame, nowMs);
    this.#pump();
    if (this.#buffering && this.#ahead.samples === 0) this.#say('STOP_MEDIA_BUFFERING');
    for (let i = 0; i < frames && this.#isSteady && this.#isIdle; i++) this.#sendSilence();
  }

  /** Whether a frame of silence is sent with each tick that has nothing else: it may delay what is said next by so much. */
  steady(on: boolean): void {
    this.#isSteady = on;
  }

  /** Packets of 20 ms, as over RTP; only what was said is sent. */
  stats(): LegStats {
    return { ...this.#receiver.counters(), sent: Math.ceil(this.#sentSamples / FRAME_SAMPLES), foreign: 0 };
  }

  close(): void {
    this.#open = false;
    this.media.close();
  }

  get #isIdle(): boolean {
    return !this.#held && this.#ahead.samples === 0 && !this.#ahead.hasMore;
  }

  #sendSilence(): void {
    this.deps.send(new Uint8Array(FRAME_SAMPLES * this.#codec.bytesPerSample).fill(this.#codec.silence));
  }

  #start(format: string): void {
    if (format !== this.deps.codec) this.deps.trouble(`Asterisk speaks ${format}, not ${this.deps.codec}`);
    this.#open = true;
    this.#buffering = false;
    this.#held = false;
    this.#ahead.rewind();
    this.media.lineLives(this.deps.nowMs());
    this.#pump();
  }

  #revoke(): void {
    if (this.#open && this.#sentSamples > 0) this.#say('FLUSH_MEDIA');
    this.#ahead.rewind();
    this.#pump();
  }

  #pump(): void {
    if (!this.#open || this.#held) return;
    let ahead = this.#ahead.samples;
    if (this.#isFull && ahead > MAX_AHEAD_SAMPLES - REFILL_SAMPLES) return;
    while (this.#ahead.hasMore && ahead < MAX_AHEAD_SAMPLES) {
      const taken = this.#ahead.take(chunk.subarray(0, Math.min(MAX_MESSAGE_SAMPLES, MAX_AHEAD_SAMPLES - ahead)));
      ahead += taken;
      if (!this.#buffering) this.#say('START_MEDIA_BUFFERING');
      const bytes = new Uint8Array(taken * this.#codec.bytesPerSample);
      this.#codec.encode(chunk.subarray(0, taken), bytes);
      this.deps.send(bytes);
      this.#sentSamples += taken;
    }
    this.#isFull = ahead >= MAX_AHEAD_SAMPLES;
    if (this.#buffering && this.#ahead.isComplete) this.#say('STOP_MEDIA_BUFFERING');
  }

  #say(word: MediaWord): void {
    this.#buffering = word === 'START_MEDIA_BUFFERING';
    this.deps.send(mediaWord(word));
  }
}

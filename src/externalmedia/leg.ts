import { Deadline } from './deadline.js';
import type { G711 } from './g711.js';
import { g711 } from './g711.js';
import { OwnLevel } from './own-level.js';
import { PcmHistory } from './pcm-history.js';
import { Playout } from './playout.js';
import type { LegStats, ListenOptions, MediaCodec, MediaEvent, TurnDeadline } from './port.js';
import { FRAME_SAMPLES } from './port.js';
import { Receiver } from './receiver.js';
import { RtpWriter } from './rtp.js';
import { SampleClock } from './sample-clock.js';
import { SpeechDetector } from './speech-detector.js';
import type { CaptureTap, RecordingTap } from './tap/leg-taps.js';
import { Recorder } from './tap/recorder.js';
import type { VoiceActivityDetector, VoiceWindow } from './vad/port.js';

/** No packet for this long is worth telling; key presses and short outages are far below. */
export const MEDIA_LOST_MS = 2_000;

export interface LegDependencies {
  readonly codec: MediaCodec;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly createVad: (onWindow: (window: VoiceWindow) => void) => VoiceActivityDetector;
  readonly emit: (event: MediaEvent) => void;
  /** Sends a datagram to the pinned address. The bytes are reused after seven more. */
  readonly send: (datagram: Uint8Array) => void;
  readonly nowMs: () => number;
}

/**
 * One call's media: everything between datagrams and events, without a socket or timer. Fed with datagrams as they come
 * and with `tick` every 20 ms.
 */
export class Leg {
  readonly #codec: G711;
  readonly #writer: RtpWriter;
  readonly #receiver: Receiver;
  readonly #history = new PcmHistory();
  readonly #sampleClock = new SampleClock();
  readonly #vad: VoiceActivityDetector;
  readonly #detector: SpeechDetector;
  readonly #playout: Playout;
  readonly #deadline = new Deadline<{
    readonly turnId: string;
    readonly afterMs: number;
    readonly fromNow: boolean;
    readonly prompt: Int16Array;
  }>();
  readonly #own = new OwnLevel();
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  #remote: { readonly host: string; readonly port: number } | undefined;
  #recording: { readonly recorder: Recorder; readonly tap: RecordingTap } | undefined;
  #capture: CaptureTap | undefined;
  #inTalkspurt = false;
  #sent = 0;
  #foreign = 0;
  #lastPacketMs = 0;
  #lostTold = false;

  constructor(private readonly deps: LegDependencies) {
    this.#codec = g711(deps.codec);
    this.#writer = new RtpWriter(this.#codec.payloadType, deps.random);
    this.#playout = new Playout(deps.emit);
    this.#vad = deps.createVad((window) => this.#detector.window(window, deps.nowMs()));
    const playout = this.#playout;
    const own = this.#own;
    this.#detector = new SpeechDetector(
      {
        spokenMs: (position) => this.#sampleClock.spokenMs(position),
        since: (position) => this.#history.slice(position, this.#history.end),
        keepFrom: (position) => (position === undefined ? this.#history.release() : this.#history.keepFrom(position)),
      },
      {
        get playing() {
          return playout.hasAudible;
        },
        get ownLevelDb() {
          return own.loudestDb;
        },
        bargeIn: (nowMs) => playout.flush(nowMs, 'barge-in'),
      },
      deps.emit,
    );
    this.#receiver = new Receiver(this.#codec, (samples, arrivalMs, kind) => {
      this.#sampleClock.mark(this.#history.end, arrivalMs);
      this.#history.append(samples);
      this.#vad.push(samples, kind === 'silence');
      this.#recording?.recorder.caller(samples);
    });
  }

  /** Pins the source and destination, and starts the flow of packets. */
  connect(remote: { readonly host: string; readonly port: number }): void {
    this.#remote = remote;
    this.#lastPacketMs = this.deps.nowMs();
  }

  get remote(): { readonly host: string; readonly port: number } | undefined {
    return this.#remote;
  }

  /** A datagram came. Counted and dropped when it is not from the pinned source. */
  receive(datagram: Uint8Array, host: string, port: number): void {
    if (!this.#remote || port !== this.#remote.port || host !== this.#remote.host) {
      this.#foreign++;
      return;
    }
    const nowMs = this.deps.nowMs();
    this.#lastPacketMs = nowMs;
    this.#lostTold = false;
    this.#capture?.datagram('in', datagram, nowMs);
    this.#receiver.receive(datagram, nowMs);
    this.#detector.tick(nowMs, this.#vad.undecided > 0);
  }

  /** 20 ms have passed: sends `frames` packets, after `skipped` frames of time that stay empty. */
  tick(frames: number, skipped: number): void {
    if (!this.#remote) return;
    const nowMs = this.deps.nowMs();
    this.#receiver.tick(nowMs);
    this.#detector.tick(nowMs, this.#vad.undecided > 0);
    this.#watchLine(nowMs);
    this.#checkDeadline(nowMs);
    if (skipped > 0) this.#skip(skipped);
    for (let i = 0; i < frames; i++) this.#sendFrame(nowMs);
  }

  play(id: string, samples: Int16Array, bargeIn: boolean): void {
    this.#playout.play(id, samples, bargeIn);
  }

  playStream(id: string, bargeIn: boolean): void {
    this.#playout.playStream(id, bargeIn);
  }

  append(id: string, samples: Int16Array): void {
    this.#playout.append(id, samples);
  }

  finish(id: string): void {
    this.#playout.finish(id);
  }

  flush(): void {
    this.#playout.flush(this.deps.nowMs(), 'all');
  }

  resume(): void {
    this.#playout.resume();
  }

  listen(options: ListenOptions | undefined): void {
    this.#vad.setListening(options !== undefined);
    this.#detector.listen(options, this.#history.end);
  }

  arm(deadline: TurnDeadline | undefined): void {
    this.#deadline.arm(
      deadline && {
        turnId: deadline.turnId,
        afterMs: deadline.afterMs,
        fromNow: deadline.fromNow ?? false,
        prompt: deadline.prompt.samples,
      },
      this.deps.nowMs(),
    );
  }

  /** Records from now on, in place of what was recorded before; `undefined` ends it. */
  record(tap: RecordingTap | undefined): void {
    this.#recording?.recorder.finish();
    this.#recording?.tap.end();
    this.#recording = tap && { recorder: new Recorder((interleaved) => tap.audio(interleaved)), tap };
  }

  /** Captures from now on, in place of what was captured before; `undefined` ends it. */
  capture(tap: CaptureTap | undefined): void {
    this.#capture?.end();
    this.#capture = tap;
  }

  stats(): LegStats {
    return { ...this.#receiver.counters(), sent: this.#sent, foreign: this.#foreign };
  }

  /** Ends the call's media; what is queued is told as flushed. */
  close(): void {
    this.#playout.flush(this.deps.nowMs(), 'all');
    this.#deadline.arm(undefined, this.deps.nowMs());
    this.#vad.close();
    this.record(undefined);
    this.capture(undefined);
    this.#remote = undefined;
  }

  #sendFrame(nowMs: number): void {
    const isVoice = this.#playout.nextFrame(this.#frame, nowMs);
    const slot = this.#writer.next(isVoice && !this.#inTalkspurt);
    this.#inTalkspurt = isVoice;
    this.#own.sent(this.#frame, isVoice);
    if (isVoice) this.#codec.encode(this.#frame, slot.payload);
    else slot.payload.fill(this.#codec.silence);
    this.#sent++;
    this.#recording?.recorder.bot(this.#frame);
    this.#capture?.datagram('out', slot.bytes, nowMs);
    this.deps.send(slot.bytes);
  }

  /** Time passed in which nothing was sent: the numbers go on, and a recording holds as much silence. */
  #skip(frames: number): void {
    this.#writer.skip(frames);
    if (!this.#recording) return;
    this.#frame.fill(0);
    for (let i = 0; i < frames; i++) this.#recording.recorder.bot(this.#frame);
  }

  #checkDeadline(nowMs: number): void {
    const terms = this.#deadline.terms;
    if (!terms) return;
    const isHeard = terms.turnId === this.#detector.turnId;
    const due = this.#deadline.check(nowMs, {
      speaking: isHeard && this.#detector.state === 'speech',
      audible: this.#playout.hasAudible,
      lastVoicedMs: isHeard ? this.#detector.lastVoicedMs : undefined,
      audibleEndMs: this.#playout.audibleEndMs,
    });
    if (!due) return;
    this.deps.emit({ type: 'deadline', turnId: due.turnId, atMs: nowMs });
    this.#playout.playFirst(`deadline-${due.turnId}`, due.prompt, true);
  }

  #watchLine(nowMs: number): void {
    const silentMs = nowMs - this.#lastPacketMs;
    if (this.#lostTold || silentMs < MEDIA_LOST_MS) return;
    this.#lostTold = true;
    this.deps.emit({ type: 'media-lost', atMs: nowMs, silentMs: Math.round(silentMs) });
  }
}

import { Deadline } from './deadline.js';
import { OwnLevel } from './own-level.js';
import { PcmHistory } from './pcm-history.js';
import { Playout } from './playout.js';
import type { ListenOptions, MediaEvent, TurnDeadline } from './port.js';
import { FRAME_SAMPLES } from './port.js';
import type { AudioKind } from './receiver.js';
import { SampleClock } from './sample-clock.js';
import { SpeechDetector } from './speech-detector.js';
import type { RecordingTap } from './tap/leg-taps.js';
import { Recorder } from './tap/recorder.js';
import type { VoiceActivityDetector, VoiceWindow } from './vad/port.js';

/** Nothing for this long is worth telling; key presses and short outages are far below. */
export const MEDIA_LOST_MS = 2_000;

/** The longest that comes at once: a packet of 60 ms. */
const silence = new Int16Array(3 * FRAME_SAMPLES);
const oneFrame = silence.subarray(0, FRAME_SAMPLES);

export interface CallMediaDependencies {
  /** A detector that listens in the call's history. */
  readonly createVad: (history: PcmHistory, onWindow: (window: VoiceWindow) => void) => VoiceActivityDetector;
  readonly emit: (event: MediaEvent) => void;
  readonly nowMs: () => number;
}

/** Told to a transport that hands audio on before its time. */
export interface PlayoutWatcher {
  /** There is more to be played. */
  queued(): void;
  /** What comes next is no longer what would have come next. */
  revoked(): void;
}

/**
 * One call's audio, whatever transport brings and takes it: voice activity, turn taking, playout, the turn deadline, and
 * the recording. Pure: fed with the caller's samples as they come and with the passing of time.
 */
export class CallMedia {
  readonly playout: Playout;
  readonly #history = new PcmHistory();
  readonly #sampleClock = new SampleClock();
  readonly #vad: VoiceActivityDetector;
  readonly #detector: SpeechDetector;
  readonly #deadline = new Deadline<TurnDeadline>();
  readonly #own = new OwnLevel();
  #recording: { readonly recorder: Recorder; readonly tap: RecordingTap } | undefined;
  #isRedacted = false;
  #watcher: PlayoutWatcher | undefined;
  #lastHeardMs = 0;
  #lostTold = false;

  constructor(private readonly deps: CallMediaDependencies) {
    this.playout = new Playout(deps.emit);
    this.#vad = deps.createVad(this.#history, (window) => this.#detector.window(window, deps.nowMs()));
    const { playout } = this;
    const own = this.#own;
    const history = this.#history;
    const bargeIn = (nowMs: number): boolean => this.#flush(nowMs, 'barge-in');
    this.#detector = new SpeechDetector(
      {
        spokenMs: (position) => this.#sampleClock.spokenMs(position),
        since: (position) => history.slice(position, history.end),
        get end() {
          return history.end;
        },
        keepFrom: (position) => (position === undefined ? history.release() : history.keepFrom(position)),
      },
      {
        get playing() {
          return playout.hasAudible;
        },
        get ownLevelDb() {
          return own.loudestDb;
        },
        bargeIn,
        hold: () => this.#hold(),
        release: () => {
          playout.release();
          this.#watcher?.queued();
        },
      },
      deps.emit,
    );
  }

  /** For a transport that hands audio on before its time. */
  watchPlayout(watcher: PlayoutWatcher): void {
    this.#watcher = watcher;
  }

  /** Samples of the caller, which came, or would have come, at `arrivalMs`. Only valid during the call. */
  hear(samples: Int16Array, arrivalMs: number, kind: AudioKind): void {
    this.#sampleClock.mark(this.#history.end, arrivalMs);
    this.#history.append(samples);
    this.#vad.push(samples.length, kind === 'silence');
    this.#recording?.recorder.caller(this.#isRedacted ? silence.subarray(0, samples.length) : samples);
  }

  /** The line lives: something came over it, whatever it was. */
  lineLives(nowMs: number): void {
    this.#lastHeardMs = nowMs;
    this.#lostTold = false;
  }

  /** Lets the turn taking see what came, or the time that passed. */
  listenNow(nowMs: number): void {
    this.#detector.tick(nowMs, this.#vad.undecided > 0);
  }

  /** 20 ms have passed, before the frames of that time are taken. */
  tick(nowMs: number): void {
    this.listenNow(nowMs);
    this.#watchLine(nowMs);
    this.#checkDeadline(nowMs);
  }

  /** Fills one frame that is heard from `nowMs` on, and tells whether any of it is to be said. */
  nextFrame(into: Int16Array, nowMs: number): boolean {
    const isVoice = this.playout.nextFrame(into, nowMs);
    this.#own.sent(into, isVoice);
    this.#recording?.recorder.bot(this.#isRedacted ? oneFrame : into);
    return isVoice;
  }

  /** Time passed in which nothing was said: a recording holds as much silence. */
  skip(frames: number): void {
    for (let i = 0; i < frames; i++) this.#recording?.recorder.bot(oneFrame);
  }

  play(id: string, samples: Int16Array, bargeIn: boolean): void {
    this.playout.play(id, samples, bargeIn);
    this.#watcher?.queued();
  }

  playStream(id: string, bargeIn: boolean): void {
    this.playout.playStream(id, bargeIn);
  }

  append(id: string, samples: Int16Array): void {
    this.playout.append(id, samples);
    this.#watcher?.queued();
  }

  finish(id: string): void {
    this.playout.finish(id);
    this.#watcher?.queued();
  }

  flush(): void {
    this.#flush(this.deps.nowMs(), 'all');
  }

  resume(): void {
    this.playout.resume();
    this.#watcher?.revoked();
  }

  listen(options: ListenOptions | undefined): void {
    this.#vad.setListening(options !== undefined);
    this.#detector.listen(options, this.#history.end);
  }

  arm(deadline: TurnDeadline | undefined): void {
    this.#deadline.arm(deadline);
  }

  /** Records from now on, in place of what was recorded before; `undefined` ends it. */
  record(tap: RecordingTap | undefined): void {
    this.#recording?.recorder.finish();
    this.#recording?.tap.end();
    this.#recording = tap && { recorder: new Recorder((interleaved) => tap.audio(interleaved)), tap };
  }

  /** Silence is recorded in place of both sides, until `false`. */
  redact(on: boolean): void {
    this.#isRedacted = on;
  }

  get isRedacted(): boolean {
    return this.#isRedacted;
  }

  /** Ends the call's media; what is queued is told as flushed. */
  close(): void {
    this.flush();
    this.#deadline.arm(undefined);
    this.#vad.close();
    this.record(undefined);
  }

  #flush(nowMs: number, which: 'all' | 'barge-in'): boolean {
    const wasPlaying = this.playout.flush(nowMs, which);
    this.#watcher?.revoked();
    return wasPlaying;
  }

  #hold(): boolean {
    const isHeld = this.playout.hold();
    if (isHeld) this.#watcher?.revoked();
    return isHeld;
  }

  #checkDeadline(nowMs: number): void {
    const terms = this.#deadline.terms;
    if (!terms) return;
    const isHeard = terms.turnId === this.#detector.turnId;
    const due = this.#deadline.check(nowMs, {
      speaking: isHeard && this.#detector.state === 'speech',
      audible: this.playout.hasAudible,
      lastVoicedMs: isHeard ? this.#detector.silentSinceMs : undefined,
      audibleEndMs: this.playout.audibleEndMs,
    });
    if (!due) return;
    this.deps.emit({ type: 'deadline', turnId: due.turnId, atMs: nowMs });
    this.playout.playFirst(`deadline-${due.turnId}`, due.prompt.samples, true);
    this.#watcher?.revoked();
  }

  #watchLine(nowMs: number): void {
    const silentMs = nowMs - this.#lastHeardMs;
    if (this.#lostTold || silentMs < MEDIA_LOST_MS) return;
    this.#lostTold = true;
    this.deps.emit({ type: 'media-lost', atMs: nowMs, silentMs: Math.round(silentMs) });
  }
}

import { endsAtMs } from '../audio/voice-sign.js';
import { voiceEnd } from '../audio/voiced.js';
import { BreathHold, type Holdable } from './breath-hold.js';
import { HumEar } from './hum.js';
import type { ListenOptions, MediaEvent } from './port.js';
import { TELEPHONE_RATE_HZ } from './port.js';
import type { VoiceWindow } from './vad/port.js';
import { VAD_BLOCK_SAMPLES } from './vad/port.js';

export type SpeechEvent = Extract<
  MediaEvent,
  { type: 'speech-start' | 'pause' | 'speech-sign' | 'speech-resume' | 'utterance-end' }
>;

export type SpeechState = 'off' | 'silence' | 'speech' | 'pause';

/** What the detector needs of the audio that the windows were taken from. */
export interface HeardAudio {
  /** When the sample at `position` was said, but for its way here. */
  spokenMs(position: number): number;
  /** A copy of the samples from `position` (or the oldest that is held) to now. */
  since(position: number): Int16Array;
  /** Position behind the last sample that was heard. */
  readonly end: number;
  /** Keep samples from `position` on; `undefined`: only what a pre-roll needs. */
  keepFrom(position: number | undefined): void;
}

/** What is going on besides the caller's voice. */
export interface PlayoutView extends Holdable {
  /** Something audible of ours is being played: its echo may come back. */
  readonly playing: boolean;
  /** Level of our own loudest moment, as long as its echo may still come, dBFS. */
  readonly ownLevelDb: number;
  /** Drops playout that allows barge-in; tells whether any was playing. */
  bargeIn(nowMs: number): boolean;
}

export const LISTEN_DEFAULTS = {
  minSpeechMs: 60,
  bargeInMs: 60,
  pauseMs: 180,
  maxPauseMs: 1_200,
  maxUtteranceMs: 12_000,
} as const satisfies Omit<ListenOptions, 'turnId'>;

const SAMPLES_PER_MS = TELEPHONE_RATE_HZ / 1_000;
/** Voice begins and ends somewhere in a block of 8 ms: its middle decides when. */
const HALF_BLOCK_SAMPLES = VAD_BLOCK_SAMPLES / 2;
/** Audio handed out before the onset: a soft first sound is below every threshold. */
const PRE_ROLL_SAMPLES = 200 * SAMPLES_PER_MS;

/** Probability from which a window is speech … */
const START_PROBABILITY = 0.5;
/** … and down to which speech goes on. */
const STAY_PROBABILITY = 0.35;
/** While we play ourselves, the caller must be clearer … */
const PLAYING_PROBABILITY = 0.7;
/** … and louder than our own echo, which comes back 20 to 30 dB down, also when we have just stopped. */
const ECHO_BELOW_DB = 15;
const PLAYING_LEVEL_DB = -38;
/** A window of which the model is not sure belongs to the onset when speech follows: it hears soft beginnings late. */
const ONSET_PROBABILITY = 0.1;
const MAX_ONSET_LEAD_SAMPLES = 320 * SAMPLES_PER_MS;
/** An unvoiced hole this long ends a run that has not yet become speech. */
const MAX_RUN_HOLE_SAMPLES = 96 * SAMPLES_PER_MS;
/** Voices die away in less. */
const MAX_SOFT_ENDING_MS = 300;
/** What must be voiced for a first sign: one window, but for a click at its edge. */
const SIGN_SAMPLES = 24 * SAMPLES_PER_MS;
/** What must be voiced in a window for speech to be resumed: less is a click, or the caller's breath. */
const RESUME_SAMPLES = 16 * SAMPLES_PER_MS;
/** From here on it may be a voice that comes back: the model believes a soft onset late, and says so of little else. */
const SIGN_PROBABILITY = 0.03;

/**
 * Turn taking on the caller's side. Fed with judged windows and with the passing of time; pure.
 *
 * | state | event | next | emits |
 * |---|---|---|---|
 * | off | `listen(options)` | silence | |
 * | silence | the first window that may be a voice and is no hum, while we play | silence | (playout stands still for a moment) |
 * | silence | voiced for `minSpeechMs` (`bargeInMs`, louder and no hum, while we play) | speech | `speech-start` |
 * | speech | nothing voiced for `pauseMs` | pause | `pause` |
 * | pause | a voiced window | speech | `speech-resume` |
 * | pause | a window that may be a voice | pause | `speech-sign` |
 * | pause | nothing voiced for `maxPauseMs`, and no fresh sign | silence | `utterance-end` |
 * | speech, pause | `maxUtteranceMs` after the onset | silence | (`pause`,) `utterance-end` with `cut` |
 * | any | `listen(undefined)` | off | |
 * | any | `listen` with another turn | silence | |
 * | any but off | `listen` with the same turn | same | (the options change) |
 *
 * Everything else leaves the state alone. `silentSinceMs` outlives the end of listening, for the turn deadline.
 */
export class SpeechDetector {
  #state: SpeechState = 'off';
  #options: Required<ListenOptions> | undefined;
  #utteranceId = 0;
  /** Windows before it were heard before listening began. */
  #fromSample = 0;
  #onsetSample = 0;
  #onsetMs = 0;
  #lastVoicedSample = 0;
  #lastVoicedMs: number | undefined;
  /** Of the present pause or the last one, until a voice goes on. */
  #endedAtMs: number | undefined;
  /** When something in a pause may have been a voice the last time. One of an earlier pause is too old to count. */
  #signMs: number | undefined;
  /** Voiced samples that may become a speech start. */
  #run = { voiced: 0, first: 0, last: 0 };
  /** The stretch of sound that the present window belongs to, sure or not. */
  #sound = { first: 0, last: Number.NEGATIVE_INFINITY };
  readonly #hold: BreathHold;
  readonly #hums = new HumEar();

  constructor(
    private readonly audio: HeardAudio,
    private readonly playout: PlayoutView,
    private readonly emit: (event: SpeechEvent) => void,
  ) {
    this.#hold = new BreathHold(playout);
  }

  get state(): SpeechState {
    return this.#state;
  }

  get turnId(): string | undefined {
    return this.#options?.turnId;
  }

  /**
   * Since when an ear hears nothing of the caller, in the turn that is or was last listened to: in a pause since the voice was
   * too soft (`endedMs`), else since the last voiced sample.
   */
  get silentSinceMs(): number | undefined {
    return this.#endedAtMs ?? this.#lastVoicedMs;
  }

  /** @param position of the next sample to come */
  listen(options: ListenOptions | undefined, position: number): void {
    if (!options) {
      this.#toSilence();
      this.#state = 'off';
      return;
    }
    const isSameTurn = this.#state !== 'off' && this.#options?.turnId === options.turnId;
    this.#options = { ...LISTEN_DEFAULTS, ...options };
    if (isSameTurn) return;
    this.#lastVoicedMs = undefined;
    this.#endedAtMs = undefined;
    this.#fromSample = position;
    this.#toSilence();
  }

  window(window: VoiceWindow, nowMs: number): void {
    const options = this.#options;
    if (this.#state === 'off' || !options || window.lastVoicedSample <= this.#fromSample) return;
    switch (this.#state) {
      case 'silence':
        this.#collectRun(window, options, nowMs);
        return;
      case 'speech':
        if (window.probability >= STAY_PROBABILITY) this.#voicedUpTo(window.lastVoicedSample);
        return;
      case 'pause':
        if (window.probability < START_PROBABILITY || window.voicedSamples < RESUME_SAMPLES) {
          this.#sign(window, options, nowMs);
          return;
        }
        this.#state = 'speech';
        this.#voicedUpTo(window.lastVoicedSample);
        this.emit({
          type: 'speech-resume',
          turnId: options.turnId,
          utteranceId: this.#utteranceId,
          atMs: this.audio.spokenMs(window.firstVoicedSample + HALF_BLOCK_SAMPLES),
        });
    }
  }

  /** Lets time pass. `undecided`: a complete window is still being judged, so silence is not certain. */
  tick(nowMs: number, undecided: boolean): void {
    const options = this.#options;
    this.#hold.tick(nowMs);
    if (!options || undecided || (this.#state !== 'speech' && this.#state !== 'pause')) return;
    const silentMs = nowMs - (this.#lastVoicedMs ?? nowMs);
    const isCut = nowMs - this.#onsetMs >= options.maxUtteranceMs;
    if (this.#state === 'speech' && (isCut || silentMs >= options.pauseMs)) this.#pause(options, nowMs);
    const endMs = endsAtMs(nowMs - silentMs + options.maxPauseMs, this.#signMs);
    if (isCut || nowMs >= endMs) this.#end(options, nowMs, isCut);
  }

  #sign(window: VoiceWindow, { turnId }: Required<ListenOptions>, nowMs: number): void {
    if (window.probability < SIGN_PROBABILITY || window.voicedSamples === 0) return;
    this.#signMs = nowMs;
    this.emit({ type: 'speech-sign', turnId, utteranceId: this.#utteranceId, atMs: nowMs });
  }

  #collectRun(window: VoiceWindow, options: Required<ListenOptions>, nowMs: number): void {
    if (window.probability >= ONSET_PROBABILITY) {
      if (window.firstVoicedSample - this.#sound.last > MAX_RUN_HOLE_SAMPLES)
        this.#sound.first = window.firstVoicedSample;
      this.#sound.last = window.lastVoicedSample;
    }
    const { playing, ownLevelDb } = this.playout;
    if (window.probability < START_PROBABILITY || window.levelDb < ownLevelDb - ECHO_BELOW_DB) return;
    if (playing) {
      if (window.levelDb < PLAYING_LEVEL_DB) return;
      if (this.#hums.isHum(window)) return;
      if (window.voicedSamples >= SIGN_SAMPLES) this.#hold.sign(nowMs);
      if (window.probability < PLAYING_PROBABILITY) return;
    }
    if (this.#run.voiced === 0 || window.firstVoicedSample - this.#run.last > MAX_RUN_HOLE_SAMPLES) {
      this.#run = { voiced: 0, first: window.firstVoicedSample, last: 0 };
    }
    this.#run.voiced += window.voicedSamples;
    this.#run.last = window.lastVoicedSample;
    const neededMs = playing ? options.bargeInMs : options.minSpeechMs;
    if (this.#run.voiced >= neededMs * SAMPLES_PER_MS) this.#start(options, nowMs);
  }

  #start(options: Required<ListenOptions>, nowMs: number): void {
    this.#state = 'speech';
    this.#utteranceId++;
    this.#onsetSample = Math.max(
      Math.min(this.#run.first, this.#sound.first),
      this.#run.first - MAX_ONSET_LEAD_SAMPLES,
    );
    this.#onsetMs = this.audio.spokenMs(this.#onsetSample + HALF_BLOCK_SAMPLES);
    this.#voicedUpTo(this.#run.last);
    this.audio.keepFrom(this.#onsetSample - PRE_ROLL_SAMPLES);
    const bargedIn = this.playout.bargeIn(nowMs);
    this.#hold.believed();
    this.emit({
      type: 'speech-start',
      turnId: options.turnId,
      utteranceId: this.#utteranceId,
      atMs: this.#onsetMs,
      bargedIn,
    });
  }

  #pause(options: Required<ListenOptions>, nowMs: number): void {
    this.#state = 'pause';
    const samples = this.audio.since(this.#onsetSample - PRE_ROLL_SAMPLES);
    const lastVoicedMs = this.#lastVoicedMs ?? nowMs;
    const endedMs = this.#endedMs(samples, lastVoicedMs);
    this.#endedAtMs = Math.min(endedMs, lastVoicedMs);
    this.emit({
      type: 'pause',
      turnId: options.turnId,
      utteranceId: this.#utteranceId,
      samples,
      speechStartMs: this.#onsetMs,
      lastVoicedMs,
      endedMs,
      atMs: nowMs,
    });
  }

  /**
   * When the voice was loud enough to be heard the last time: the model goes on where it dies away softly. What goes on for
   * longer than an ending does is a voice that the line's noise hides, and the model knows better.
   */
  #endedMs(samples: Int16Array, lastVoicedMs: number): number {
    const from = this.audio.end - samples.length;
    const end = voiceEnd(samples, this.#lastVoicedSample - from);
    const endedMs = end === undefined ? lastVoicedMs : this.audio.spokenMs(from + end);
    return lastVoicedMs - endedMs > MAX_SOFT_ENDING_MS ? lastVoicedMs : endedMs;
  }

  #end(options: Required<ListenOptions>, nowMs: number, cut: boolean): void {
    this.#toSilence();
    this.emit({
      type: 'utterance-end',
      turnId: options.turnId,
      utteranceId: this.#utteranceId,
      lastVoicedMs: this.#lastVoicedMs ?? nowMs,
      atMs: nowMs,
      cut,
    });
  }

  #toSilence(): void {
    this.#state = 'silence';
    this.#hold.letGo();
    this.#run = { voiced: 0, first: 0, last: 0 };
    this.audio.keepFrom(undefined);
  }

  #voicedUpTo(end: number): void {
    this.#endedAtMs = undefined;
    this.#lastVoicedSample = Math.max(this.#lastVoicedSample, end);
    this.#lastVoicedMs = this.audio.spokenMs(this.#lastVoicedSample - HALF_BLOCK_SAMPLES - 1);
  }
}

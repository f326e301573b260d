import type { PcmHistory } from '../pcm-history.js';
import { EnergyGate, SILENCE_DB } from './energy-gate.js';
import type { SpeechScorer, VoiceActivityDetector, VoiceWindow } from './port.js';
import { VAD_BLOCK_SAMPLES, VAD_WINDOW_SAMPLES } from './port.js';

/**
 * After a hole of fewer windows (0.25 s) the model is still in the same stretch of speech and must have heard the hole too;
 * after a longer one it starts anew. What it would say about the hole itself is of no use: nothing in it is voiced.
 */
const HANGOVER_WINDOWS = 8;
/** More unjudged windows than this (0.5 s) mean that the model is behind: energy takes over until it has answered them all. */
const MAX_UNJUDGED = 16;
/** Those, and the one that is being filled; a power of two. */
const SLOTS = 32;

type MutableWindow = { -readonly [Key in keyof VoiceWindow]: VoiceWindow[Key] };

/** A window with its place in the queue, made once and used again. */
interface Slot {
  readonly window: MutableWindow;
  readonly answer: (probability: number | undefined) => void;
}

/**
 * Energy first, model second: the gate looks at every block of 8 ms, the model only at windows in which the gate opened,
 * and at the short holes between them once it opens again, and only while somebody listens. Without a model, or when it fails, the gate alone
 * decides; while it is behind, too, as after a stall, when half a second of windows comes at once.
 *
 * Allocates nothing for a window.
 */
export class GatedDetector implements VoiceActivityDetector {
  readonly #gate = new EnergyGate();
  /** Windows in a ring: those that wait for their turn to be handed on, and the one that is being filled. */
  readonly #slots = Array.from({ length: SLOTS }, () => this.#slot());
  #first = 0;
  #waiting = 0;
  /** How many windows the present hole has had, while they may still be needed. */
  #holeWindows = 0;
  readonly #holeAnswer = (probability: number | undefined): void => this.#answered(undefined, probability);
  /** Samples of the present window. */
  #filled = 0;
  #sinceOpen = HANGOVER_WINDOWS;
  #inFlight = 0;
  /** The model has more to answer than it is waited for, and is asked nothing until it has. */
  #isBehind = false;
  #listening = false;
  #closed = false;

  /**
   * @param history all of what is pushed was appended to it before, from its beginning
   * @param onWindow the window is valid during the call only
   */
  constructor(
    private readonly history: PcmHistory,
    private scorer: SpeechScorer | undefined,
    private readonly onWindow: (window: VoiceWindow) => void,
  ) {}

  get judge(): 'model' | 'energy' {
    return this.scorer && !this.#isBehind ? 'model' : 'energy';
  }

  get undecided(): number {
    return this.#waiting;
  }

  setListening(listening: boolean): void {
    if (listening && !this.#listening) this.#startAnew();
    this.#listening = listening;
  }

  close(): void {
    this.#closed = true;
    this.#waiting = 0;
  }

  push(samples: number, synthetic: boolean): void {
    for (let left = samples; left > 0;) {
      const blockEnd = this.#filled - (this.#filled % VAD_BLOCK_SAMPLES) + VAD_BLOCK_SAMPLES;
      const taken = Math.min(left, blockEnd - this.#filled);
      left -= taken;
      this.#filled += taken;
      if (this.#filled < blockEnd) return;
      if (!synthetic) this.#block(blockEnd / VAD_BLOCK_SAMPLES - 1);
      if (blockEnd === VAD_WINDOW_SAMPLES) this.#complete();
    }
  }

  #slot(): Slot {
    const window = newWindow();
    return { window, answer: (probability) => this.#answered(window, probability) };
  }

  /** The one `ahead` of the first that waits. */
  #slotAt(ahead: number): Slot {
    const slot = this.#slots[(this.#first + ahead) & (SLOTS - 1)];
    if (!slot) throw new RangeError('no window');
    return slot;
  }

  #block(number: number): void {
    const { window } = this.#slotAt(this.#waiting);
    const start = window.startSample + number * VAD_BLOCK_SAMPLES;
    const place = this.history.placeOf(start);
    const open = this.#gate.push(this.history.ring, place, place + VAD_BLOCK_SAMPLES);
    window.levelDb = Math.max(window.levelDb, this.#gate.levelDb);
    if (!open) return;
    if (window.firstVoicedSample < 0) window.firstVoicedSample = start;
    window.lastVoicedSample = start + VAD_BLOCK_SAMPLES;
    window.voicedSamples += VAD_BLOCK_SAMPLES;
  }

  #complete(): void {
    const slot = this.#slotAt(this.#waiting);
    const { window } = slot;
    this.#filled = 0;

    const open = window.voicedSamples > 0;
    if (open) window.brightness = brightnessOf(this.history.ring, this.history.placeOf(window.startSample));
    if (open && this.#sinceOpen >= HANGOVER_WINDOWS) this.#startAnew();
    this.#sinceOpen = open ? 0 : this.#sinceOpen + 1;

    window.probability = open ? 1 : 0;
    if (this.#waiting >= MAX_UNJUDGED || this.#inFlight >= MAX_UNJUDGED) this.#fallBehind();
    const nextSample = window.startSample + VAD_WINDOW_SAMPLES;
    this.#waiting++;
    const { scorer } = this;
    if (scorer && this.#listening && !this.#isBehind) {
      if (open) this.#ask(scorer, slot);
      else this.#keepHole();
    }
    this.#handOn();
    clear(this.#slotAt(this.#waiting).window, nextSample);
  }

  #keepHole(): void {
    if (this.#sinceOpen < HANGOVER_WINDOWS) this.#holeWindows++;
    else this.#holeWindows = 0;
  }

  #startAnew(): void {
    this.#holeWindows = 0;
    this.scorer?.reset();
  }

  #ask(scorer: SpeechScorer, slot: Slot): void {
    const { startSample } = slot.window;
    for (let before = this.#holeWindows; before > 0; before--)
      this.#score(scorer, startSample - before * VAD_WINDOW_SAMPLES, this.#holeAnswer);
    this.#holeWindows = 0;
    slot.window.probability = Number.NaN;
    this.#score(scorer, startSample, slot.answer);
  }

  #score(scorer: SpeechScorer, startSample: number, answer: Slot['answer']): void {
    this.#inFlight++;
    scorer.score(this.history.ring, this.history.placeOf(startSample), answer);
  }

  /** @param window `undefined` for one of a hole, whose answer is of no use */
  #answered(window: MutableWindow | undefined, probability: number | undefined): void {
    this.#inFlight--;
    if (probability === undefined) {
      this.scorer = undefined;
      this.#judgeByEnergy();
    } else if (window && Number.isNaN(window.probability)) {
      // Else energy has judged it meanwhile, and it was handed on.
      window.probability = probability;
      this.#handOn();
    }
    if (this.#isBehind && this.#inFlight === 0) this.#catchUp();
  }

  #handOn(): void {
    while (this.#waiting > 0 && !this.#closed) {
      const { window } = this.#slotAt(0);
      if (Number.isNaN(window.probability)) return;
      this.#first++;
      this.#waiting--;
      this.onWindow(window);
    }
  }

  #fallBehind(): void {
    if (!this.scorer) return;
    this.#isBehind = true;
    this.#judgeByEnergy();
  }

  /** The model has answered all that it was asked: it judges again, without what it was not asked in between. */
  #catchUp(): void {
    this.#isBehind = false;
    this.#startAnew();
  }

  #judgeByEnergy(): void {
    for (let ahead = 0; ahead < this.#waiting; ahead++) {
      const { window } = this.#slotAt(ahead);
      if (Number.isNaN(window.probability)) window.probability = window.voicedSamples > 0 ? 1 : 0;
    }
    this.#handOn();
  }
}

function newWindow(): MutableWindow {
  return {
    startSample: 0,
    probability: 0,
    firstVoicedSample: -1,
    lastVoicedSample: -1,
    voicedSamples: 0,
    levelDb: SILENCE_DB,
    brightness: 0,
  };
}

function clear(window: MutableWindow, startSample: number): void {
  window.startSample = startSample;
  window.probability = 0;
  window.firstVoicedSample = -1;
  window.lastVoicedSample = -1;
  window.voicedSamples = 0;
  window.levelDb = SILENCE_DB;
  window.brightness = 0;
}

/** Of the window that begins at `start`. */
function brightnessOf(samples: Int16Array, start: number): number {
  let energy = 0;
  let changes = 0;
  let before = samples[start] ?? 0;
  for (let i = start + 1; i < start + VAD_WINDOW_SAMPLES; i++) {
    const sample = samples[i] ?? 0;
    energy += sample * sample;
    changes += (sample - before) * (sample - before);
    before = sample;
  }
  return energy > 0 ? changes / energy : 0;
}

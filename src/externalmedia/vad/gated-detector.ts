import { EnergyGate } from './energy-gate.js';
import type { SpeechScorer, VoiceActivityDetector, VoiceWindow } from './port.js';
import { VAD_BLOCK_SAMPLES, VAD_WINDOW_SAMPLES } from './port.js';

/**
 * After a hole of fewer windows (0.25 s) the model is still in the same stretch of speech and must have heard the hole too;
 * after a longer one it starts anew. What it would say about the hole itself is of no use: nothing in it is voiced.
 */
const HANGOVER_WINDOWS = 8;
/** More unjudged windows than this (0.5 s) mean that the model is behind: energy takes over until it has answered them all. */
const MAX_IN_FLIGHT = 16;

type MutableWindow = { -readonly [Key in keyof VoiceWindow]: VoiceWindow[Key] };

/**
 * Energy first, model second: the gate looks at every block of 8 ms, the model only at windows in which the gate opened,
 * and at the short holes between them once it opens again, and only while somebody listens. Without a model, or when it fails, the gate alone
 * decides; while it is behind, too, as after a stall, when half a second of windows comes at once.
 */
export class GatedDetector implements VoiceActivityDetector {
  readonly #gate = new EnergyGate();
  readonly #window = new Int16Array(VAD_WINDOW_SAMPLES);
  /** Views of the blocks of the window, made once. */
  readonly #blocks = Array.from({ length: VAD_WINDOW_SAMPLES / VAD_BLOCK_SAMPLES }, (_, n) =>
    this.#window.subarray(n * VAD_BLOCK_SAMPLES, (n + 1) * VAD_BLOCK_SAMPLES),
  );
  readonly #pending: MutableWindow[] = [];
  /** The windows of the present hole, while they may still be needed. */
  readonly #hole: Int16Array[] = [];
  #current = emptyWindow(0);
  #filled = 0;
  #sinceOpen = HANGOVER_WINDOWS;
  #inFlight = 0;
  /** The model has more to answer than it is waited for, and is asked nothing until it has. */
  #isBehind = false;
  #listening = false;
  #closed = false;

  constructor(
    private scorer: SpeechScorer | undefined,
    private readonly onWindow: (window: VoiceWindow) => void,
  ) {}

  get judge(): 'model' | 'energy' {
    return this.scorer && !this.#isBehind ? 'model' : 'energy';
  }

  get undecided(): number {
    return this.#pending.length;
  }

  setListening(listening: boolean): void {
    if (listening && !this.#listening) this.#startAnew();
    this.#listening = listening;
  }

  close(): void {
    this.#closed = true;
    this.#pending.length = 0;
  }

  push(samples: Int16Array, synthetic: boolean): void {
    let at = 0;
    while (at < samples.length) {
      const blockEnd = this.#filled - (this.#filled % VAD_BLOCK_SAMPLES) + VAD_BLOCK_SAMPLES;
      const end = Math.min(samples.length, at + blockEnd - this.#filled);
      // A loop, for a view and a `set` of so few samples cost more.
      while (at < end) this.#window[this.#filled++] = samples[at++] ?? 0;
      if (this.#filled < blockEnd) return;
      if (!synthetic) this.#block(blockEnd / VAD_BLOCK_SAMPLES - 1);
      if (blockEnd === VAD_WINDOW_SAMPLES) this.#complete();
    }
  }

  #block(number: number): void {
    const block = this.#blocks[number];
    if (!block) return;
    const open = this.#gate.push(block);
    const window = this.#current;
    window.levelDb = Math.max(window.levelDb, this.#gate.levelDb);
    if (!open) return;
    const start = window.startSample + number * VAD_BLOCK_SAMPLES;
    if (window.firstVoicedSample < 0) window.firstVoicedSample = start;
    window.lastVoicedSample = start + VAD_BLOCK_SAMPLES;
    window.voicedSamples += VAD_BLOCK_SAMPLES;
  }

  #complete(): void {
    const window = this.#current;
    this.#current = emptyWindow(window.startSample + VAD_WINDOW_SAMPLES);
    this.#filled = 0;

    const open = window.voicedSamples > 0;
    if (open) window.brightness = brightnessOf(this.#window);
    if (open && this.#sinceOpen >= HANGOVER_WINDOWS) this.#startAnew();
    this.#sinceOpen = open ? 0 : this.#sinceOpen + 1;

    window.probability = open ? 1 : 0;
    const scorer = this.scorer;
    if (!scorer || this.#isBehind || !this.#listening) this.#judged(window);
    else if (!open) {
      if (this.#sinceOpen < HANGOVER_WINDOWS) this.#hole.push(this.#window.slice());
      else this.#hole.length = 0;
      this.#judged(window);
    } else if (this.#inFlight >= MAX_IN_FLIGHT) {
      this.#judged(window);
      this.#isBehind = true;
      this.#judgeByEnergy();
    } else this.#ask(scorer, window);
  }

  #startAnew(): void {
    this.#hole.length = 0;
    this.scorer?.reset();
  }

  #ask(scorer: SpeechScorer, window: MutableWindow): void {
    for (const heard of this.#hole.splice(0)) {
      this.#score(scorer, heard, () => undefined);
    }
    window.probability = Number.NaN;
    this.#pending.push(window);
    this.#score(scorer, this.#window, (probability) => {
      // What energy has judged meanwhile is handed on already.
      if (!Number.isNaN(window.probability)) return;
      window.probability = probability;
      this.#handOn();
    });
  }

  #score(scorer: SpeechScorer, window: Int16Array, judged: (probability: number) => void): void {
    this.#inFlight++;
    scorer.score(window, (probability) => {
      this.#inFlight--;
      if (probability === undefined) this.#giveUpModel();
      else judged(probability);
      if (this.#isBehind && this.#inFlight === 0) this.#catchUp();
    });
  }

  #judged(window: MutableWindow): void {
    this.#pending.push(window);
    this.#handOn();
  }

  #handOn(): void {
    while (!this.#closed) {
      const first = this.#pending[0];
      if (!first || Number.isNaN(first.probability)) return;
      this.#pending.shift();
      this.onWindow(first);
    }
  }

  /** The model has answered all that it was asked: it judges again, without what it was not asked in between. */
  #catchUp(): void {
    this.#isBehind = false;
    this.#startAnew();
  }

  #giveUpModel(): void {
    this.scorer = undefined;
    this.#judgeByEnergy();
  }

  #judgeByEnergy(): void {
    for (const window of this.#pending) {
      if (Number.isNaN(window.probability)) window.probability = window.voicedSamples > 0 ? 1 : 0;
    }
    this.#handOn();
  }
}

function emptyWindow(startSample: number): MutableWindow {
  return {
    startSample,
    probability: 0,
    firstVoicedSample: -1,
    lastVoicedSample: -1,
    voicedSamples: 0,
    levelDb: -90,
    brightness: 0,
  };
}

function brightnessOf(samples: Int16Array): number {
  let energy = 0;
  let changes = 0;
  let before = samples[0] ?? 0;
  for (let i = 1; i < samples.length; i++) {
    const sample = samples[i] ?? 0;
    energy += sample * sample;
    changes += (sample - before) * (sample - before);
    before = sample;
  }
  return energy > 0 ? changes / energy : 0;
}

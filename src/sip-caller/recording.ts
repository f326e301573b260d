import { TELEPHONE_RATE_HZ } from '../externalmedia/port.js';
import {
  VOICED_DBFS,
  VOICED_WINDOW_MS,
  VOICED_WINDOW_SAMPLES,
  firstVoicedWindow,
  levelDbfs,
  voicedSpans,
} from '../audio/voiced.js';

const SAMPLES_PER_MS = TELEPHONE_RATE_HZ / 1_000;
/** A packet that comes this much after its predecessor's end opens a gap; less is jitter that a phone's buffer evens out. */
const GAP_MS = 60;

export interface RecordedFrame {
  /** When its first sample was there, on the clock of the call. */
  readonly atMs: number;
  readonly samples: Int16Array;
}

/** A stretch of voice: moments on the clock of the call. */
export interface Segment {
  readonly fromMs: number;
  readonly toMs: number;
  /** RMS over the stretch. */
  readonly dbfs: number;
}

/**
 * What one side of a call sounded like, on the clock: frames with the moments at which they came or went. Time without
 * frames is silence. PCM16 mono at 8,000 Hz.
 */
export class Recording {
  readonly #frames: RecordedFrame[] = [];
  /** One flag for each 5 ms of all frames, and the moment of each: gaps lie between them. */
  readonly #flags: boolean[] = [];
  readonly #flagMs: number[] = [];
  #lastVoicedMs: number | undefined;

  add(frame: RecordedFrame): void {
    this.#frames.push(frame);
    for (let start = 0; start < frame.samples.length; start += VOICED_WINDOW_SAMPLES) {
      const end = Math.min(start + VOICED_WINDOW_SAMPLES, frame.samples.length);
      const voiced = levelDbfs(frame.samples, start, end) > VOICED_DBFS;
      const atMs = frame.atMs + start / SAMPLES_PER_MS;
      this.#flags.push(voiced);
      this.#flagMs.push(atMs);
      if (voiced) this.#lastVoicedMs = atMs + VOICED_WINDOW_MS;
    }
  }

  get frames(): readonly RecordedFrame[] {
    return this.#frames;
  }

  /** End of the last 5 ms window above the voiced level; clicks count, so that silence means silence. */
  get lastVoicedMs(): number | undefined {
    return this.#lastVoicedMs;
  }

  /** Beginning of the first voice at or after a moment, to 5 ms; a click shorter than 15 ms is none. */
  firstVoicedAfter(moment: number): number | undefined {
    let from = this.#flagMs.length;
    while (from > 0 && (this.#flagMs[from - 1] ?? 0) >= moment) from--;
    const index = firstVoicedWindow(this.#flags, from);
    return index === undefined ? undefined : this.#flagMs[index];
  }

  /**
   * End of the voice that is heard at a moment (from 60 ms before it to 40 ms after), followed over pauses shorter than
   * `pauseMs`, by the arrival of each packet; `undefined` when nothing is heard there.
   */
  voicedUntil(moment: number, pauseMs: number): number | undefined {
    let endMs: number | undefined;
    for (let i = 0; i < this.#flags.length; i++) {
      const atMs = this.#flagMs[i] ?? 0;
      if (!this.#flags[i] || atMs < moment - 60) continue;
      if (atMs > (endMs === undefined ? moment + 40 : endMs + pauseMs)) break;
      endMs = atMs + VOICED_WINDOW_MS;
    }
    return endMs;
  }

  /** The stretches of voice from `startMs` on, joined over pauses shorter than `pauseMs`. */
  segments(startMs: number, pauseMs: number): Segment[] {
    const samples = this.timeline(startMs);
    const flags: boolean[] = [];
    for (let at = 0; at < samples.length; at += VOICED_WINDOW_SAMPLES) {
      flags.push(levelDbfs(samples, at, Math.min(at + VOICED_WINDOW_SAMPLES, samples.length)) > VOICED_DBFS);
    }
    return voicedSpans(flags, pauseMs).map(({ from, to }) => ({
      fromMs: startMs + from * VOICED_WINDOW_MS,
      toMs: startMs + to * VOICED_WINDOW_MS,
      dbfs: levelDbfs(samples, from * VOICED_WINDOW_SAMPLES, Math.min(to * VOICED_WINDOW_SAMPLES, samples.length)),
    }));
  }

  /** One piece of audio from `startMs` to `endMs` (default: the last frame's end), gaps filled with silence. */
  timeline(startMs: number, endMs = Infinity): Int16Array {
    const placed: { at: number; samples: Int16Array }[] = [];
    let cursor = -Infinity;
    for (const { atMs, samples } of this.#frames) {
      const due = Math.round((atMs - startMs) * SAMPLES_PER_MS);
      const at = Math.abs(due - cursor) > GAP_MS * SAMPLES_PER_MS ? due : cursor;
      cursor = at + samples.length;
      if (cursor > 0) placed.push({ at, samples });
    }
    const length = Math.min(Math.max(0, cursor), Math.round((endMs - startMs) * SAMPLES_PER_MS));
    const audio = new Int16Array(Math.max(0, length));
    for (const { at, samples } of placed) {
      for (let i = Math.max(0, -at); i < samples.length && at + i < audio.length; i++) audio[at + i] = samples[i] ?? 0;
    }
    return audio;
  }
}

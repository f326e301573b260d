import { AudioBudget } from './audio-budget.js';
import type { AudioCodec } from './codec.js';
import { noTotals } from './leg-totals.js';
import { FRAME_SAMPLES } from './port.js';
import type { AudioKind, ReceiverCounters } from './receiver.js';
import { StallFill } from './stall-fill.js';

/** What was decoded last: one for all calls of a thread. */
const frame = new Int16Array(FRAME_SAMPLES);

/**
 * From the messages of a reliable stream to a gapless flow of PCM: decode, and fill the times in which nothing came. What
 * a network loses or reorders is the business of TCP; what it delays comes in a burst, and is heard as it comes.
 */
export class StreamReceiver {
  readonly #budget = new AudioBudget();
  readonly #stall: StallFill;
  #received = 0;
  #refused = 0;

  constructor(
    private readonly codec: AudioCodec,
    private readonly onAudio: (samples: Int16Array, arrivalMs: number, kind: AudioKind) => void,
  ) {
    this.#stall = new StallFill((samples, nowMs) => onAudio(samples, nowMs, 'silence'));
  }

  /** Takes one message of samples, of any length. */
  receive(bytes: Uint8Array, nowMs: number): void {
    if (!this.#budget.spend(bytes.length / this.codec.bytesPerSample, nowMs)) {
      this.#refused++;
      return;
    }
    this.#received++;
    this.#stall.heard(nowMs);
    const step = FRAME_SAMPLES * this.codec.bytesPerSample;
    for (let at = 0; at < bytes.length; at += step) {
      const samples = this.codec.decode(bytes, at, Math.min(bytes.length, at + step), frame);
      this.onAudio(samples === FRAME_SAMPLES ? frame : frame.subarray(0, samples), nowMs, 'line');
    }
  }

  /** Once a frame. */
  tick(nowMs: number): void {
    this.#stall.tick(nowMs, 0);
  }

  counters(): ReceiverCounters {
    return { ...noTotals, received: this.#received, refused: this.#refused, jitterMs: 0, waitMs: 0 };
  }
}

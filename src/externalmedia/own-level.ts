import { FRAME_MS, FRAME_SAMPLES } from './port.js';
import { levelDb } from './vad/energy-gate.js';

/** An echo comes back within this time: the telephone network, a caller's loudspeaker and room. */
const ECHO_WITHIN_MS = 400;
const FRAMES = ECHO_WITHIN_MS / FRAME_MS;
const HALF = FRAME_SAMPLES / 2;
const SILENCE_DB = -90;

/** How loud we have been ourselves of late: what comes back of it must not pass for a caller. */
export class OwnLevel {
  readonly #recent = new Float64Array(FRAMES).fill(SILENCE_DB);
  #at = 0;

  /** A frame that is sent. */
  sent(frame: Int16Array, isVoice: boolean): void {
    this.#recent[this.#at] = isVoice ? Math.max(levelDb(frame, 0, HALF), levelDb(frame, HALF)) : SILENCE_DB;
    this.#at = (this.#at + 1) % FRAMES;
  }

  /** Level of the loudest 10 ms of the last 400, dBFS. */
  get loudestDb(): number {
    let loudest = SILENCE_DB;
    for (let i = 0; i < FRAMES; i++) loudest = Math.max(loudest, this.#recent[i] ?? loudest);
    return loudest;
  }
}

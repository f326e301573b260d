/** 32 ms at 8 kHz: the window of Silero v5 and the unit of every judgement. */
export const VAD_WINDOW_SAMPLES = 256;
/** 8 ms: the unit in which the edges of speech are found. */
export const VAD_BLOCK_SAMPLES = 64;

/** The judgement over one window of 256 samples, valid as long as it is being told. Positions count samples since the detector was made. */
export interface VoiceWindow {
  readonly startSample: number;
  /** How likely somebody speaks in it, 0 to 1. */
  readonly probability: number;
  /** Start of the first, and end (exclusive) of the last block that rises above the noise; -1 when there is none. */
  readonly firstVoicedSample: number;
  readonly lastVoicedSample: number;
  /** Samples in blocks above the noise. */
  readonly voicedSamples: number;
  /** Level of the loudest block in dBFS. */
  readonly levelDb: number;
  /**
   * Energy of the differences between neighbouring samples by the energy of the samples, 0 to 4: about 0.05 when all sound
   * lies at 300 Hz, 2 when it is spread evenly. A hum through the nose has little but its lowest tones.
   */
  readonly brightness: number;
}

/**
 * Listens to one caller, in the history of what was heard. Windows come in order, during `push` or a little later; a detector
 * that is late never blocks its caller.
 */
export interface VoiceActivityDetector {
  /** `energy` when there is no model, or it failed: the noise gate alone decides. */
  readonly judge: 'model' | 'energy';
  /**
   * So many samples of 8 kHz PCM16 were appended to the history, no more than 60 ms.
   *
   * @param synthetic they were not heard but filled in: never voiced, and nothing is learnt from them
   */
  push(samples: number, synthetic: boolean): void;
  /** Windows that are complete and not yet judged. */
  readonly undecided: number;
  /** Turns the costly part off while nobody listens; the noise is learnt on. */
  setListening(listening: boolean): void;
  /** Ends it; no window comes any more. */
  close(): void;
}

/** A speech model with its own state for one caller: one window in, a probability out, in order. */
export interface SpeechScorer {
  /**
   * Judges the window that begins at `samples[start]`, which is only valid during the call. `done` is called exactly once, later, with a probability, or with `undefined` when the model
   * failed.
   */
  score(samples: Int16Array, start: number, done: (probability: number | undefined) => void): void;
  /** Forgets what was heard: the next window does not follow the last one. */
  reset(): void;
}

/** Level that digital silence is given: G.711's own quantisation noise lies above it. */
export const SILENCE_DB = -90;

export interface EnergyGateOptions {
  /** How far above the noise floor a block must be. @defaultValue 9 */
  readonly marginDb?: number;
  /** Below this level nothing is voiced, however quiet the line is. @defaultValue -52 */
  readonly minLevelDb?: number;
  /** The floor is never believed to be above this, or steady speech would hide itself. @defaultValue -25 */
  readonly maxFloorDb?: number;
  /** What lies further below the recent peak is breath or room, not voice. @defaultValue 24 */
  readonly rangeDb?: number;
}

const DEFAULTS = { marginDb: 9, minLevelDb: -52, maxFloorDb: -25, rangeDb: 24 } as const satisfies EnergyGateOptions;

/** The floor is the quietest smoothed level of the last 8 × 24 blocks of 8 ms: 1.5 s, longer than a word. */
const PERIODS = 8;
const BLOCKS_PER_PERIOD = 24;
/** Smoothing of the level that the floor is taken from: a single quiet block is no floor. */
const SMOOTHING = 0.25;
/** The peak is forgotten at 6 dB a second, so that a loud moment does not hide a soft voice for long. */
const PEAK_DECAY_DB_PER_BLOCK = 0.048;

/**
 * The cheap half of voice activity: compares the level of each block of 8 ms with a noise floor that adapts by minimum
 * statistics (Martin 2001, reduced to a minimum over sub-windows). Pure; a few multiplications a sample.
 */
export class EnergyGate {
  readonly #marginDb: number;
  readonly #minLevelDb: number;
  readonly #maxFloorDb: number;
  readonly #rangeDb: number;
  readonly #minima = new Float64Array(PERIODS).fill(Number.POSITIVE_INFINITY);
  #period = 0;
  #blocks = 0;
  /** Of all periods but the present one. */
  #pastMinimumDb = Number.POSITIVE_INFINITY;
  /** NaN before the first block: a field that is always a number is written without allocation. */
  #smoothedDb = Number.NaN;
  #levelDb = SILENCE_DB;
  #peakDb = SILENCE_DB;

  constructor(options: EnergyGateOptions = {}) {
    this.#marginDb = options.marginDb ?? DEFAULTS.marginDb;
    this.#minLevelDb = options.minLevelDb ?? DEFAULTS.minLevelDb;
    this.#maxFloorDb = options.maxFloorDb ?? DEFAULTS.maxFloorDb;
    this.#rangeDb = options.rangeDb ?? DEFAULTS.rangeDb;
  }

  /** Level of the last block, dBFS. */
  get levelDb(): number {
    return this.#levelDb;
  }

  /** The noise floor in dBFS; before anything was heard, the lowest. */
  get floorDb(): number {
    const floor = Math.min(this.#pastMinimumDb, this.#minima[this.#period] ?? this.#pastMinimumDb);
    return Number.isFinite(floor) ? Math.min(floor, this.#maxFloorDb) : SILENCE_DB;
  }

  /** Takes a block, the samples from `start` to `end` (exclusive), and tells whether it rises above the noise. */
  push(samples: Int16Array, start = 0, end = samples.length): boolean {
    this.#levelDb = levelDb(samples, start, end);
    const open =
      this.#levelDb >= Math.max(this.floorDb + this.#marginDb, this.#peakDb - this.#rangeDb, this.#minLevelDb);
    this.#learn(this.#levelDb);
    return open;
  }

  #learn(db: number): void {
    this.#smoothedDb = Number.isNaN(this.#smoothedDb) ? db : this.#smoothedDb + SMOOTHING * (db - this.#smoothedDb);
    this.#peakDb = Math.max(this.#smoothedDb, this.#peakDb - PEAK_DECAY_DB_PER_BLOCK);
    this.#minima[this.#period] = Math.min(this.#minima[this.#period] ?? db, this.#smoothedDb);
    if (++this.#blocks < BLOCKS_PER_PERIOD) return;
    this.#blocks = 0;
    this.#period = (this.#period + 1) % PERIODS;
    this.#minima[this.#period] = Number.POSITIVE_INFINITY;
    this.#pastMinimumDb = Number.POSITIVE_INFINITY;
    for (const minimum of this.#minima) this.#pastMinimumDb = Math.min(this.#pastMinimumDb, minimum);
  }
}

/** Mean power of PCM16 from `start` to `end` (exclusive) in dB below full scale, at least -90. */
export function levelDb(samples: Int16Array, start = 0, end = samples.length): number {
  let sum = 0;
  for (let i = start; i < end; i++) {
    const sample = samples[i] ?? 0;
    sum += sample * sample;
  }
  const power = sum / Math.max(1, end - start) / (32_768 * 32_768);
  return power > 0 ? Math.max(SILENCE_DB, 10 * Math.log10(power)) : SILENCE_DB;
}

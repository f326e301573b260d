/**
 * Rate conversion by a windowed sinc in polyphase form: up by `numerator`, down by `denominator`, with one filter that
 * takes away what would fold (Kaiser window; the stop band begins at the new Nyquist frequency).
 */

/** Side lobes of the Kaiser window 80 dB down (Kaiser & Schafer 1980). */
const BETA = 7.86;
/** Half the filter's length in zero crossings of the sinc: transition band of about 0.16 of the cut-off. */
const ZERO_CROSSINGS = 32;
/** Where the pass band is cut, of the lower Nyquist frequency: 0.92 × 4,000 Hz = 3,680 Hz, beyond the telephone band. */
const ROLL_OFF = 0.92;

/**
 * Converts mono PCM16 from `fromHz` to `toHz`. The output has `ceil(length × toHz / fromHz)` samples and no delay.
 */
export function resample(samples: Int16Array, fromHz: number, toHz: number): Int16Array {
  if (fromHz === toHz) return samples;
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const up = toHz / divisor;
  const down = fromHz / divisor;
  const phases = polyphase(up, down);
  const output = new Int16Array(Math.ceil((samples.length * up) / down));
  for (let n = 0; n < output.length; n++) {
    const position = n * down;
    const phase = phases[position % up];
    if (!phase) continue;
    const first = Math.floor(position / up) + phase.offset;
    let sum = 0;
    for (let k = 0; k < phase.taps.length; k++) sum += (phase.taps[k] ?? 0) * (samples[first + k] ?? 0);
    output[n] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }
  return output;
}

interface Phase {
  /** The first tap meets the input sample this far from `floor(position)`. */
  readonly offset: number;
  readonly taps: Float64Array;
}

/** One set of taps for each position of an output sample between two input samples. */
function polyphase(up: number, down: number): Phase[] {
  const cutoff = ROLL_OFF * Math.min(1, up / down);
  const reach = ZERO_CROSSINGS / cutoff;
  return Array.from({ length: up }, (_, index) => {
    const fraction = index / up;
    const offset = Math.ceil(fraction - reach);
    const taps = new Float64Array(Math.floor(fraction + reach) - offset + 1);
    for (let k = 0; k < taps.length; k++) {
      const distance = offset + k - fraction;
      taps[k] = cutoff * sinc(cutoff * distance) * kaiser(distance / reach);
    }
    const gain = taps.reduce((sum, tap) => sum + tap, 0);
    return { offset, taps: taps.map((tap) => tap / gain) };
  });
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function bessel(x: number): number {
  let sum = 1;
  for (let k = 1, term = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

import type { SharedPcm } from './port.js';

/** Copies PCM16 at 8 kHz once into shared memory; from then on it goes to any number of calls and threads by reference. */
export function toSharedPcm(samples: Int16Array): SharedPcm {
  const shared = new Int16Array(new SharedArrayBuffer(samples.length * Int16Array.BYTES_PER_ELEMENT));
  shared.set(samples);
  return { samples: shared };
}

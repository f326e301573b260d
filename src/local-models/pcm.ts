import type { SharedPcm } from '../externalmedia/port.js';

/** PCM16 little endian, as it crosses pipes and files, as samples. The machine is little endian, as all that Node runs on. */
export function samplesOf(bytes: Uint8Array): Int16Array {
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  return new Int16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 1);
}

/** Samples as PCM16 little endian bytes, without a copy. */
export function bytesOf(samples: Int16Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** Joins chunks into one prompt that all threads share. */
export function joinShared(chunks: readonly Int16Array[]): SharedPcm {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const samples = new Int16Array(new SharedArrayBuffer(length * 2));
  let at = 0;
  for (const chunk of chunks) {
    samples.set(chunk, at);
    at += chunk.length;
  }
  return { samples };
}

import type { AudioCodec } from './codec.js';

/** Asterisk’s number of L16 at 8 kHz, its `slin` (main/rtp_engine.c); RFC 3551 has it for 44.1 kHz. */
const PAYLOAD_TYPE = 10;

/** Uncompressed PCM16, mono, 8 kHz (RFC 3551 §4.5.11). An odd byte at the end is left out. */
export function l16(order: 'big-endian' | 'little-endian'): AudioCodec {
  const [high, low] = order === 'big-endian' ? [0, 1] : [1, 0];
  return {
    payloadType: PAYLOAD_TYPE,
    bytesPerSample: 2,
    silence: 0,
    decode(source, start, end, target) {
      const samples = Math.min((end - start) >> 1, target.length);
      for (let i = 0; i < samples; i++) {
        const at = start + 2 * i;
        target[i] = ((source[at + high] ?? 0) << 8) | (source[at + low] ?? 0);
      }
      return samples;
    },
    encode(source, target) {
      const samples = Math.min(source.length, target.length >> 1);
      for (let i = 0; i < samples; i++) {
        const sample = source[i] ?? 0;
        target[2 * i + high] = sample >> 8;
        target[2 * i + low] = sample;
      }
    },
  };
}

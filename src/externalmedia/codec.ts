import { g711 } from './g711.js';
import { l16 } from './l16.js';
import type { MediaCodec, MediaTransport } from './port.js';

/** What a packet's payload is made of. Samples are PCM16 at 8 kHz. */
export interface AudioCodec {
  /** As Asterisk numbers it (RFC 3551 §6, for G.711). */
  readonly payloadType: number;
  readonly bytesPerSample: number;
  /** A payload of nothing but this byte is silence. */
  readonly silence: number;
  /** Decodes `source[start … end)` to `target` from its beginning and returns the number of samples. */
  decode(source: Uint8Array, start: number, end: number, target: Int16Array): number;
  /** Encodes all of `source` to the beginning of `target`. */
  encode(source: Int16Array, target: Uint8Array): void;
}

/** L16 goes in network order over RTP, and in that of the host over a websocket (chan_websocket). */
export function codecOf(codec: MediaCodec, transport: MediaTransport): AudioCodec {
  if (codec !== 'slin') return g711(codec);
  return l16(transport === 'rtp' ? 'big-endian' : 'little-endian');
}

import type { MediaCodec } from './port.js';

/** One of G.711's two laws, as tables (ITU-T G.711; payload types of RFC 3551 §6). One sample is one byte. */
export interface G711 {
  readonly payloadType: number;
  /** The code of PCM 0. */
  readonly silence: number;
  /** Decodes `source[start … end)` to `target` from its beginning and returns the number of samples. */
  decode(source: Uint8Array, start: number, end: number, target: Int16Array): number;
  /** Encodes all of `source` to the beginning of `target`. */
  encode(source: Int16Array, target: Uint8Array): void;
}

/** The codec of a name. Tables are built once a thread. */
export function g711(codec: MediaCodec): G711 {
  return codec === 'ulaw' ? (ulaw ??= tabled(0, ulawToPcm)) : (alaw ??= tabled(8, alawToPcm));
}

let ulaw: G711 | undefined;
let alaw: G711 | undefined;

function tabled(payloadType: number, toPcm: (code: number) => number): G711 {
  const pcmOf = Int16Array.from({ length: 256 }, (_, code) => toPcm(code));
  const codeOf = nearestCodes(pcmOf);
  return {
    payloadType,
    silence: codeOf[0] ?? 0,
    decode(source, start, end, target) {
      const samples = Math.min(end - start, target.length);
      for (let i = 0; i < samples; i++) target[i] = pcmOf[source[start + i] ?? 0] ?? 0;
      return samples;
    },
    encode(source, target) {
      const samples = Math.min(source.length, target.length);
      for (let i = 0; i < samples; i++) target[i] = codeOf[(source[i] ?? 0) & 0xffff] ?? 0;
    },
  };
}

/** For each PCM16 value (as uint16) the code whose value is nearest: the decoder's levels alone define the encoder. */
function nearestCodes(pcmOf: Int16Array): Uint8Array {
  // For +0 and -0 of mu-law the positive code (0xff) is the customary silence: of equal levels the higher code comes last.
  const codes = Array.from(pcmOf.keys()).sort((a, b) => (pcmOf[a] ?? 0) - (pcmOf[b] ?? 0) || a - b);
  const table = new Uint8Array(65_536);
  let at = 0;
  for (let pcm = -32_768; pcm <= 32_767; pcm++) {
    const distance = (index: number): number => Math.abs((pcmOf[codes[index] ?? 0] ?? 0) - pcm);
    while (at + 1 < codes.length && distance(at + 1) <= distance(at)) at++;
    table[pcm & 0xffff] = codes[at] ?? 0;
  }
  return table;
}

function ulawToPcm(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84;
  return bits & 0x80 ? -magnitude : magnitude;
}

function alawToPcm(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits & 0x70) >> 4;
  const mantissa = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? mantissa : (mantissa + 0x100) << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

import type { AudioCodec } from './codec.js';

/** One of G.711's two laws, as tables (ITU-T G.711), built once a thread. One sample is one byte. */
export function g711(codec: 'ulaw' | 'alaw'): AudioCodec {
  return codec === 'ulaw' ? (ulaw ??= tabled(0, ulawToPcm)) : (alaw ??= tabled(8, alawToPcm));
}

let ulaw: AudioCodec | undefined;
let alaw: AudioCodec | undefined;

function tabled(payloadType: number, toPcm: (code: number) => number): AudioCodec {
  const pcmOf = Int16Array.from({ length: 256 }, (_, code) => toPcm(code));
  const codeOf = nearestCodes(pcmOf);
  return {
    payloadType,
    bytesPerSample: 1,
    // The code of PCM 0.
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

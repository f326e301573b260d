import { describe, expect, test } from 'vitest';
import { g711 } from './g711.js';

describe.each(['ulaw', 'alaw'] as const)('%s', (law) => {
  const codec = g711(law);
  const codes = Uint8Array.from({ length: 256 }, (_, code) => code);
  const pcm = new Int16Array(256);
  codec.decode(codes, 0, 256, pcm);

  test('every code survives the way to PCM and back (mu-law has two zeros)', () => {
    const again = new Uint8Array(256);
    codec.encode(pcm, again);
    const changed = [...codes].filter((code) => again[code] !== code);
    expect(changed).toEqual(law === 'ulaw' ? [0x7f] : []);
  });

  test('encodes to the nearest level', () => {
    for (let value = -32_768; value <= 32_767; value += 37) {
      const code = new Uint8Array(1);
      codec.encode(Int16Array.of(value), code);
      const chosen = Math.abs((pcm[code[0] ?? 0] ?? 0) - value);
      expect(chosen).toBe(Math.min(...[...pcm].map((level) => Math.abs(level - value))));
    }
  });

  test('its levels are those of ITU-T G.711', () => {
    const [loudest, silence] = law === 'ulaw' ? [32_124, 0xff] : [32_256, 0xd5];
    expect(Math.max(...pcm)).toBe(loudest);
    expect(codec.silence).toBe(silence);
    expect(codec.payloadType).toBe(law === 'ulaw' ? 0 : 8);
  });
});

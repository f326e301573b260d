import { describe, expect, it } from 'vitest';
import { HandrailError } from '../kernel/errors.js';
import { decodeWav, encodeWav, readWav } from './wav.js';

const samples = Int16Array.of(0, 100, -100, 32_767, -32_768);

function g711Wav(tag: number, bytes: readonly number[]): Buffer {
  const wav = encodeWav([new Int16Array(Math.ceil(bytes.length / 2))]);
  wav.writeUInt16LE(tag, 20);
  wav.writeUInt16LE(8, 34);
  wav.writeUInt32LE(bytes.length, 40);
  wav.set(bytes, 44);
  return wav.subarray(0, 44 + bytes.length);
}

describe('WAV', () => {
  it('reads what it writes', () => {
    expect(decodeWav(encodeWav([samples]), 'x')).toEqual(samples);
  });

  it('averages two channels, the shorter one filled with silence', () => {
    const wav = encodeWav([Int16Array.of(100, 200), Int16Array.of(300)]);
    expect(decodeWav(wav, 'x')).toEqual(Int16Array.of(200, 100));
  });

  it('reads mu-law and A-law', () => {
    expect(decodeWav(g711Wav(7, [0xff, 0x00, 0x80]), 'x')).toEqual(Int16Array.of(0, -32_124, 32_124));
    expect(decodeWav(g711Wav(6, [0xd5, 0x55]), 'x')).toEqual(Int16Array.of(8, -8));
  });

  it('resamples other rates', () => {
    expect(decodeWav(encodeWav([new Int16Array(16_000)], 16_000), 'x')).toHaveLength(8_000);
  });

  it('steps over chunks that it does not know, and takes a data chunk that was left open', () => {
    const wav = encodeWav([samples]);
    const list = Buffer.concat([Buffer.from('LIST'), Buffer.of(3, 0, 0, 0), Buffer.from('abc\0')]);
    expect(decodeWav(Buffer.concat([wav.subarray(0, 36), list, wav.subarray(36)]), 'x')).toEqual(samples);
    wav.writeUInt32LE(0xffff_ffff, 40);
    expect(decodeWav(wav, 'x')).toEqual(samples);
  });

  it('tells what is wrong with which file', async () => {
    const wav = encodeWav([samples]);
    const wrong = (at: number, value: number): Buffer => {
      const copy = Buffer.from(wav);
      copy.writeUInt16LE(value, at);
      return copy;
    };
    const cases: [Buffer, RegExp][] = [
      [Buffer.from('not a wav'), /hello\.wav: it is no RIFF/],
      [wav.subarray(0, 12), /no format chunk/],
      [wav.subarray(0, 24), /cut off/],
      [wav.subarray(0, 36), /no data chunk/],
      [wrong(20, 85), /tag 85/],
      [wrong(22, 6), /6 channels/],
      [wrong(24, 11_025), /11025 Hz/],
      [wrong(34, 24), /24 bits/],
    ];
    for (const [bytes, message] of cases) {
      expect(() => decodeWav(bytes, 'hello.wav')).toThrow(message);
    }
    await expect(readWav('/nowhere.wav')).rejects.toThrow(HandrailError);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame, FrameError, FrameParser, type FrameHeader } from './frames.js';

const header = fc.record({ type: fc.string(), id: fc.integer(), word: fc.string({ unit: 'binary' }) });
const frames = fc.array(fc.tuple(header, fc.uint8Array({ maxLength: 300 })), { maxLength: 6 });

describe('FrameParser', () => {
  test('finds the frames again, wherever the stream is cut', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sent, cuts) => {
        const stream = Buffer.concat(sent.map(([h, payload]) => encodeFrame(h, payload)));
        const parser = new FrameParser();
        const got = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const length = cuts[turn % cuts.length] ?? 1;
          got.push(...parser.push(stream.subarray(at, at + length)));
          at += length;
        }
        expect(got.map((frame) => [frame.header, [...frame.payload]])).toEqual(
          sent.map(([h, payload]) => [JSON.parse(JSON.stringify(h)), [...payload]]),
        );
      }),
    );
  });

  test('any bytes give frames or a FrameError, nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 8 }), (chunks) => {
        const parser = new FrameParser(1_000);
        try {
          for (const chunk of chunks) parser.push(chunk);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
    );
  });

  test.each([
    ['a length beyond the limit', 4_000_000_000, 10],
    ['a header longer than its frame', 20, 17],
    ['a frame too short for its own length field', 3, 0],
  ])('refuses %s before anything is gathered', (_, total, headerBytes) => {
    const prefix = Buffer.alloc(8);
    prefix.writeUInt32LE(total, 0);
    prefix.writeUInt32LE(headerBytes, 4);
    expect(() => new FrameParser().push(prefix)).toThrow(FrameError);
  });

  test.each(['', 'null', '[]', '{"id":1}', '{"type":1}', '{"type":'])('refuses the header %j', (text) => {
    const body = Buffer.from(text);
    const frame = Buffer.alloc(8 + body.length);
    frame.writeUInt32LE(4 + body.length, 0);
    frame.writeUInt32LE(body.length, 4);
    body.copy(frame, 8);
    expect(() => new FrameParser().push(frame)).toThrow(FrameError);
  });

  test('a payload is aligned and its own', () => {
    const stream = encodeFrame({ type: 'x' } satisfies FrameHeader, Uint8Array.of(1, 2));
    const [frame] = new FrameParser().push(stream);
    stream.fill(0);
    expect(frame?.payload.byteOffset).toBe(0);
    expect([...(frame?.payload ?? [])]).toEqual([1, 2]);
  });
});

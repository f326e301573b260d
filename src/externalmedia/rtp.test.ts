import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRtpView, parseRtp, RTP_HEADER_BYTES, RtpWriter } from './rtp.js';

/** Builds a packet as RFC 3550 §5.1 draws it. */
function packet(parts: {
  readonly csrcs?: number;
  readonly extensionWords?: number;
  readonly padding?: number;
  readonly payload?: readonly number[];
}): Uint8Array {
  const { csrcs = 0, extensionWords, padding = 0, payload = [1, 2, 3] } = parts;
  const first = 0x80 | (padding > 0 ? 0x20 : 0) | (extensionWords === undefined ? 0 : 0x10) | csrcs;
  const header = [first, 0x80, 0x12, 0x34, 0xff, 0, 0, 1, 0xde, 0xad, 0xbe, 0xef];
  const extension =
    extensionWords === undefined ? [] : [0, 0, extensionWords >> 8, extensionWords & 255, ...zeros(4 * extensionWords)];
  const tail = padding > 0 ? [...zeros(padding - 1), padding] : [];
  return Uint8Array.from([...header, ...zeros(4 * csrcs), ...extension, ...payload, ...tail]);
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}

describe('parseRtp', () => {
  test('reads the fixed header', () => {
    const view = createRtpView();
    expect(parseRtp(packet({}), view)).toBeUndefined();
    expect(view).toEqual({
      marker: true,
      payloadType: 0,
      sequence: 0x1234,
      timestamp: 0xff000001,
      ssrc: 0xdeadbeef,
      payloadStart: 12,
      payloadEnd: 15,
    });
  });

  test('steps over CSRCs, extension and padding', () => {
    fc.assert(
      fc.property(
        fc.record({
          csrcs: fc.nat(15),
          extensionWords: fc.option(fc.nat(20), { nil: undefined }),
          padding: fc.nat(255),
          payload: fc.array(fc.nat(255), { maxLength: 300 }),
        }),
        ({ extensionWords, ...parts }) => {
          const bytes = packet({ ...parts, ...(extensionWords === undefined ? {} : { extensionWords }) });
          const view = createRtpView();
          expect(parseRtp(bytes, view)).toBeUndefined();
          expect([...bytes.subarray(view.payloadStart, view.payloadEnd)]).toEqual(parts.payload);
        },
      ),
    );
  });

  test.each([
    ['too-short', new Uint8Array(11)],
    ['version', new Uint8Array(12)],
    ['csrc', Uint8Array.from([0x8f, ...zeros(20)])],
    ['extension', Uint8Array.from([0x90, ...zeros(11)])],
    ['extension', Uint8Array.from([0x90, ...zeros(13), 0xff, 0xff, 1])],
    ['padding', Uint8Array.from([0xa0, ...zeros(12)])],
    ['padding', Uint8Array.from([0xa0, ...zeros(11), 2])],
  ])('names the fault: %s', (fault, bytes) => {
    expect(parseRtp(bytes, createRtpView())).toBe(fault);
  });

  test('any bytes give a fault or a payload within bounds', () => {
    const view = createRtpView();
    const hostile = fc.tuple(fc.integer({ min: 0x80, max: 0xbf }), fc.uint8Array({ maxLength: 400 }));
    fc.assert(
      fc.property(hostile, ([first, rest]) => {
        const bytes = Uint8Array.from([first, ...rest]);
        if (parseRtp(bytes, view) !== undefined) return;
        expect(view.payloadStart).toBeGreaterThanOrEqual(RTP_HEADER_BYTES);
        expect(view.payloadEnd).toBeGreaterThanOrEqual(view.payloadStart);
        expect(view.payloadEnd).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('RtpWriter', () => {
  test('numbers packets without gaps, through the wrap', () => {
    const writer = new RtpWriter(0, () => 0.999_999_999_9);
    const view = createRtpView();
    const seen = Array.from({ length: 3 }, (_, index) => {
      expect(parseRtp(writer.next(index === 0).bytes, view)).toBeUndefined();
      return [view.marker, view.sequence, view.timestamp, view.ssrc === writer.ssrc];
    });
    expect(seen).toEqual([
      [true, 65_535, 4_294_967_295, true],
      [false, 0, 159, true],
      [false, 1, 319, true],
    ]);
  });

  test('lets time pass without packets', () => {
    const writer = new RtpWriter(8, () => 0);
    const view = createRtpView();
    writer.next(false);
    writer.skip(5);
    parseRtp(writer.next(false).bytes, view);
    expect([view.payloadType, view.sequence, view.timestamp]).toEqual([8, 1, 960]);
  });
});

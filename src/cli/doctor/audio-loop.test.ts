import { describe, expect, it } from 'vitest';
import { g711 } from '../../externalmedia/g711.js';
import { judgeTelephone } from './calls.js';
import { LOOP_FRAMES, WayWatch, frameOfPayload, judgeLoop, type WayReport } from './audio-loop.js';

const payload = (code: number): Uint8Array => new Uint8Array(160).fill(code);

/** One way, of which `lost` frames never arrive. */
function way(lost: readonly number[], transitMs = 1): WayReport {
  const watch = new WayWatch();
  for (let index = 0; index < LOOP_FRAMES; index++) {
    watch.sent(index, index * 20);
    if (!lost.includes(index)) watch.arrived(payload(index), index * 20 + transitMs);
  }
  return watch.report();
}

const report = { latenessP99Ms: 1, ownHost: '127.0.0.1', codec: 'ulaw', transport: 'rtp' } as const;
const loop = (...ways: [WayReport, WayReport]) => judgeLoop({ ...report, ways });
const nothing: WayReport = { ...way([]), packets: 0, received: 0 };

describe('audio check', () => {
  it('knows a frame again after decoding and coding in either law, and takes silence for none', () => {
    for (const codec of ['ulaw', 'alaw'] as const) {
      const law = g711(codec);
      for (let index = 0; index < LOOP_FRAMES; index++) {
        const pcm = new Int16Array(160);
        law.decode(new Uint8Array(160).fill(index), 0, 160, pcm);
        const coded = new Uint8Array(160);
        law.encode(pcm, coded);
        expect(frameOfPayload(coded)).toBe(index);
      }
      expect(frameOfPayload(new Uint8Array(160).fill(law.silence))).toBeUndefined();
    }
    expect(frameOfPayload(Uint8Array.of(1, 2, 3, 4))).toBeUndefined();
  });

  it('measures time, loss and jitter of one way', () => {
    expect(way([3, 4], 2.5)).toEqual({
      sent: 100,
      packets: 98,
      received: 98,
      medianMs: 2.5,
      p99Ms: 2.5,
      jitterMs: 0,
    });
    const watch = new WayWatch();
    watch.sent(5, 0);
    watch.arrived(payload(5), 10);
    watch.arrived(payload(5), 30);
    expect(watch.report()).toMatchObject({ packets: 2, received: 1, medianMs: 10 });
  });

  it('judges both ways together', () => {
    expect(loop(way([]), way([]))).toMatchObject({ state: 'ok', found: expect.stringContaining('2.0 ms') });
    expect(loop(way([1, 2]), way([1])).state).toBe('warning');
    expect(loop(way([], 80), way([])).state).toBe('warning');
    expect(loop(way([]), nothing)).toMatchObject({ state: 'problem', mend: expect.stringContaining('one way only') });
    expect(loop(nothing, nothing)).toMatchObject({ state: 'problem', mend: expect.stringContaining('media.host') });
    const silence = { ...nothing, packets: 50 };
    expect(loop(silence, silence)).toMatchObject({ state: 'problem', mend: expect.stringContaining('rtp.conf') });
    expect(judgeLoop({ ...report, transport: 'websocket', ways: [nothing, nothing] })).toMatchObject({
      state: 'problem',
      found: expect.stringContaining('websocket'),
    });
  });

  it('judges the test telephone', () => {
    const report = { answeredAfterMs: 10, echoAfterMs: 25, keyAfterMs: 0, lost: 0 };
    expect(judgeTelephone(report).state).toBe('ok');
    expect(judgeTelephone({ ...report, keyAfterMs: undefined }).found).toContain('its key did not arrive');
    expect(judgeTelephone({ ...report, echoAfterMs: undefined }).state).toBe('problem');
    expect(judgeTelephone({ ...report, answeredAfterMs: undefined }).state).toBe('problem');
  });
});

import { describe, expect, test } from 'vitest';
import { g711 } from './g711.js';
import { RtpLeg } from './rtp-leg.js';
import type { MediaEvent } from './port.js';
import { createRtpView, parseRtp } from './rtp.js';
import { toSharedPcm } from './shared-pcm.js';
import { GatedDetector } from './vad/gated-detector.js';

const remote = { host: '127.0.0.1', port: 4_000 };
const codec = g711('ulaw');

/** A call over no network: the caller is silent or hums, every 20 ms. */
function call() {
  let nowMs = 0;
  let sequence = 0;
  const events: MediaEvent[] = [];
  const sent: { readonly marker: boolean; readonly isSilence: boolean; readonly sequence: number }[] = [];
  const view = createRtpView();
  const leg = new RtpLeg({
    codec: 'ulaw',
    random: () => 0.5,
    createVad: (history, onWindow) => new GatedDetector(history, undefined, onWindow),
    emit: (event) => events.push(event),
    send: (datagram) => {
      parseRtp(datagram, view);
      const isSilence = datagram.subarray(12).every((code) => code === codec.silence);
      sent.push({ marker: view.marker, sequence: view.sequence, isSilence });
    },
    nowMs: () => nowMs,
  });
  const packet = (samples: Int16Array): Uint8Array => {
    const bytes = new Uint8Array(172);
    const header = new DataView(bytes.buffer);
    bytes[0] = 0x80;
    header.setUint16(2, ++sequence);
    header.setUint32(4, sequence * 160);
    codec.encode(samples, bytes.subarray(12));
    return bytes;
  };
  const run = (ms: number, level: number | 'no packets' = 0): void => {
    for (let passed = 0; passed < ms; passed += 20) {
      nowMs += 20;
      if (level !== 'no packets') {
        const samples = Int16Array.from({ length: 160 }, (_, i) => (i % 8 < 4 ? level : -level));
        leg.receive(packet(samples), nowMs);
      }
      leg.tick(1, 0);
    }
  };
  return { leg, events, sent, run, packet, types: () => events.map(({ type }) => type) };
}
const prompt = toSharedPcm(new Int16Array(8_000).fill(5_000));

describe('RtpLeg', () => {
  test('sends nothing before connect, and silence without marker from then on', () => {
    const { leg, sent, run } = call();
    run(100, 'no packets');
    expect(sent).toEqual([]);
    leg.connect(remote);
    run(100);
    expect(sent.map(({ marker, isSilence }) => [marker, isSilence])).toEqual(Array(5).fill([false, true]));
  });

  test('marks the first packet of a talkspurt only, and never breaks the sequence', () => {
    const { leg, sent, run } = call();
    leg.connect(remote);
    run(40);
    leg.media.play('a', prompt.samples, true);
    run(100);
    leg.media.flush();
    run(40);
    leg.media.play('b', prompt.samples, true);
    run(60);
    expect(sent.map(({ marker }) => marker)).toEqual([...'001000000100'].map((bit) => bit === '1'));
    expect(sent.map(({ isSilence }) => isSilence)).toEqual([...'110000011000'].map((bit) => bit === '1'));
    sent.reduce((before, { sequence }) => {
      expect(sequence).toBe(before + 1);
      return sequence;
    }, 32_767);
  });

  test('a turn: prompt, barge-in, utterance, deadline', () => {
    const { leg, events, run, types } = call();
    leg.connect(remote);
    run(2_000);
    leg.media.listen({ turnId: 't' });
    leg.media.play('menu', prompt.samples, true);
    leg.media.arm({ turnId: 't', afterMs: 900, prompt });
    run(500);
    run(600, 6_000);
    run(1_300);
    expect(types()).toEqual([
      'playout-start',
      'playout-end',
      'speech-start',
      'pause',
      'deadline',
      'playout-start',
      'utterance-end',
    ]);
    expect(events[1]).toMatchObject({ id: 'menu', reason: 'flushed' });
    const pause = events[3];
    if (pause?.type !== 'pause') throw new Error('no pause');
    // Said from 2,500 to 3,100 ms, to half a block of 8 ms.
    expect(Math.abs(pause.speechStartMs - 2_500)).toBeLessThanOrEqual(4);
    expect(Math.abs(pause.lastVoicedMs - 3_100)).toBeLessThanOrEqual(4);
    expect(pause.atMs).toBe(3_280);
    expect(events[4]).toMatchObject({ atMs: 4_000 });
  });

  test('a key press, in which no packets come, does not end the call’s media, but silence of two seconds is told once', () => {
    const { leg, run, types } = call();
    leg.connect(remote);
    run(200);
    run(220, 'no packets');
    run(200);
    expect(types()).toEqual([]);
    run(5_000, 'no packets');
    expect(types()).toEqual(['media-lost']);
    run(100);
    run(2_100, 'no packets');
    expect(types()).toEqual(['media-lost', 'media-lost']);
  });

  test('an utterance ends also when packets stop', () => {
    const { leg, run, types } = call();
    leg.connect(remote);
    run(2_000);
    leg.media.listen({ turnId: 't' });
    run(500, 6_000);
    run(1_300, 'no packets');
    expect(types()).toEqual(['speech-start', 'pause', 'utterance-end']);
  });
});

describe('taps of a leg', () => {
  test('a recording has the caller left and the bot right; a capture every datagram of both ways', () => {
    const { leg, run } = call();
    leg.connect(remote);
    const chunks: Int16Array[] = [];
    const captured = { in: 0, out: 0 };
    const ended: string[] = [];
    leg.media.record({ audio: (chunk) => chunks.push(chunk), end: () => ended.push('recording') });
    leg.capture({ datagram: (direction) => captured[direction]++, end: () => ended.push('capture') });
    run(500, 4_000);
    leg.media.play('p', prompt.samples, false);
    run(500, 0);
    leg.close();
    const samples = chunks.flatMap((chunk) => [...chunk]);
    const firstLoud = (side: number) => samples.findIndex((value, i) => i % 2 === side && Math.abs(value) > 2_000) >> 1;
    expect(samples.length).toBe(2 * 160 * 52);
    // The caller hums in the first half, the bot speaks in the second; both 40 ms later than they were said.
    expect([firstLoud(0) / 8, firstLoud(1) / 8]).toEqual([20, 540]);
    expect(captured).toEqual({ in: 50, out: 50 });
    expect(ended).toEqual(['recording', 'capture']);
  });

  test('while it is redacted, both hold silence of the same length; headers stay', () => {
    const { leg, run } = call();
    leg.connect(remote);
    const chunks: Int16Array[] = [];
    const captured: Uint8Array[] = [];
    leg.media.record({ audio: (chunk) => chunks.push(chunk), end: () => undefined });
    leg.capture({ datagram: (_direction, bytes) => captured.push(bytes.slice()), end: () => undefined });
    leg.media.redact(true);
    leg.media.play('p', prompt.samples, false);
    run(400, 6_000);
    leg.media.redact(false);
    run(100, 6_000);
    leg.close();
    const samples = chunks.flatMap((chunk) => [...chunk]);
    const loud = (side: number) =>
      samples.flatMap((value, i) => (i % 2 === side && Math.abs(value) > 2_000 ? [i >> 1] : []));
    expect(samples.length).toBe(2 * 160 * 27);
    for (const side of [0, 1]) expect(Math.min(...loud(side))).toBeGreaterThanOrEqual(400 * 8);
    for (const side of [0, 1]) expect(loud(side).length).toBeGreaterThan(700);
    const isSilent = (bytes: Uint8Array) => bytes.subarray(12).every((code) => code === codec.silence);
    expect(captured.slice(0, 40).every(isSilent)).toBe(true);
    expect(captured.slice(40).some(isSilent)).toBe(false);
    expect(captured.every((bytes) => bytes[0] === 0x80)).toBe(true);
  });
});

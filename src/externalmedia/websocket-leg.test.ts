import { describe, expect, test } from 'vitest';
import { g711 } from './g711.js';
import type { MediaEvent } from './port.js';
import { toSharedPcm } from './shared-pcm.js';
import { GatedDetector } from './vad/gated-detector.js';
import { MAX_AHEAD_SAMPLES, WebsocketLeg } from './websocket-leg.js';

const codec = g711('ulaw');
const start = JSON.stringify({ event: 'MEDIA_START', format: 'ulaw', optimal_frame_size: 160 });
const event = (name: string) => JSON.stringify({ event: name });

/** A call over no socket: what is sent is kept as words and numbers of samples. */
function call() {
  let nowMs = 0;
  const events: MediaEvent[] = [];
  const sent: (string | number)[] = [];
  const troubles: string[] = [];
  const leg = new WebsocketLeg({
    codec: 'ulaw',
    createVad: (history, onWindow) => new GatedDetector(history, undefined, onWindow),
    emit: (told) => events.push(told),
    nowMs: () => nowMs,
    send: (message) =>
      sent.push(typeof message === 'string' ? String(JSON.parse(message).command) : message.byteLength),
    trouble: (detail) => troubles.push(detail),
  });
  const run = (ms: number, level: number | 'nothing comes' = 'nothing comes'): void => {
    for (let passed = 0; passed < ms; passed += 20) {
      nowMs += 20;
      if (level !== 'nothing comes') {
        const bytes = new Uint8Array(160);
        codec.encode(
          Int16Array.from({ length: 160 }, (_, i) => (i % 8 < 4 ? level : -level)),
          bytes,
        );
        leg.receiveAudio(bytes);
      }
      leg.tick(1, 0);
    }
  };
  const take = (): (string | number)[] => sent.splice(0);
  return { leg, events, troubles, run, take, types: () => events.map(({ type }) => type) };
}

const audio = (samples: number) => toSharedPcm(new Int16Array(samples).fill(5_000)).samples;

describe('WebsocketLeg', () => {
  test('says nothing before Asterisk greets, and then all that waited', () => {
    const { leg, run, take, types } = call();
    leg.media.play('a', audio(800), true);
    run(100);
    expect([take(), types()]).toEqual([[], []]);
    leg.receiveText(start);
    expect(take()).toEqual(['START_MEDIA_BUFFERING', 800, 'STOP_MEDIA_BUFFERING']);
  });

  test('while it is steady, silence is sent where there is nothing to say, and nothing else is put off', () => {
    const { leg, run, take } = call();
    leg.receiveText(start);
    run(100);
    expect(take()).toEqual([]);
    leg.steady(true);
    run(60);
    expect(take()).toEqual([160, 160, 160]);
    leg.media.play('a', audio(800), true);
    expect(take()).toEqual(['START_MEDIA_BUFFERING', 800, 'STOP_MEDIA_BUFFERING']);
    run(80);
    expect(take()).toEqual([]);
    run(60);
    expect(take()).toEqual([160, 160, 160]);
    leg.receiveText(event('MEDIA_XOFF'));
    run(40);
    leg.receiveText(event('MEDIA_XON'));
    leg.steady(false);
    run(40);
    expect(take()).toEqual([]);
  });

  test('a prompt is sent at once, and heard by the clock', () => {
    const { leg, events, run, take } = call();
    leg.receiveText(start);
    leg.media.play('a', audio(8_000), true);
    expect(take()).toEqual(['START_MEDIA_BUFFERING', 8_000, 'STOP_MEDIA_BUFFERING']);
    run(500);
    expect(events).toMatchObject([{ type: 'playout-start', id: 'a', atMs: 20, audibleAtMs: 20 }]);
    run(500);
    expect(events[1]).toMatchObject({ type: 'playout-end', reason: 'finished', heardMs: 1_000 });
    expect(take()).toEqual([]);
  });

  test('a stream is kept in frames while it flows, and filled up when it has run dry', () => {
    const { leg, run, take } = call();
    leg.receiveText(start);
    leg.media.playStream('a', true);
    leg.media.append('a', audio(250));
    leg.media.append('a', audio(250));
    expect(take()).toEqual(['START_MEDIA_BUFFERING', 250, 250]);
    run(100);
    expect(take()).toEqual(['STOP_MEDIA_BUFFERING']);
    leg.media.append('a', audio(100));
    leg.media.finish('a');
    expect(take()).toEqual(['START_MEDIA_BUFFERING', 100, 'STOP_MEDIA_BUFFERING']);
  });

  test('the caller who speaks up flushes what allows it; the rest is sent again from where it was heard', () => {
    const { leg, events, run, take } = call();
    leg.receiveText(start);
    leg.media.listen({ turnId: 't' });
    run(500, 0);
    leg.media.play('must', audio(4_000), false);
    leg.media.play('may', audio(40_000), true);
    take();
    run(300, 8_000);
    expect(events.map(({ type }) => type)).toContain('speech-start');
    const [flush, begin, samples, end] = take();
    expect([flush, begin, end]).toEqual(['FLUSH_MEDIA', 'START_MEDIA_BUFFERING', 'STOP_MEDIA_BUFFERING']);
    const heard = 4_000 - Number(samples);
    expect(heard).toBeGreaterThanOrEqual(480);
    expect(heard % 160).toBe(0);
    expect(events).toContainEqual(expect.objectContaining({ type: 'playout-end', id: 'may', heardMs: 0 }));
  });

  test('a click makes it stand still: what Asterisk has is flushed, and the rest is sent again a moment later', () => {
    const { leg, run, take, types } = call();
    leg.receiveText(start);
    leg.media.listen({ turnId: 't' });
    run(500, 0);
    leg.media.play('may', audio(40_000), true);
    run(200, 0);
    take();
    run(40, 8_000);
    run(200, 0);
    expect(take()).toEqual(['FLUSH_MEDIA']);
    run(100, 0);
    const sent = take();
    expect(sent.filter((one) => typeof one === 'string')).toEqual(['START_MEDIA_BUFFERING', 'STOP_MEDIA_BUFFERING']);
    expect(sent.reduce<number>((sum, one) => sum + (typeof one === 'number' ? one : 0), 0)).toBeGreaterThan(37_000);
    expect(types()).toEqual(['playout-start']);
  });

  test('what a cough cut off is sent again from its last pause', () => {
    const { leg, run, take } = call();
    leg.receiveText(start);
    leg.media.listen({ turnId: 't' });
    run(500, 0);
    leg.media.play('may', audio(40_000), true);
    run(300, 8_000);
    take();
    leg.media.resume();
    const sent = take();
    expect([sent[0], sent[1], sent.at(-1)]).toEqual(['FLUSH_MEDIA', 'START_MEDIA_BUFFERING', 'STOP_MEDIA_BUFFERING']);
    const again = sent.reduce<number>((sum, message) => sum + (typeof message === 'number' ? message : 0), 0);
    expect(again).toBeGreaterThan(30_000);
    expect(again).toBeLessThanOrEqual(40_000);
  });

  test('the deadline’s prompt goes before what is queued', () => {
    const { leg, types, run, take } = call();
    leg.receiveText(start);
    leg.media.play('silence', new Int16Array(16_000), true);
    leg.media.arm({ turnId: 't', afterMs: 200, waitingSinceMs: 0, prompt: { samples: audio(320) } });
    take();
    run(220);
    expect(types()).toContain('deadline');
    // Nine frames of it were heard by then.
    expect(take()).toEqual([
      'FLUSH_MEDIA',
      'START_MEDIA_BUFFERING',
      8_000,
      320 + 16_000 - 8_000 - 1_440,
      'STOP_MEDIA_BUFFERING',
    ]);
  });

  test('is never more than ten seconds ahead, and refills by the second', () => {
    const { leg, run, take } = call();
    leg.receiveText(start);
    leg.media.play('long', audio(MAX_AHEAD_SAMPLES + 20_000), true);
    const first = take().filter((message) => typeof message === 'number');
    expect(first.reduce((sum, samples) => sum + samples, 0)).toBe(MAX_AHEAD_SAMPLES);
    run(980);
    expect(take()).toEqual([]);
    run(40);
    expect(take()).toEqual([8_000]);
  });

  test('sends nothing from XOFF to XON', () => {
    const { leg, take } = call();
    leg.receiveText(start);
    leg.receiveText(event('MEDIA_XOFF'));
    leg.media.play('a', audio(160), true);
    expect(take()).toEqual([]);
    leg.receiveText(event('MEDIA_XON'));
    expect(take()).toEqual(['START_MEDIA_BUFFERING', 160, 'STOP_MEDIA_BUFFERING']);
  });

  test('a lost socket stops the playout; over another one the rest is said', () => {
    const { leg, events, run, take } = call();
    leg.receiveText(start);
    leg.media.play('a', audio(8_000), true);
    run(400);
    leg.disconnected();
    take();
    run(5_000);
    leg.receiveText(start);
    expect(take()).toEqual(['START_MEDIA_BUFFERING', 8_000 - 3_200, 'STOP_MEDIA_BUFFERING']);
    run(600);
    expect(events.at(-1)).toMatchObject({ type: 'playout-end', reason: 'finished', heardMs: 1_000 });
  });

  test('hears the caller in messages of any length, and silence where nothing comes', () => {
    const { leg, events, run } = call();
    leg.receiveText(start);
    leg.media.listen({ turnId: 't', pauseMs: 200 });
    run(500, 0);
    run(600, 8_000);
    // A key press: Asterisk sends nothing for 200 ms and more.
    run(600);
    const pause = events.find((told) => told.type === 'pause');
    expect(pause?.type === 'pause' && pause.samples.length).toBeGreaterThan(4_800);
    expect(leg.stats()).toMatchObject({ received: 55, lost: 0, foreign: 0 });
  });

  test('any text is survived, and what Asterisk refuses is told', () => {
    const { leg, take, troubles } = call();
    for (const text of ['', '{', 'null', '[]', '{"event":7}', '{"event":"DTMF_END","digit":"5"}'])
      leg.receiveText(text);
    leg.receiveText(JSON.stringify({ event: 'ERROR', error_text: 'no such command' }));
    leg.receiveText(JSON.stringify({ event: 'MEDIA_START', format: 'slin16' }));
    expect(troubles).toEqual(['no such command', 'Asterisk speaks slin16, not ulaw']);
    expect(take()).toEqual([]);
  });
});

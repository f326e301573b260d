import { expect, test } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { FakeMediaPlane } from './fake-media.js';
import type { MediaEvent } from './port.js';
import { toSharedPcm } from './shared-pcm.js';

async function openFake() {
  const clock = new FakeClock();
  const plane = new FakeMediaPlane(clock);
  const leg = await plane.openLeg({ callId: 'c', codec: 'ulaw', host: '127.0.0.1' });
  const events: MediaEvent[] = [];
  leg.subscribe((event) => events.push(event));
  const types = () => events.map(({ type }) => type);
  return { clock, leg, events, types };
}
const second = toSharedPcm(new Int16Array(8_000).fill(3_000));

test('plays items one after another by the clock', async () => {
  const { clock, leg, events } = await openFake();
  leg.play('a', second);
  leg.play('b', second);
  clock.advance(2_000);
  expect(
    events.map((e) => (e.type === 'playout-start' || e.type === 'playout-end' ? [e.type, e.id, e.atMs] : e)),
  ).toEqual([
    ['playout-start', 'a', 0],
    ['playout-end', 'a', 1_000],
    ['playout-start', 'b', 1_000],
    ['playout-end', 'b', 2_000],
  ]);
});

test('speech flushes what allows barge-in and comes with a pause', async () => {
  const { clock, leg, events, types } = await openFake();
  leg.listen({ turnId: 't' });
  leg.play('a', second);
  clock.advance(500);
  leg.speak(new Int16Array(4_000), { untilEnd: true });
  clock.advance(3_000);
  expect(types()).toEqual(['playout-start', 'playout-end', 'speech-start', 'pause', 'utterance-end']);
  expect(events[1]).toMatchObject({ reason: 'flushed', heardMs: 500 });
  expect(events[3]).toMatchObject({ atMs: 1_180, lastVoicedMs: 1_000, speechStartMs: 500 });
});

test('speech is ignored while nobody listens', async () => {
  const { clock, leg, types } = await openFake();
  leg.speak(new Int16Array(4_000));
  clock.advance(3_000);
  expect(types()).toEqual([]);
});

test('the deadline fires after the last voiced sample unless something is said', async () => {
  const { clock, leg, events } = await openFake();
  leg.listen({ turnId: 't' });
  leg.arm({ turnId: 't', afterMs: 900, prompt: second });
  leg.speak(new Int16Array(8_000));
  clock.advance(1_899);
  expect(events.some(({ type }) => type === 'deadline')).toBe(false);
  clock.advance(1);
  expect(events.at(-2)).toEqual({ type: 'deadline', turnId: 't', atMs: 1_900 });
  expect(leg.playing).toEqual(['deadline-t']);
});

test('a closed leg is silent and leaves no timer', async () => {
  const { clock, leg, types } = await openFake();
  leg.play('a', second);
  leg.arm({ turnId: 't', afterMs: 100, waitingSinceMs: 0, prompt: second });
  leg.close();
  leg.close();
  clock.advance(5_000);
  expect(types()).toEqual(['playout-start']);
  expect(clock.pendingCount).toBe(0);
});

test('tells its last counters when it is closed', async () => {
  const { leg } = await openFake();
  leg.close();
  expect(await leg.ended).toMatchObject({ received: 0, waitMs: 0 });
});

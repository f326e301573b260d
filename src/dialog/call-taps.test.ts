import { describe, expect, test } from 'vitest';
import type { FakeMediaLeg } from '../externalmedia/fake-media.js';
import { House } from './testing/house.js';
import { smallFlow } from './testing/small-flow.js';

describe('recordings and captures', () => {
  const paths = (leg: FakeMediaLeg, kind: 'record' | 'capture') =>
    leg.calls.flatMap((call) => (call.type === kind ? [call.path] : []));
  const recording = '/nowhere/recordings/2023-11-14T22-13-20-200Z_call-1.wav';

  test('by configuration from the beginning', async () => {
    const house = new House([], 'rtp', true);
    const leg = await house.call();
    expect(paths(leg, 'record')).toEqual([expect.stringMatching(/^\/nowhere\/recordings\/2023-11-14T.*_call-1\.wav$/)]);
    expect(house.reception.tap('call-1', 'recording', true)).toEqual({ type: 'done', file: paths(leg, 'record')[0] });
  });

  test('on demand, begun once and ended once', async () => {
    const house = new House();
    const leg = await house.call();
    expect(paths(leg, 'record')).toEqual([]);
    const tap = (kind: 'recording' | 'capture', on: boolean) => house.reception.tap('call-1', kind, on);
    expect(tap('recording', true)).toEqual({ type: 'done', file: recording });
    expect(tap('recording', true)).toEqual({ type: 'done', file: recording });
    expect(tap('recording', false)).toEqual({ type: 'done', file: recording });
    expect(tap('recording', false)).toEqual({ type: 'not-running' });
    expect(paths(leg, 'record')).toEqual([recording, undefined]);
    expect(tap('capture', true)).toMatchObject({ type: 'done', file: expect.stringMatching(/\.pcap$/) });
    expect(house.reception.tap('call-9', 'recording', true)).toEqual({ type: 'no-such-call' });
  });

  test('no capture of what is no packets', async () => {
    const house = new House([], 'websocket');
    await house.call();
    expect(house.reception.tap('call-1', 'capture', true)).toEqual({ type: 'no-packets' });
  });

  test('hold silence while a sensitive question stands, and where its answer is said', async () => {
    const { number } = smallFlow.nodes;
    if (number?.kind !== 'collect') throw new Error('the small flow has changed');
    const nodes = { ...smallFlow.nodes, number: { ...number, sensitive: true, confirm: 'always' as const } };
    const house = new House();
    house.live = { flow: { ...smallFlow, nodes }, version: 1 };
    const leg = await house.call();
    const redacted = () => leg.calls.flatMap((call) => (call.type === 'redact' ? [call.on] : []));
    await house.says(leg, 'where is my order');
    expect([house.last?.nextNodeId, redacted()]).toEqual(['number', [false, true]]);
    house.ari.press('4821');
    await house.wait(2_000);
    house.ari.press('1');
    await house.wait(2_000);
    // The read-back, and “Order 4 8 2 1 is ready.” two steps after the question.
    expect(house.last?.said).toContain('[sensitive]');
    expect(
      redacted()
        .slice(2)
        .every((on) => on),
    ).toBe(true);
  });
});

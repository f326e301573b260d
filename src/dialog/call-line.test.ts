import { describe, expect, test } from 'vitest';
import { mediaChannelId } from '../ari/ids.js';
import type { FakeMediaLeg } from '../externalmedia/fake-media.js';
import { House } from './testing/house.js';

describe('a call over a websocket', () => {
  const lose = (leg: FakeMediaLeg): void => leg.emit({ type: 'media-lost', atMs: 0, silentMs: 0 });
  const media = (house: House) => house.ari.operationsOf('externalMedia');

  test('has Asterisk wait for it, and is connected before it is bridged', async () => {
    const house = new House([], 'websocket');
    const leg = await house.call();
    expect(media(house)[0]?.options).not.toHaveProperty('rtpTo');
    expect(leg.calls[0]).toEqual({ type: 'connect', remote: { url: 'ws://127.0.0.1/media/40002' } });
  });

  test('that is lost is connected again over another channel, in the same bridge, and goes on', async () => {
    const house = new House([], 'websocket');
    const leg = await house.call();
    lose(leg);
    await house.wait(100);
    expect(media(house)).toHaveLength(2);
    expect(leg.calls.filter(({ type }) => type === 'connect')).toHaveLength(2);
    expect(await house.ari.listBridges()).toMatchObject([{ channelIds: ['call-1', 'em-call-1'] }]);
    expect(house.endings).toEqual([]);
  });

  test('that cannot be connected again goes to the dialplan', async () => {
    const house = new House([], 'websocket');
    const leg = await house.call();
    house.ari.fail('externalMedia');
    lose(leg);
    await house.wait(100);
    expect(house.endings).toEqual(['dialplan']);
    expect(house.ari.operationsOf('continueInDialplan')).toHaveLength(1);
  });

  test('whose media thread died is not connected again', async () => {
    const house = new House([], 'websocket');
    const leg = await house.call();
    lose(leg);
    leg.close();
    await house.wait(100);
    expect(media(house)).toHaveLength(1);
    expect(house.endings).toEqual(['dialplan']);
  });
});

test('a media channel that Asterisk ends gives its caller to the dialplan', async () => {
  const house = new House();
  await house.call();
  await house.ari.hangup(mediaChannelId('call-1'));
  await house.wait(10);
  expect(house.endings).toEqual(['dialplan']);
  expect(house.ari.operationsOf('continueInDialplan')).toMatchObject([{ channelId: 'call-1' }]);
});

test('a media thread that dies gives its caller to the dialplan', async () => {
  const house = new House();
  const leg = await house.call();
  leg.emit({ type: 'media-lost', atMs: house.clock.nowMs(), silentMs: 0 });
  await house.wait(50);
  expect(house.endings).toEqual(['dialplan']);
  expect(house.ari.operationsOf('continueInDialplan')).toHaveLength(1);
});

test('a caller hears it ring until everything behind the call is there', async () => {
  const house = new House();
  await house.call();
  const order = house.ari.operations.map(({ type }) => type);
  expect(order.indexOf('answer')).toBeGreaterThan(order.indexOf('externalMedia'));
  expect(order.indexOf('answer')).toBeGreaterThan(order.indexOf('createBridge'));
});

test('a caller whose audio cannot be set up is not answered: the dialplan does it', async () => {
  const house = new House();
  house.ari.fail('externalMedia');
  await house.call();
  expect(house.ari.operationsOf('answer')).toEqual([]);
  expect(house.ari.operationsOf('continueInDialplan')).toMatchObject([{ channelId: 'call-1' }]);
});

import { beforeEach, describe, expect, it } from 'vitest';
import { FakeAri } from '../ari/fake-ari.js';
import { bridgeId, legChannelId, mediaChannelId } from '../ari/ids.js';
import { FakeClock } from '../kernel/fake-clock.js';
import { Lifeline, type LifelineAri, type LifelineEvent } from './lifeline.js';

let clock: FakeClock;
let asterisk: FakeAri;
let lease: string;
let events: LifelineEvent[];
/** Runs when the lease is read, before it is handed out. */
let onRead: () => void;

beforeEach(() => {
  clock = new FakeClock();
  asterisk = new FakeAri(clock, 'desk');
  lease = 'a.1';
  events = [];
  onRead = () => undefined;
});

function lifeline(): Lifeline {
  const ari: LifelineAri = {
    readLease: () => {
      onRead();
      return Promise.resolve(lease);
    },
    listChannels: () => asterisk.listChannels(),
    listBridges: () => asterisk.listBridges(),
    hangup: (id) => asterisk.hangup(id),
    destroyBridge: (id) => asterisk.destroyBridge(id),
    continueInDialplan: (id) => asterisk.continueInDialplan(id),
  };
  return new Lifeline({ ari, app: 'desk', afterMs: 2_000, clock, tell: (event) => events.push(event) });
}

function start(): Lifeline {
  const started = lifeline();
  void started.run();
  return started;
}

/** The controller renews each second, for so long. */
async function renews(seconds: number): Promise<void> {
  for (let n = 0; n < seconds; n++) {
    lease = `a.${String(Number(lease.slice(2)) + 1)}`;
    await clock.advanceAsync(1_000);
  }
}

/** A caller with media channel and bridge, as the controller makes them. */
async function liveCall(channelId: string): Promise<void> {
  asterisk.callArrives({ channelId });
  await asterisk
    .stageExternalMedia({ channelId: mediaChannelId(channelId), rtpTo: { host: 'h', port: 1 }, format: 'ulaw' })
    .execute();
  await asterisk.createBridge(bridgeId(channelId), channelId);
  await asterisk.addToBridge(bridgeId(channelId), channelId);
  await asterisk.addToBridge(bridgeId(channelId), mediaChannelId(channelId));
}

const deeds = (): string[] =>
  asterisk.operations.flatMap((operation) => {
    if (operation.type === 'continueInDialplan' || operation.type === 'hangup')
      return [`${operation.type} ${operation.channelId}`];
    return operation.type === 'destroyBridge' ? [`destroyBridge ${operation.bridgeId}`] : [];
  });

describe('Lifeline', () => {
  it('does nothing, and asks for nothing but the lease, while the controller lives', async () => {
    await liveCall('c-1');
    asterisk.operations.length = 0;
    start();
    await renews(20);
    expect(asterisk.operations).toEqual([]);
    expect(events).toEqual([]);
  });

  it('gives each caller back once, within 2.5 s of the last renewal, and removes what is left', async () => {
    await liveCall('c-1');
    await liveCall('c-2');
    start();
    await renews(3);
    await clock.advanceAsync(1_500);
    expect(deeds()).toEqual([
      'continueInDialplan c-1',
      'continueInDialplan c-2',
      'hangup em-c-1',
      'hangup em-c-2',
      'destroyBridge hr-c-1',
      'destroyBridge hr-c-2',
    ]);
    await clock.advanceAsync(10_000);
    expect(deeds()).toHaveLength(6);
    expect(asterisk.left).toEqual({ channels: ['c-1', 'c-2'], bridges: [] });
    expect(events[0]).toEqual({ event: 'controller-silent', afterMs: 2_000 });
    expect(events[1]).toEqual({ event: 'done', action: 'continue', id: 'c-1' });
  });

  it('looks exactly when two seconds are over, also when its looks fall badly', async () => {
    asterisk.callArrives({ channelId: 'c-1' });
    const watching = lifeline();
    await watching.look();
    await clock.advanceAsync(300);
    void watching.run();
    await clock.advanceAsync(1_699);
    expect(deeds()).toEqual([]);
    await clock.advanceAsync(2);
    expect(deeds()).toEqual(['continueInDialplan c-1']);
  });

  it('leaves the calls alone when the controller comes back between decision and deed', async () => {
    asterisk.callArrives({ channelId: 'c-1' });
    start();
    asterisk.delay('listChannels', 40);
    await clock.advanceAsync(2_020);
    lease = 'a.2';
    await clock.advanceAsync(500);
    expect(deeds()).toEqual([]);
    expect(events.map(({ event }) => event)).toEqual(['controller-silent', 'controller-back']);
  });

  it('stops in the middle when the controller comes back', async () => {
    for (let n = 0; n < 20; n++) asterisk.callArrives({ channelId: `c-${String(n)}` });
    let reads = 0;
    start();
    await clock.advanceAsync(1_900);
    onRead = () => {
      if (++reads === 3) lease = 'b.1';
    };
    await clock.advanceAsync(200);
    expect(deeds()).toHaveLength(8);
  });

  it('goes on looking while nobody serves: callers still enter an application whose program hangs', async () => {
    start();
    await clock.advanceAsync(5_000);
    asterisk.callArrives({ channelId: 'late' });
    await clock.advanceAsync(500);
    expect(deeds()).toEqual(['continueInDialplan late']);
  });

  it('never touches callers of other applications, nor those in the dialplan', async () => {
    const other = new FakeAri(clock, 'other');
    other.callArrives({ channelId: 'theirs' });
    asterisk.listChannels = async () => [
      ...(await other.listChannels()),
      { ...asterisk.callArrives({ channelId: 'in-dialplan' }), stasisApp: undefined },
    ];
    start();
    await clock.advanceAsync(10_000);
    expect(events).toEqual([{ event: 'controller-silent', afterMs: 2_000 }]);
    expect(deeds()).toEqual([]);
  });

  it('never touches callers of a program that has our name and no lease', async () => {
    lease = '';
    asterisk.callArrives({ channelId: 'c-1' });
    start();
    await clock.advanceAsync(10_000);
    expect(deeds()).toEqual([]);
  });

  it('lets a caller talk on with a person', async () => {
    await liveCall('c-1');
    await asterisk.originate({
      channelId: legChannelId('c-1', 1),
      endpoint: 'Local/300@x',
      timeoutMs: 1_000,
      format: 'ulaw',
    });
    asterisk.legAnswers(legChannelId('c-1', 1));
    await asterisk.addToBridge(bridgeId('c-1'), legChannelId('c-1', 1));
    start();
    await clock.advanceAsync(5_000);
    expect(deeds()).toEqual(['hangup em-c-1']);
    asterisk.hangsUp(legChannelId('c-1', 1));
    await clock.advanceAsync(1_000);
    expect(deeds().slice(1)).toEqual(['continueInDialplan c-1', 'destroyBridge hr-c-1']);
  });

  it('has no quarrel with a second one', async () => {
    await liveCall('c-1');
    start();
    start();
    await clock.advanceAsync(10_000);
    expect(events.filter(({ event }) => event === 'failed')).toEqual([]);
    expect(asterisk.left).toEqual({ channels: ['c-1'], bridges: [] });
  });

  it('tries again what Asterisk refused', async () => {
    asterisk.callArrives({ channelId: 'c-1' });
    asterisk.fail('continueInDialplan', 'HR_ARI_TIMEOUT');
    start();
    await clock.advanceAsync(2_600);
    expect(deeds()).toEqual(['continueInDialplan c-1', 'continueInDialplan c-1']);
    expect(events.map(({ event }) => event)).toEqual(['controller-silent', 'failed', 'done']);
  });

  it('waits for an Asterisk that is away, and says so once', async () => {
    start();
    await renews(1);
    onRead = () => {
      throw new Error('ECONNREFUSED');
    };
    await clock.advanceAsync(10_000);
    onRead = () => undefined;
    await renews(5);
    expect(events).toEqual([{ event: 'asterisk-away', problem: 'ECONNREFUSED' }, { event: 'asterisk-back' }]);
  });

  it('stops at once', async () => {
    const running = start();
    await renews(1);
    running.stop();
    await clock.advanceAsync(0);
    expect(clock.pendingCount).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { FakeAri } from './fake-ari.js';
import { bridgeId, callIdOf, legChannelId, mediaChannelId, tagBridgeName } from './ids.js';
import type { BridgeInfo, ChannelInfo } from './port.js';
import { planSweep, runSweep, type SweepKnowledge } from './sweep.js';

const knowledge: SweepKnowledge = {
  app: 'desk',
  liveCallIds: new Set(['live']),
  liveCallChannelIds: new Set(['caller-live']),
};

function channel(id: string, stasisApp?: string): ChannelInfo {
  return { id, name: `X/${id}`, state: 'Up', callerNumber: '', dialled: '', stasisApp, createdAtWallMs: 0 };
}

function bridge(id: string, name: string, channelIds: readonly string[] = []): BridgeInfo {
  return { id, name, channelIds };
}

describe('ids', () => {
  it('lead back to their call', () => {
    for (const id of [
      mediaChannelId('c-1'),
      bridgeId('c-1'),
      legChannelId('c-1', 12),
      bridgeId(legChannelId('c-1', 12)),
    ])
      expect(callIdOf(id)).toBe('c-1');
    expect(callIdOf('1763860499.12')).toBeUndefined();
  });
});

describe('planSweep', () => {
  it('removes what dead calls left and keeps what living ones use', () => {
    const channels = [
      channel(mediaChannelId('dead'), 'desk'),
      channel(legChannelId('dead', 1), 'desk'),
      channel(mediaChannelId('live'), 'desk'),
      channel('caller-live', 'desk'),
    ];
    const name = tagBridgeName('desk', 'call');
    const bridges = [bridge(bridgeId('dead'), name), bridge(bridgeId('live'), name)];
    expect(planSweep(channels, bridges, knowledge)).toEqual([
      { type: 'hangup', channelId: 'em-dead' },
      { type: 'hangup', channelId: 'lg-1-dead' },
      { type: 'destroy-bridge', bridgeId: 'hr-dead' },
    ]);
  });

  it('keeps the bridge of whoever listens in for as long as the call is there', () => {
    const bridges = ['live', 'dead'].map((call) => {
      const legs = [legChannelId(call, 901), legChannelId(call, 902)];
      return bridge(bridgeId(legChannelId(call, 902)), tagBridgeName('desk', 'listening'), legs);
    });
    expect(planSweep([], bridges, knowledge)).toEqual([{ type: 'destroy-bridge', bridgeId: 'hr-lg-902-dead' }]);
  });

  it('re-adopts callers without a session before anything else', () => {
    const caller = channel('caller-lost', 'desk');
    expect(planSweep([channel(mediaChannelId('dead'), 'desk'), caller], [], knowledge)).toEqual([
      { type: 'readopt', channel: caller },
      { type: 'hangup', channelId: 'em-dead' },
    ]);
    expect(planSweep([caller], [], { ...knowledge, orphanCallers: 'continue' })).toEqual([
      { type: 'continue', channelId: 'caller-lost' },
    ]);
  });

  it('lets a caller and a person talk on, and removes the media channel between them', () => {
    const ids = ['caller-lost', legChannelId('dead', 1), mediaChannelId('dead')];
    const bridges = [bridge(bridgeId('dead'), tagBridgeName('desk', 'call'), ids)];
    const channels = ids.map((id) => channel(id, 'desk'));
    expect(planSweep(channels, bridges, knowledge)).toEqual([{ type: 'hangup', channelId: 'em-dead' }]);
    const alone = [bridge(bridgeId('dead'), tagBridgeName('desk', 'call'), ['caller-lost'])];
    expect(planSweep([channel('caller-lost', 'desk')], alone, knowledge)).toHaveLength(2);
  });

  it('touches nothing of others', () => {
    const channels = [channel('someone', 'other'), channel(mediaChannelId('theirs'), 'other'), channel('in-dialplan')];
    const bridges = [bridge('conference', 'desk/x'), bridge(bridgeId('theirs'), tagBridgeName('other', 'call'))];
    expect(planSweep(channels, bridges, knowledge)).toEqual([]);
  });
});

describe('runSweep', () => {
  it('gives a caller that cannot be re-adopted to the dialplan and goes on', async () => {
    const ari = new FakeAri(new FakeClock(), 'desk');
    const caller = ari.callArrives();
    await ari.createBridge(bridgeId('dead'), 'call');
    const plan = planSweep(await ari.listChannels(), await ari.listBridges(), knowledge);
    const report = await runSweep(ari, plan, { readopt: () => Promise.reject(new Error('no engine')) });
    expect(report).toEqual({ removedChannels: 0, removedBridges: 1, readopted: 0, continued: 1, failed: [] });
    expect(ari.operationsOf('continueInDialplan')).toMatchObject([{ channelId: caller.id }]);
    expect(ari.left.bridges).toEqual([]);
  });

  it('reports what failed and does the rest', async () => {
    const ari = new FakeAri(new FakeClock(), 'desk');
    ari.fail('hangup');
    const plan = [
      { type: 'hangup', channelId: 'em-a' },
      { type: 'hangup', channelId: 'em-b' },
    ] as const;
    const report = await runSweep(ari, plan);
    expect(report.removedChannels).toBe(1);
    expect(report.failed).toMatchObject([{ action: { channelId: 'em-a' }, error: { code: 'HR_ARI_REQUEST' } }]);
  });
});

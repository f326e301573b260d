import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { RecordingLogger } from '../kernel/log.js';
import { FakeAri } from './fake-ari.js';
import { bridgeId, mediaChannelId } from './ids.js';
import type { SweepReport } from './sweep.js';
import { keepSwept } from './sweeper.js';

let clock: FakeClock;
let ari: FakeAri;
let live: Set<string>;
let lost: string[];
let known: Set<string>;
let reports: { readonly report: SweepReport; readonly lostCalls: number }[];
let log: RecordingLogger;
let stop: () => void;

beforeEach(() => {
  clock = new FakeClock();
  ari = new FakeAri(clock, 'desk');
  live = new Set();
  lost = [];
  known = new Set();
  reports = [];
  log = new RecordingLogger();
  stop = keepSwept({
    ari,
    app: 'desk',
    calls: {
      liveCalls: () => new Set(live),
      lost: (callId) => void (lost.push(callId), live.delete(callId)),
      readopt: ({ id }) => (known.has(id) ? Promise.resolve(void live.add(id)) : Promise.reject(new Error('unknown'))),
    },
    clock,
    log,
    onSwept: (report, lostCalls) => reports.push({ report, lostCalls }),
  });
});

async function mediaOf(callId: string): Promise<void> {
  await ari
    .stageExternalMedia({ channelId: mediaChannelId(callId), rtpTo: { host: 'h', port: 1 }, format: 'ulaw' })
    .execute();
  await ari.createBridge(bridgeId(callId), callId);
}

describe('keepSwept', () => {
  it('removes media channels without a call and bridges without channels within 16 s, and counts them', async () => {
    await mediaOf('gone');
    await clock.advanceAsync(16_000);
    expect(ari.left).toEqual({ channels: [], bridges: [] });
    expect(reports).toMatchObject([{ report: { removedChannels: 1, removedBridges: 1 }, lostCalls: 0 }]);
  });

  it('sweeps at every connect, and gives callers whom nobody serves to the dialplan', async () => {
    ari.callArrives({ channelId: 'nobody' });
    ari.disconnect();
    ari.reconnect();
    await clock.advanceAsync(1_000);
    expect(ari.operationsOf('continueInDialplan')).toMatchObject([{ channelId: 'nobody' }]);
  });

  it('takes up callers of whom somebody knows where they were, and leaves what is made for them alone', async () => {
    ari.callArrives({ channelId: 'c-1' });
    await mediaOf('c-1');
    known.add('c-1');
    ari.disconnect();
    ari.reconnect();
    await clock.advanceAsync(60_000);
    expect([...live]).toEqual(['c-1']);
    expect(ari.left).toEqual({ channels: ['c-1', 'em-c-1'], bridges: ['hr-c-1'] });
    expect(reports).toMatchObject([{ report: { readopted: 1, continued: 0 } }]);
  });

  it('leaves what is being served alone, for ever', async () => {
    ari.callArrives({ channelId: 'c-1' });
    live.add('c-1');
    await mediaOf('c-1');
    await clock.advanceAsync(120_000);
    expect(ari.left).toEqual({ channels: ['c-1', 'em-c-1'], bridges: ['hr-c-1'] });
    expect(reports).toEqual([]);
  });

  it('is not misled by a caller whose event comes after the list', async () => {
    await clock.advanceAsync(14_900);
    ari.callArrives({ channelId: 'c-1' });
    await clock.advanceAsync(200);
    live.add('c-1');
    await clock.advanceAsync(60_000);
    expect(ari.operationsOf('continueInDialplan')).toEqual([]);
  });

  it('ends the session of a caller who went to the dialplan, or away, without our hearing of it', async () => {
    for (const channelId of ['moved', 'vanished']) {
      ari.callArrives({ channelId });
      live.add(channelId);
    }
    ari.disconnect();
    await ari.continueInDialplan('moved');
    ari.hangsUp('vanished');
    ari.operations.length = 0;
    ari.reconnect();
    await clock.advanceAsync(1_000);
    expect(lost).toEqual(['moved', 'vanished']);
    expect(ari.operations.every(({ type }) => type.startsWith('list'))).toBe(true);
    expect(reports).toMatchObject([{ lostCalls: 2 }]);
  });

  it('does not sweep while the line to Asterisk is cut, and goes on after a failure', async () => {
    await mediaOf('gone');
    ari.disconnect();
    ari.operations.length = 0;
    await clock.advanceAsync(60_000);
    expect(ari.operations).toEqual([]);
    ari.fail('listChannels');
    ari.reconnect();
    await clock.advanceAsync(20_000);
    expect(log.lines.map(({ message }) => message)).toEqual(['sweep failed', 'swept what was left over in Asterisk']);
    expect(ari.left.bridges).toEqual([]);
  });

  it('ends', async () => {
    stop();
    await clock.advanceAsync(0);
    expect(clock.pendingCount).toBe(0);
  });
});

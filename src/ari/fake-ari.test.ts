import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { FakeAri } from './fake-ari.js';
import type { AriEvent } from './port.js';

let clock: FakeClock;
let ari: FakeAri;
let events: AriEvent[];

beforeEach(() => {
  clock = new FakeClock();
  ari = new FakeAri(clock);
  events = [];
  ari.subscribe((event) => events.push(event));
});

const types = (): string[] => events.map((event) => event.type);

describe('FakeAri', () => {
  it('plays a call: arrives, is answered, presses, hangs up', async () => {
    const call = ari.callArrives({ callerNumber: '4711', args: ['100'] });
    await ari.answer(call.id);
    ari.press('1#');
    ari.hangsUp();
    expect(types()).toEqual(['stasis-start', 'dtmf', 'dtmf', 'hangup-request', 'stasis-end', 'channel-destroyed']);
    expect(ari.operations).toEqual([{ type: 'answer', channelId: call.id }]);
    await expect(ari.answer(call.id)).rejects.toMatchObject({ code: 'HR_CALL_GONE' });
    await ari.hangup(call.id);
    expect(ari.left).toEqual({ channels: [], bridges: [] });
  });

  it('starts media as Asterisk does: StasisStart first, then the address', async () => {
    const staged = ari.stageExternalMedia({
      channelId: 'em-1',
      rtpTo: { host: '127.0.0.1', port: 5_000 },
      format: 'alaw',
    });
    expect(ari.left.channels).toEqual([]);
    const { local } = await staged.execute();
    expect(local).toEqual({ host: '127.0.0.1', port: 40_002 });
    expect(types()).toEqual(['stasis-start']);
    await ari.createBridge('hr-1', 'call');
    await ari.addToBridge('hr-1', 'em-1');
    expect(await ari.listBridges()).toMatchObject([{ id: 'hr-1', channelIds: ['em-1'] }]);
  });

  it('bridges nobody who is not in the application', async () => {
    await ari.originate({ channelId: 'lg-1', endpoint: 'PJSIP/201', timeoutMs: 1_000, format: 'ulaw' });
    await ari.createBridge('hr-1', 'call');
    await expect(ari.addToBridge('hr-1', 'lg-1')).rejects.toMatchObject({ code: 'HR_ARI_REQUEST' });
    ari.legAnswers('lg-1');
    await ari.addToBridge('hr-1', 'lg-1');
    expect(types()).toEqual(['dial', 'dial', 'stasis-start']);
  });

  it('lets a leg fail', async () => {
    await ari.originate({ channelId: 'lg-1', endpoint: 'PJSIP/201', timeoutMs: 1_000, format: 'ulaw' });
    ari.legFails('lg-1', 'BUSY');
    expect(types()).toEqual(['dial', 'dial', 'channel-destroyed']);
    expect(events.at(-1)).toMatchObject({ cause: 17 });
  });

  it('gives a caller back to the dialplan', async () => {
    const call = ari.callArrives();
    await ari.continueInDialplan(call.id, { context: 'lifeline', extension: 's', priority: 1 });
    expect(types()).toEqual(['stasis-start', 'stasis-end']);
    expect(await ari.listChannels()).toMatchObject([{ id: call.id, stasisApp: undefined }]);
  });

  it('fails and delays what it is told to', async () => {
    const call = ari.callArrives();
    ari.fail('answer', 'HR_ARI_TIMEOUT');
    await expect(ari.answer(call.id)).rejects.toMatchObject({ code: 'HR_ARI_TIMEOUT' });
    ari.delay('answer', 300);
    let answered = false;
    const answering = ari.answer(call.id).then(() => (answered = true));
    await clock.advanceAsync(299);
    expect(answered).toBe(false);
    await clock.advanceAsync(1);
    await answering;
  });

  it('loses what happens while it is disconnected', () => {
    ari.callArrives();
    ari.disconnect();
    ari.press('1');
    ari.reconnect();
    expect(types()).toEqual(['stasis-start', 'disconnected', 'connected']);
  });
});

import { expect, test } from 'vitest';
import { House } from './testing/house.js';

async function listening(): Promise<House> {
  const house = new House();
  await house.call();
  expect(await house.reception.listen('call-1', '201')).toBe('ringing');
  house.ari.legAnswers('lg-901-call-1', ['listener']);
  await house.wait(100);
  return house;
}

test('a listener hears both sides of a call, in a bridge of their own', async () => {
  const house = await listening();
  expect(house.ari.operationsOf('originate').at(-1)?.options).toMatchObject({ endpoint: 'Local/201@people' });
  expect(house.ari.operationsOf('snoop')).toEqual([{ type: 'snoop', channelId: 'call-1', snoopId: 'lg-902-call-1' }]);
  const joined = house.ari.operationsOf('addToBridge').filter(({ bridgeId }) => bridgeId === 'hr-lg-902-call-1');
  expect(joined.map(({ channelId }) => channelId).sort()).toEqual(['lg-901-call-1', 'lg-902-call-1']);
  expect(house.endings).toEqual([]);
});

test('it ends when the listener hangs up, and the call goes on', async () => {
  const house = await listening();
  house.ari.hangsUp('lg-901-call-1');
  await house.wait(100);
  expect(house.ari.operationsOf('hangup').map(({ channelId }) => channelId)).toContain('lg-902-call-1');
  expect(house.ari.operationsOf('destroyBridge').map(({ bridgeId }) => bridgeId)).toEqual(['hr-lg-902-call-1']);
  expect(house.endings).toEqual([]);
});

test('it ends when somebody stops it, also while it rings', async () => {
  const house = await listening();
  expect(house.reception.stopListening('call-1', '202')).toBe(false);
  expect(house.reception.stopListening('call-1', '201')).toBe(true);
  expect(house.reception.stopListening('call-1', '201')).toBe(false);
  await house.reception.listen('call-1', '201');
  expect(house.reception.stopListening('call-1', '201')).toBe(true);
  await house.wait(100);
  const hungUp = house.ari.operationsOf('hangup').map(({ channelId }) => channelId);
  expect(hungUp).toEqual(expect.arrayContaining(['lg-901-call-1', 'lg-902-call-1', 'lg-903-call-1']));
  expect(house.endings).toEqual([]);
});

test('who hangs up at once leaves nothing behind', async () => {
  const house = new House();
  await house.call();
  house.ari.delay('snoop', 50);
  await house.reception.listen('call-1', '201');
  house.ari.legAnswers('lg-901-call-1', ['listener']);
  house.ari.hangsUp('lg-901-call-1');
  await house.wait(100);
  expect(house.ari.operationsOf('snoop')).toHaveLength(1);
  expect((await house.ari.listChannels()).map(({ id }) => id)).not.toContain('lg-902-call-1');
});

test('it ends with the call', async () => {
  const house = await listening();
  house.ari.hangsUp('lg-902-call-1');
  await house.wait(100);
  expect(house.ari.operationsOf('hangup').map(({ channelId }) => channelId)).toContain('lg-901-call-1');
});

test('of a call that is not up there is nothing to hear', async () => {
  const house = new House();
  expect(await house.reception.listen('call-9', '201')).toBe('no-such-call');
  expect(house.ari.operationsOf('originate')).toEqual([]);
});

test('where Asterisk cannot snoop, the listener is hung up', async () => {
  const house = new House();
  await house.call();
  house.ari.fail('snoop', 'HR_ARI_REQUEST');
  await house.reception.listen('call-1', '201');
  house.ari.legAnswers('lg-901-call-1', ['listener']);
  await house.wait(100);
  expect(house.ari.operationsOf('hangup').map(({ channelId }) => channelId)).toContain('lg-901-call-1');
  expect(house.endings).toEqual([]);
});

test('the caller is told before anything is heard, and nobody listens where that fails', async () => {
  const house = new House([], 'rtp', false, { settings: { listenInNotice: 'sound:custom/notice' } });
  await house.call();
  await house.reception.listen('call-1', '201');
  house.ari.legAnswers('lg-901-call-1', ['listener']);
  await house.wait(100);
  expect(house.ari.operationsOf('snoop')).toEqual([
    { type: 'snoop', channelId: 'call-1', snoopId: 'lg-903-call-1', whisper: true },
  ]);
  expect(house.ari.operationsOf('play')).toEqual([
    { type: 'play', channelId: 'lg-903-call-1', media: 'sound:custom/notice' },
  ]);
  await house.wait(5_000);
  expect(house.ari.operationsOf('snoop')).toHaveLength(1);
  // What is whispered is mixed into the bot's voice, which must not be silent meanwhile.
  const steady = () => house.media.legs.at(-1)!.calls.flatMap((call) => (call.type === 'steady' ? [call.on] : []));
  expect(steady()).toEqual([true]);
  house.ari.playbackFinishes('lg-903-call-1');
  await house.wait(100);
  expect(steady()).toEqual([true, false]);
  expect(house.ari.operationsOf('snoop').at(-1)).toMatchObject({ snoopId: 'lg-902-call-1' });
  expect((await house.ari.listChannels()).map(({ id }) => id)).not.toContain('lg-903-call-1');

  const deaf = new House([], 'rtp', false, { settings: { listenInNotice: 'sound:custom/notice' } });
  await deaf.call();
  deaf.ari.fail('play', 'HR_ARI_REQUEST');
  await deaf.reception.listen('call-1', '201');
  deaf.ari.legAnswers('lg-901-call-1', ['listener']);
  await deaf.wait(100);
  expect(deaf.ari.operationsOf('snoop')).toHaveLength(1);
  const ids = (await deaf.ari.listChannels()).map(({ id }) => id);
  expect(ids.filter((id) => id.startsWith('lg-'))).toEqual([]);
});

test('of two who are told of at once, the first to be over does not silence the other', async () => {
  const house = new House([], 'rtp', false, { settings: { listenInNotice: 'sound:custom/notice' } });
  await house.call();
  for (const extension of ['201', '202']) await house.reception.listen('call-1', extension);
  for (const listener of ['lg-901-call-1', 'lg-904-call-1']) house.ari.legAnswers(listener, ['listener']);
  await house.wait(100);
  const steady = () => house.media.legs.at(-1)!.calls.flatMap((call) => (call.type === 'steady' ? [call.on] : []));
  house.ari.playbackFinishes('lg-903-call-1');
  await house.wait(100);
  expect(steady().at(-1)).toBe(true);
  house.ari.playbackFinishes('lg-906-call-1');
  await house.wait(100);
  expect(steady().at(-1)).toBe(false);
});

test('a tone is stopped after a moment', async () => {
  const house = new House([], 'rtp', false, { settings: { listenInNotice: 'tone:1400' } });
  await house.call();
  await house.reception.listen('call-1', '201');
  house.ari.legAnswers('lg-901-call-1', ['listener']);
  await house.wait(500);
  expect(house.ari.operationsOf('snoop')).toHaveLength(1);
  await house.wait(200);
  expect(house.ari.operationsOf('snoop').at(-1)).toMatchObject({ snoopId: 'lg-902-call-1' });
});

import { expect, test } from 'vitest';
import { FakeAri } from '../ari/fake-ari.js';
import { FakeClock } from '../kernel/fake-clock.js';
import { smallFlow } from './testing/small-flow.js';
import { TrialCalls } from './trial-calls.js';

const settings = {
  agentEndpoint: 'Local/{to}@people',
  media: { transport: 'rtp', host: '127.0.0.1', codec: 'alaw' },
} as const;

function house() {
  const clock = new FakeClock();
  const ari = new FakeAri(clock);
  return { ari, trials: new TrialCalls({ ari: () => ari, settings, clock }) };
}

test('rings the extension; its call begins at the node, on the flow that was given, until it ends', async () => {
  const { ari, trials } = house();
  const callId = await trials.ring('301', smallFlow, 'number');
  expect(ari.operationsOf('originate')).toMatchObject([
    { options: { channelId: callId, endpoint: 'Local/301@people', callerId: '301', format: 'alaw' } },
  ]);
  expect(trials.flowFor({ callId })).toEqual({ ...smallFlow, start: 'number' });
  expect(trials.flowFor({ callId: 'another' })).toBeUndefined();
  ari.hangsUp(callId);
  expect(trials.flowFor({ callId })).toBeUndefined();
});

test('what cannot be rung is told, and forgotten', async () => {
  const { ari, trials } = house();
  ari.fail('originate');
  await expect(trials.ring('301', smallFlow, 'number')).rejects.toMatchObject({ code: 'HR_ARI_REQUEST' });
  const starting = new TrialCalls({ ari: () => undefined, settings, clock: new FakeClock() });
  await expect(starting.ring('301', smallFlow, 'number')).rejects.toMatchObject({ code: 'HR_ARI_UNREACHABLE' });
});

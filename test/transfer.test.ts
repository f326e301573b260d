import { createSocket, type Socket } from 'node:dgram';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { readWav } from '../src/audio/wav.js';
import { expectNothingLeft, useLine } from './harness.js';
import { cafeNode, cafeWith } from './support/flows.js';
import { findSpeech } from './support/hearing.js';

const FOR_PERSON = '5';
const oneMoment = cafeNode('person', 'transfer').prompt ?? '';

describe('a person who answers', () => {
  const line = useLine();

  it('is connected with the caller, in both directions', async () => {
    const please = await line().sounds.caller('I want to talk to a person.');
    const words = await line().sounds.caller('Hello, I left my umbrella at your place.');
    const call = await line().call();
    await call.listen();
    await call.say(please);
    await call.expectPrompt(oneMoment);
    await call.expectSound('hello', 300);
    await call.listen();
    // Extension 300 sends back what it hears.
    await call.say(words);
    call.markAtStartOfSpeech();
    await call.expectToHear('the own words from the other side', words);
    expect(await line().mediaChannels()).toEqual([]);
    await call.hangup();
  });

  it('leaves nothing behind', () => expectNothingLeft(line()));
});

describe('a person who does not answer', () => {
  // A phone that lets it ring: a socket that takes calls and says nothing.
  let phone: Socket;
  beforeAll(async () => {
    phone = createSocket('udp4');
    await new Promise<void>((resolve) => phone.bind(0, '127.0.0.3', resolve));
  });
  afterAll(() => void phone.close());
  const line = useLine({
    prepare: (dataDir) => ({
      ...cafeWith(dataDir, { person: { ringMs: 4_000 } }),
      HANDRAIL_ARI_AGENT_ENDPOINT: `PJSIP/testcaller/sip:{to}@127.0.0.3:${String(phone.address().port)}`,
    }),
  });

  it('leads on to the message, which is written down', async () => {
    const words = await line().sounds.caller('Please call me back about the birthday cake.');
    const call = await line().call();
    await call.hearsVoice();
    await call.press(FOR_PERSON);
    await call.expectPrompt(oneMoment);
    await call.expectPrompt(cafeNode('message', 'voicemail').prompt);
    await call.listen();
    await call.say(words);
    await call.expectPrompt(cafeNode('messageTaken', 'hangup').prompt ?? '');
    expect((await call.phone.ended).by).toBe('them');
    const { callId } = await line().recordWhen(call.callerId, ({ endedAtWallMs }) => endedAtWallMs !== undefined);
    const message = await readWav(join(line().dataDir, 'voicemail', `${callId}.wav`));
    expect(findSpeech(message, words)).toBeDefined();
  });

  it('leaves nothing behind', () => expectNothingLeft(line()));
});

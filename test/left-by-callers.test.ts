import { createHmac } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeWav } from '../src/audio/wav.js';
import type { Flow } from '../src/flow/schema.js';
import type { CallbackRequest } from '../src/store/callbacks.js';
import { expectNothingLeft, until, useLine } from './harness.js';
import { findSpeech } from './support/hearing.js';

const SECRET = 'a secret of this test';
const DELIVERED_WITHIN_MS = 10_000;
const AGREED = '1';
const REFUSED = '2';

const leaveMessage = 'Please leave a message.';
const flow: Flow = {
  schema: 1,
  id: 'left',
  name: 'What callers leave',
  language: 'en-US',
  start: 'consent',
  operator: 'message',
  giveUp: 'message',
  nodes: {
    consent: {
      kind: 'collect',
      prompt: 'May we record this call?',
      slot: 'consent',
      entity: { type: 'yesno' },
      records: true,
      next: 'callMe',
    },
    callMe: { kind: 'callback', about: 'Recording: {consent}', next: 'message', failed: 'bye' },
    message: { kind: 'voicemail', prompt: leaveMessage, next: 'bye' },
    bye: { kind: 'hangup', prompt: 'Goodbye now.' },
  },
};

interface Post {
  readonly signature: string;
  readonly body: string;
}

/** The desk's own web service. */
let desk: Server;
const posts: Post[] = [];
beforeAll(async () => {
  desk = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      posts.push({ signature: String(request.headers['x-handrail-signature']), body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void desk.close());

const line = useLine({
  prepare: (dataDir) => {
    const [flowFile, secretFile] = [join(dataDir, 'flow.json'), join(dataDir, 'webhook-secret')];
    writeFileSync(flowFile, JSON.stringify(flow));
    writeFileSync(secretFile, `${SECRET}\n`, { mode: 0o600 });
    return {
      HANDRAIL_FLOW_FILE: flowFile,
      HANDRAIL_MEDIA_RECORD: 'consent',
      HANDRAIL_DELIVERY_WEBHOOK_URL: `http://127.0.0.1:${String((desk.address() as AddressInfo).port)}/left`,
      HANDRAIL_DELIVERY_WEBHOOK_SECRET_FILE: secretFile,
    };
  },
});

const recordings = (): readonly string[] => {
  const folder = join(line().dataDir, 'recordings');
  return existsSync(folder) ? readdirSync(folder) : [];
};
const openCallbacks = async () => (await line().ask('/api/callbacks')) as readonly CallbackRequest[];

it('records nothing of a caller who says no, and notes who wants to be called', async () => {
  const call = await line().call();
  await call.hearsVoice();
  await call.press(REFUSED);
  await call.expectPrompt(leaveMessage);
  const { callId, consent } = await call.hangup();
  expect(consent).toMatchObject({ agreed: false });
  expect(recordings()).toEqual([]);
  expect(await openCallbacks()).toMatchObject([{ callId, number: call.callerId, about: 'Recording: no' }]);
});

it('records one who agrees, and posts the request and the message to the desk, signed', async () => {
  const words = await line().sounds.caller('Please call me back about the birthday cake.');
  const call = await line().call();
  await call.hearsVoice();
  await call.press(AGREED);
  await call.expectPrompt(leaveMessage);
  await call.listen();
  await call.say(words);
  await call.expectPrompt('Goodbye now.');
  await call.phone.ended;
  const { callId, consent } = await line().recordWhen(
    call.callerId,
    ({ endedAtWallMs }) => endedAtWallMs !== undefined,
  );
  expect(consent).toMatchObject({ agreed: true });
  expect(recordings()).toEqual([expect.stringContaining(callId)]);

  const mine = await until(DELIVERED_WITHIN_MS, () => {
    const found = posts.filter(({ body }) => body.includes(callId));
    return found.length === 2 ? found : undefined;
  });
  const [request, message] = (mine ?? []).map(({ body, signature }) => {
    const seconds = /^t=(\d+),/.exec(signature)?.[1] ?? '';
    const expected = createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex');
    expect(signature).toBe(`t=${seconds},v1=${expected}`);
    return JSON.parse(body) as Readonly<Record<string, unknown>> & { readonly audio?: { readonly base64: string } };
  });
  expect(request).toMatchObject({ type: 'callback', number: call.callerId, about: 'Recording: yes' });
  expect(message).toMatchObject({ type: 'voicemail', callerNumber: call.callerId, nodeId: 'message' });
  // The list says so, too.
  const told = await until(DELIVERED_WITHIN_MS, async () =>
    (await openCallbacks()).find((one) => one.callId === callId && one.delivery === 'delivered'),
  );
  expect(told).toBeDefined();
  const heard = decodeWav(Buffer.from(message?.audio?.base64 ?? '', 'base64'), 'the post');
  expect(findSpeech(heard, words)).toBeDefined();
});

it('leaves nothing behind', () => expectNothingLeft(line()));

import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeWav, encodeWav } from '../audio/wav.js';
import { smallFlow } from '../dialog/testing/small-flow.js';
import { AdminHouse, local } from './testing/admin-house.js';

let house: AdminHouse;
beforeEach(async () => {
  house = await AdminHouse.open();
});
afterEach(() => house.store.close());

const tone = (amplitude: number): Int16Array =>
  Int16Array.from({ length: 8_000 }, (_, i) => amplitude * Math.sin(i / 3));
const upload = (title: string, bytes: Buffer) =>
  house.ask({
    method: 'POST',
    url: '/api/prompts',
    body: { title, sound: bytes.toString('base64') },
    headers: local,
  });

test('an uploaded recording is listed, and played as callers hear it', async () => {
  const made = (await upload('Welcome, Größe!', encodeWav([tone(300)]))).json<{ name: string; lengthMs: number }>();
  expect(made.name).toMatch(/^welcome-gro-e-[0-9a-f]{16}$/);
  expect(made.lengthMs).toBe(1_000);
  const heard = await house.ask({ url: `/api/prompts/${made.name}`, headers: local });
  expect(Math.max(...decodeWav(heard.rawPayload, 'prompt'))).toBeGreaterThan(3_000);
  expect(await house.prompts.list()).toMatchObject([{ name: made.name }]);
});

test('a recording is deleted only when neither draft nor version plays it', async () => {
  const { name } = await house.prompts.add('welcome', tone(300));
  const recordings = { 'en-US': { 'How can I help?': name } };
  await house.desk.saveDraft({ ...smallFlow, recordings }, 0, 'eva');
  const remove = () => house.ask({ method: 'DELETE', url: `/api/prompts/${name}`, headers: local });
  expect((await remove()).statusCode).toBe(409);
  await house.desk.dropDraft();
  expect((await remove()).statusCode).toBe(204);
  expect(await house.prompts.list()).toEqual([]);
});

test('a recording tells where it is played, and is named only while it is played nowhere', async () => {
  const { name } = await house.prompts.add('recorded-2026', tone(300));
  const rename = (from: string) =>
    house.ask({ method: 'PATCH', url: `/api/prompts/${from}`, body: { title: 'Welcome!' }, headers: local });
  const list = async () =>
    (await house.ask({ url: '/api/prompts', headers: local })).json<readonly Record<string, unknown>[]>();
  const hash = name.slice(-16);
  expect((await rename(name)).json()).toMatchObject({ name: `welcome-${hash}`, lengthMs: 1_000 });
  expect((await rename(name)).statusCode).toBe(404);
  expect(await list()).toMatchObject([{ name: `welcome-${hash}`, draftNodes: [], liveNodes: [], isUsed: false }]);

  const [id = '', node] = Object.entries(smallFlow.nodes).find(([, one]) => one.kind === 'menu') ?? [];
  const prompt = node?.kind === 'menu' ? node.prompt : '';
  await house.desk.saveDraft({ ...smallFlow, recordings: { 'en-US': { [prompt]: `welcome-${hash}` } } }, 0, 'eva');
  expect(await list()).toMatchObject([{ draftNodes: [id], liveNodes: [], isUsed: true }]);
  expect((await rename(`welcome-${hash}`)).statusCode).toBe(409);
  await house.desk.publishDraft(1, { author: 'eva', why: 'recorded' });
  await house.desk.rollback(1, { author: 'eva', why: 'not yet' });
  expect(await list()).toMatchObject([{ draftNodes: [], liveNodes: [], isUsed: true }]);
});

test('a draft that is no flow hides no recording', async () => {
  await house.prompts.add('welcome', tone(300));
  await house.desk.saveDraft({ recordings: 'none' }, 0, 'eva');
  const answer = await house.ask({ url: '/api/prompts', headers: local });
  expect(answer.json()).toMatchObject([{ isUsed: false }]);
});

test.each([
  ['nonsense', Buffer.from('#EXTM3U\nfile:///etc/passwd')],
  ['silence', encodeWav([new Int16Array(8_000)])],
])('%s is refused in words', async (_what, bytes) => {
  const answer = await upload('x', bytes);
  expect(answer.statusCode).toBe(422);
  expect(answer.json<{ code: string }>().code).toBe('HR_WAV_INVALID');
});

test('a file that would keep the line from its calls is not read', async () => {
  expect((await upload('x', Buffer.alloc(13 * 1024 * 1024))).statusCode).toBe(413);
});

test('a name from outside is no path', async () => {
  for (const name of ['../../../etc/passwd', 'a.wav', '\u0000']) {
    expect(await house.prompts.wav(name)).toBeUndefined();
    expect(house.prompts.samples(name)).toBeUndefined();
  }
  expect((await house.ask({ url: '/api/prompts/..%2f..%2fetc%2fpasswd', headers: local })).statusCode).toBe(404);
});

import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildAdmin } from './server.js';
import { AdminHouse, local } from './testing/admin-house.js';

let house: AdminHouse;
let app: FastifyInstance;
beforeAll(async () => {
  house = await AdminHouse.open();
  app = await buildAdmin({ deps: house.deps() });
});
afterAll(async () => {
  await app.close();
  await house.store.close();
});

function ask(url: string, payload?: object) {
  const method = payload === undefined ? 'GET' : 'POST';
  const headers = { host: '127.0.0.1:8080', ...local };
  return app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
}

test('callback requests are listed until somebody has called back', async () => {
  await house.store.callbacks.add({ callId: 'call-1', number: '0305', about: 'A question', atWallMs: 7 });
  const open = await ask('/api/callbacks');
  expect(open.json()).toEqual([{ id: 1, callId: 'call-1', number: '0305', about: 'A question', atWallMs: 7 }]);
  const done = await ask('/api/callbacks/1/done', {});
  expect(done.statusCode).toBe(204);
  expect(await house.store.callbacks.done(1, 'eva', 9)).toBe(false);
  expect(await house.store.callbacks.list(true)).toEqual([]);
  expect(await house.store.callbacks.list(false)).toMatchObject([{ id: 1, doneBy: expect.any(String) as string }]);
});

test('callback requests are deleted when they are too old, done or not', async () => {
  await house.store.callbacks.add({ callId: 'call-2', number: '0306', about: '', atWallMs: 20 });
  expect(await house.store.callbacks.forgetBefore(20)).toBe(1);
  expect(await house.store.callbacks.list(false)).toMatchObject([{ number: '0306' }]);
});

test('who listens in is in the audit log, whether or not the call is still up', async () => {
  const listen = (id: string) => ask(`/api/calls/${id}/listen`, { extension: '201' });
  expect((await listen('call-1')).statusCode).toBe(204);
  expect((await listen('call-9')).statusCode).toBe(404);
  expect(house.steered).toEqual(['call-1 heard at 201', 'call-9 heard at 201']);
  const log = await ask('/api/audit?limit=2');
  expect(log.json<{ action: string; subject: string }[]>()).toMatchObject([
    { action: 'call.listen-in', subject: 'call-9', to: '201' },
    { action: 'call.listen-in', subject: 'call-1', to: '201' },
  ]);
});

test('listening is ended from outside, once, and that is in the log too', async () => {
  const end = () => ask('/api/calls/call-1/listen', { extension: '201', on: false });
  await ask('/api/calls/call-1/listen', { extension: '201' });
  expect((await end()).statusCode).toBe(204);
  expect((await end()).statusCode).toBe(409);
  const log = await ask('/api/audit?limit=1');
  expect(log.json()).toMatchObject([{ action: 'call.listen-end', subject: 'call-1', to: '201' }]);
});

test('how far a request has come to those who are told of it stands at it', async () => {
  const { callbacks } = house.store;
  await callbacks.add({ callId: 'call-3', number: '0307', about: '', atWallMs: 30 });
  const states = async () => (await callbacks.list(true)).map(({ delivery }) => delivery);
  expect(await states()).toEqual([undefined, undefined]);
  await callbacks.delivery('call-3', 30, 'waiting');
  expect(await states()).toEqual(['waiting', undefined]);
  await callbacks.delivery('call-3', 30, 'delivered');
  expect(await states()).toEqual(['delivered', undefined]);
});

test('a consent is part of the call’s record', async () => {
  const callId = 'call-1';
  const call = { callId, channelId: callId, callerNumber: '1', dialled: '100', flowId: 'small', flowVersion: 1 };
  await house.store.startCall({ ...call, startedAtWallMs: 1, endedAtWallMs: undefined, ending: undefined });
  await house.store.addConsent(callId, false, 5);
  await house.store.addConsent(callId, true, 6);
  expect(await house.store.call(callId)).toMatchObject({ consent: { agreed: true, atWallMs: 6 } });
});

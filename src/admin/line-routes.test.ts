import { afterEach, beforeEach, expect, test } from 'vitest';
import { AdminHouse, local } from './testing/admin-house.js';

let house: AdminHouse;
beforeEach(async () => void (house = await AdminHouse.open()));
afterEach(() => house.store.close());

const put = (url: string, body: object) => house.ask({ method: 'PUT', url, body, headers: local });

test('what is decided about the line is in the audit log, and what is not done is not', async () => {
  house.health = {
    ...house.health,
    parts: [{ name: 'whisper', state: 'ready', problem: undefined, breaker: 'closed' }],
  };
  expect((await put('/api/engines', { engine: 'whisper', on: false })).json()).toMatchObject({ isOff: true });
  expect((await put('/api/engines', { engine: 'nobody', on: false })).statusCode).toBe(404);
  expect((await put('/api/admission', { mode: 'drain' })).json()).toMatchObject({ mode: 'drain' });
  expect((await put('/api/admission', { mode: 'no-such-mode' })).statusCode).toBe(400);
  expect(await house.store.audit.entries({ limit: 9 })).toMatchObject([
    { who: 'token local', action: 'line.admission', from: 'measured', to: 'drain' },
    { who: 'token local', action: 'line.engine', subject: 'whisper', to: 'off' },
  ]);
});

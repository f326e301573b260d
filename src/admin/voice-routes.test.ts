import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeWav, encodeWav } from '../audio/wav.js';
import { AdminHouse, local } from './testing/admin-house.js';

let house: AdminHouse;
beforeEach(async () => {
  house = await AdminHouse.open();
});
afterEach(() => house.store.close());

test('a text is said as a WAV of the telephone’s rate', async () => {
  const answer = await house.ask({ method: 'POST', url: '/api/speech', body: { text: 'Hello there' }, headers: local });
  expect(answer.headers['content-type']).toBe('audio/wav');
  expect(decodeWav(answer.rawPayload, 'answer')).toHaveLength(2_000);
});

test('what is no WAV is refused in words, and so is speech where nothing is asked', async () => {
  const ask = (wav: string, inputs: readonly unknown[]) =>
    house.ask({ method: 'POST', url: '/api/simulate/speech', body: { inputs, wallMs: 0, wav }, headers: local });
  const nonsense = await ask(Buffer.from('RIFF nonsense').toString('base64'), []);
  expect(nonsense.statusCode).toBe(422);
  expect(nonsense.json<{ code: string }>().code).toBe('HR_WAV_INVALID');
  const wav = encodeWav([new Int16Array(800)]).toString('base64');
  expect((await ask(wav, [{ type: 'keys', keys: '0' }])).statusCode).toBe(409);
  expect((await ask('x'.repeat(800_000), [])).statusCode).toBe(400);
});

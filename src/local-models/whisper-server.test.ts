import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../kernel/clock.js';
import type { EngineState, SpeechToText } from './ports.js';
import { createWhisperServer } from './whisper-server.js';

const LIMITS = { deadlineMs: 5_000 } as const;
const REQUEST = { samples: new Int16Array(800) } as const;

let server: Server | undefined;
let stt: SpeechToText | undefined;
afterEach(async () => {
  await stt?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
});

/** A recogniser behind a server that answers as `listener` does, once it has told its first state. */
async function behind(listener: RequestListener): Promise<{ engine: SpeechToText; state: EngineState }> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const engine = createWhisperServer({ baseUrl: `http://127.0.0.1:${port}/`, clock: systemClock });
  stt = engine;
  return { engine, state: await new Promise<EngineState>((resolve) => engine.onState(resolve)) };
}

test('is ready with any answer to /health, and gives back the text alone', async () => {
  const { engine, state } = await behind((request, response) =>
    request.url === '/health'
      ? response.writeHead(404).end()
      : response.writeHead(200).end(JSON.stringify({ text: ' A large latte.\n' })),
  );
  expect(state).toBe('ready');
  const { readings, free, noSpeechProb } = await engine.recognise(REQUEST, LIMITS);
  expect(readings).toEqual([]);
  expect(free?.text.reveal()).toBe('A large latte.');
  // The NLU reads no transcript without tokens.
  expect(free).toMatchObject({ logProb: 0, tokens: 3, runaway: false });
  expect(noSpeechProb).toBe(0);
});

test('is down while its model is loaded, and says so to who asks', async () => {
  const { engine, state } = await behind((_, response) => response.writeHead(503).end());
  expect(state).toBe('down');
  await expect(engine.recognise(REQUEST, LIMITS)).rejects.toMatchObject({
    code: 'HR_ENGINE_DOWN',
    message: expect.stringContaining('still being loaded'),
  });
});

test.each([
  ['a status', 500, '{}'],
  ['no text', 200, '{"words":[]}'],
  ['no JSON', 200, 'A large latte.'],
])('an answer with %s fails', async (_, status, body) => {
  const { engine } = await behind((request, response) =>
    request.url === '/health' ? response.end() : response.writeHead(status).end(body),
  );
  await expect(engine.recognise(REQUEST, LIMITS)).rejects.toMatchObject({ code: 'HR_ENGINE_FAILED' });
});

test('a request ends at its deadline, when it is cancelled, and when the engine is closed', async () => {
  const { engine } = await behind((request, response) => request.url === '/health' && response.end());
  await expect(engine.recognise(REQUEST, { deadlineMs: 50 })).rejects.toMatchObject({ code: 'HR_ENGINE_DEADLINE' });
  const signal = AbortSignal.timeout(50);
  await expect(engine.recognise(REQUEST, { ...LIMITS, signal })).rejects.toMatchObject({ code: 'HR_CANCELLED' });
  const asked = engine.recognise(REQUEST, LIMITS);
  await engine.close();
  await expect(asked).rejects.toMatchObject({ code: 'HR_CANCELLED' });
});

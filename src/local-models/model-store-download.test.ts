import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { download, HostUnreachable } from './model-store-download.js';
import { createDeliverer, type Wanted } from './model-store-sources.js';

const url = 'https://hub.example/model.bin';
const content = 'weights';
const clock = new FakeClock();

let dir: string;
let partFile: string;
let ranges: (string | null)[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-download-'));
  partFile = join(dir, 'model.bin.part');
  ranges = [];
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

/** A server that answers as `reply` says for the first byte that is asked for. */
function serving(reply: (fromByte: number) => Response): typeof globalThis.fetch {
  return async (_url, init) => {
    const range = new Headers(init?.headers).get('range');
    ranges.push(range);
    return reply(Number(range?.match(/\d+/)?.[0] ?? 0));
  };
}

const start = (
  fetch: typeof globalThis.fetch,
  progress: (doneBytes: number) => void = () => undefined,
): Promise<void> => download({ url, partFile, clock, fetch, progress });

test('loads a file and tells how far it is', async () => {
  const told: number[] = [];
  await start(
    serving(() => new Response(content)),
    (doneBytes) => told.push(doneBytes),
  );
  expect(readFileSync(partFile, 'utf8')).toBe(content);
  expect(told.at(-1)).toBe(content.length);
});

test('asks only for what is missing', async () => {
  writeFileSync(partFile, content.slice(0, 3));
  await start(serving((from) => new Response(content.slice(from), { status: 206 })));
  expect(ranges).toEqual(['bytes=3-']);
  expect(readFileSync(partFile, 'utf8')).toBe(content);
});

test('begins again with a server that knows no ranges', async () => {
  writeFileSync(partFile, 'wei');
  await start(serving(() => new Response(content)));
  expect(readFileSync(partFile, 'utf8')).toBe(content);
});

test('begins again when the part is longer than the file', async () => {
  writeFileSync(partFile, `${content} and more`);
  await start(serving((from) => (from > 0 ? new Response('', { status: 416 }) : new Response(content))));
  expect(readFileSync(partFile, 'utf8')).toBe(content);
});

test('another status is an error', async () => {
  await expect(start(serving(() => new Response('', { status: 404 })))).rejects.toThrow('HTTP 404');
});

test('a host that does not answer within 5 s is unreachable', async () => {
  let outcome: Promise<void> | undefined;
  await new Promise<void>((asked) => {
    const silent: typeof globalThis.fetch = (_url, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new Error('aborted')));
        asked();
      });
    outcome = expect(start(silent)).rejects.toBeInstanceOf(HostUnreachable);
  });
  clock.advance(5_000);
  await outcome;
});

test('a host that could not be reached is not asked again', async () => {
  let asked = 0;
  const fetch: typeof globalThis.fetch = () => {
    asked += 1;
    return Promise.reject(new Error('getaddrinfo ENOTFOUND'));
  };
  const deliverer = createDeliverer({ scratchDir: join(dir, 'scratch'), python: 'none', clock, fetch });
  const source = { type: 'url', base: 'https://hub.example/' } as const;
  const file = { path: 'model.bin', bytes: 7, sha256: '' };
  const model = { id: 'ear', use: '', need: 'calls' as const, licence: '', files: [file], sources: [source] };
  const wanted: Wanted = { model, file, partFile, progress: () => undefined };
  await expect(deliverer.deliver(source, wanted)).rejects.toThrow('hub.example cannot be reached');
  await expect(deliverer.deliver(source, wanted)).rejects.toThrow('hub.example cannot be reached');
  expect(asked).toBe(1);
});

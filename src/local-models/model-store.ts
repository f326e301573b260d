import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HandrailError } from '../kernel/errors.js';
import {
  type Manifest,
  type ModelEntry,
  type ModelFile,
  type ModelSource,
  nameOf,
  sourcesOf,
} from './model-store-manifest.js';
import { type Deliverer, codeOf } from './model-store-sources.js';

/** `broken`: there, but not what the manifest says. */
export type FileState = 'ready' | 'missing' | 'broken';

export interface ModelState {
  model: ModelEntry;
  files: readonly { file: ModelFile; state: FileState }[];
  /** Every file is ready. */
  ready: boolean;
}

export interface FetchProgress {
  model: ModelEntry;
  file: ModelFile;
  source: string;
  doneBytes: number;
}

export interface ModelStoreOptions {
  manifest: Manifest;
  /** Holds one folder a model, named by its id. */
  dir: string;
  deliverer: Deliverer;
  /** A folder of weights that is asked before every other source: for sites without internet. */
  localDir?: string;
  onProgress?: (progress: FetchProgress) => void;
}

/** What was known of a file when its hash was last taken. */
type Stamp = Record<string, { bytes: number; mtimeMs: number; sha256: string }>;

const stampName = '.verified.json';
const modelsAtOnce = 3;

/**
 * The weights on this machine. A file gets its name only after its bytes had the manifest's hash, so what is there under
 * its name can be used; a broken or interrupted download stays a `.part` beside it and is resumed.
 */
export class ModelStore {
  constructor(private readonly options: ModelStoreOptions) {}

  /** @throws {HandrailError} HR_USAGE for an id that is not in the manifest */
  model(id: string): ModelEntry {
    const { models } = this.options.manifest;
    const found = models.find((model) => model.id === id);
    if (found) return found;
    throw new HandrailError(
      'HR_USAGE',
      `There is no model ${id}; there are ${models.map((model) => model.id).join(', ')}.`,
    );
  }

  /** The models that are fetched unasked. */
  usual(): ModelEntry[] {
    return this.options.manifest.models.filter((model) => model.need !== 'on-request');
  }

  /** Quick: a file whose size and time are those of its last hash is not read again. */
  list(): Promise<ModelState[]> {
    return Promise.all(this.options.manifest.models.map((model) => this.state(model, 'quick')));
  }

  /** Reads every file of the models that are there and takes its hash. */
  verify(): Promise<ModelState[]> {
    return Promise.all(this.options.manifest.models.map((model) => this.state(model, 'full')));
  }

  async state(model: ModelEntry, depth: 'quick' | 'full'): Promise<ModelState> {
    const stamp = await this.#readStamp(model);
    const files = await Promise.all(
      model.files.map(async (file) => ({ file, state: await this.#fileState(model, file, stamp, depth) })),
    );
    return { model, files, ready: files.every(({ state }) => state === 'ready') };
  }

  /**
   * Fetches what is missing or broken, up to three models at once.
   *
   * @returns one result a model, in order
   */
  async fetch(models: readonly ModelEntry[]): Promise<PromiseSettledResult<void>[]> {
    const results: PromiseSettledResult<void>[] = [];
    const waiting = [...models.entries()];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [index, model] = next;
        const [result] = await Promise.allSettled([this.fetchModel(model)]);
        results[index] = result;
      }
    };
    try {
      await Promise.all(Array.from({ length: modelsAtOnce }, worker));
    } finally {
      await this.options.deliverer.end();
    }
    return results;
  }

  /**
   * @param only instead of the model's own sources
   * @throws {HandrailError} HR_WEIGHT_HASH, HR_WEIGHT_MISSING or HR_DISK_FULL
   */
  async fetchModel(model: ModelEntry, only?: ModelSource): Promise<void> {
    const { files } = await this.state(model, 'quick');
    await mkdir(join(this.options.dir, model.id), { recursive: true });
    for (const { file, state } of files) {
      if (state !== 'ready') await this.#fetchFile(model, file, only ? [only] : this.#sourcesOf(model, file));
    }
  }

  async #fetchFile(model: ModelEntry, file: ModelFile, sources: readonly ModelSource[]): Promise<void> {
    const target = this.#path(model, file);
    const partFile = `${target}.part`;
    const failures: string[] = [];
    let hadWrongHash = false;
    for (const source of sources) {
      const name = nameOf(source);
      const progress = (doneBytes: number): void => this.options.onProgress?.({ model, file, source: name, doneBytes });
      try {
        progress(0);
        await this.options.deliverer.deliver(source, { model, file, partFile, progress });
      } catch (error) {
        if (codeOf(error) === 'ENOSPC') throw new HandrailError('HR_DISK_FULL', target, { cause: error });
        failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        continue;
      }
      const sha256 = await hashFile(partFile);
      if (sha256 === file.sha256) {
        await rename(partFile, target);
        await this.#stamp(model, file);
        return;
      }
      // Not kept: a resume would only add to bytes that are wrong already.
      await rm(partFile, { force: true });
      hadWrongHash = true;
      failures.push(`${name}: its SHA-256 is ${sha256}, wanted is ${file.sha256}`);
    }
    const where = `${model.id}/${file.path}: ${failures.join('; ') || 'it has no source'}.`;
    throw new HandrailError(hadWrongHash ? 'HR_WEIGHT_HASH' : 'HR_WEIGHT_MISSING', where);
  }

  #sourcesOf(model: ModelEntry, file: ModelFile): ModelSource[] {
    const { localDir } = this.options;
    return [...(localDir ? [{ type: 'directory' as const, path: localDir }] : []), ...sourcesOf(model, file)];
  }

  async #fileState(model: ModelEntry, file: ModelFile, stamp: Stamp, depth: 'quick' | 'full'): Promise<FileState> {
    const path = this.#path(model, file);
    const found = await stat(path).catch(() => undefined);
    if (!found) return 'missing';
    if (found.size !== file.bytes) return 'broken';
    const known = stamp[file.path];
    const unchanged = known?.sha256 === file.sha256 && known.bytes === found.size && known.mtimeMs === found.mtimeMs;
    if (depth === 'quick' && unchanged) return 'ready';
    if ((await hashFile(path)) !== file.sha256) return 'broken';
    await this.#stamp(model, file);
    return 'ready';
  }

  /** Stamps of one model are written one after the other: each write reads the file first. */
  #stamping: Promise<void> = Promise.resolve();

  #stamp(model: ModelEntry, file: ModelFile): Promise<void> {
    this.#stamping = this.#stamping.then(async () => {
      const found = await stat(this.#path(model, file));
      const stamp = await this.#readStamp(model);
      stamp[file.path] = { bytes: found.size, mtimeMs: found.mtimeMs, sha256: file.sha256 };
      await writeFile(join(this.options.dir, model.id, stampName), JSON.stringify(stamp));
    });
    return this.#stamping;
  }

  async #readStamp(model: ModelEntry): Promise<Stamp> {
    try {
      return JSON.parse(await readFile(join(this.options.dir, model.id, stampName), 'utf8')) as Stamp;
    } catch {
      return {}; // absent or spoilt: the hashes are taken again
    }
  }

  #path(model: ModelEntry, file: ModelFile): string {
    return join(this.options.dir, model.id, file.path);
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

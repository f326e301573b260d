import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, type Clock } from '../kernel/clock.js';

/** Where rendered prompts survive a restart. Methods may throw what the file system throws. */
export interface PromptStore {
  read(key: string): Buffer | undefined;
  write(key: string, bytes: Buffer): void;
}

/** Files in one folder, the longest unused ones deleted when they are more than `maxBytes` together. */
export class FilePromptStore implements PromptStore {
  #totalBytes: number | undefined;

  constructor(
    private readonly dir: string,
    private readonly maxBytes: number,
    private readonly clock: Clock = systemClock,
  ) {}

  read(key: string): Buffer | undefined {
    const path = this.#path(key);
    try {
      const bytes = readFileSync(path);
      const usedAtSeconds = this.clock.wallMs() / 1000;
      utimesSync(path, usedAtSeconds, usedAtSeconds);
      return bytes;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Written beside and renamed: a reader, or the next start after a power cut, never sees half a file. */
  write(key: string, bytes: Buffer): void {
    mkdirSync(this.dir, { recursive: true });
    const path = this.#path(key);
    const beside = `${path}.${process.pid}.part`;
    try {
      writeFileSync(beside, bytes);
      renameSync(beside, path);
    } catch (error) {
      rmSync(beside, { force: true });
      throw error;
    }
    this.#totalBytes = (this.#totalBytes ?? this.#measure().totalBytes - bytes.length) + bytes.length;
    if (this.#totalBytes > this.maxBytes) this.#shrink();
  }

  #shrink(): void {
    const { files, totalBytes } = this.#measure();
    this.#totalBytes = totalBytes;
    for (const file of files.sort((a, b) => a.usedAtMs - b.usedAtMs)) {
      // To nine tenths, so that not every write has to look through the folder.
      if (this.#totalBytes <= this.maxBytes * 0.9) return;
      rmSync(file.path, { force: true });
      this.#totalBytes -= file.bytes;
    }
  }

  #measure(): { files: { path: string; bytes: number; usedAtMs: number }[]; totalBytes: number } {
    const files = readdirSync(this.dir)
      .map((name) => join(this.dir, name))
      .map((path) => ({ path, stat: statSync(path, { throwIfNoEntry: false }) }))
      .flatMap(({ path, stat }) => (stat?.isFile() ? [{ path, bytes: stat.size, usedAtMs: stat.mtimeMs }] : []));
    return { files, totalBytes: files.reduce((sum, file) => sum + file.bytes, 0) };
  }

  #path(key: string): string {
    return join(this.dir, `${key}.pcm`);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

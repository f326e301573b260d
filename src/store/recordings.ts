import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asFileName } from '../kernel/file-name.js';

/** A recording of a call, as it lies in the folder of recordings. */
export interface Recording {
  readonly name: string;
  /** When it was last written. */
  readonly atWallMs: number;
}

/** The recordings of calls. A file is named after the moment and the call (`CallTaps`). */
export class Recordings {
  constructor(private readonly folder: string) {}

  /** Oldest first. */
  async of(callId: string): Promise<readonly Recording[]> {
    const names = (await this.#names()).filter((name) => isOf(name, callId)).sort();
    return Promise.all(
      names.map(async (name) => ({ name, atWallMs: Math.round((await stat(join(this.folder, name))).mtimeMs) })),
    );
  }

  /** @returns undefined when this call has no recording of this name: a name from outside is never made a path */
  async read(callId: string, name: string): Promise<Buffer | undefined> {
    if (!isOf(name, callId) || !(await this.#names()).includes(name)) return undefined;
    return readFile(join(this.folder, name));
  }

  async #names(): Promise<readonly string[]> {
    return readdir(this.folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
  }
}

function isOf(name: string, callId: string): boolean {
  return name.endsWith(`_${asFileName(callId)}.wav`);
}

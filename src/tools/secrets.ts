import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sensitive, type Sensitive } from '../kernel/sensitive.js';
import { ToolFailure } from './outcome.js';

/** Secrets of services: one file each in a folder, read at each use. */
export class ToolSecrets {
  /** @param dir absent: there are none */
  constructor(private readonly dir: string | undefined) {}

  async find(name: string): Promise<Sensitive<string> | undefined> {
    if (this.dir === undefined) return undefined;
    const text = await readFile(join(this.dir, name), 'utf8').catch(() => '');
    return text.trim() === '' ? undefined : sensitive(text.trim());
  }

  /** What carries a secret: `Bearer …`. @throws ToolFailure `no-secret` */
  async carried({ name, prefix = '' }: { readonly name: string; readonly prefix?: string }): Promise<string> {
    const value = await this.find(name);
    if (!value) throw new ToolFailure('no-secret');
    return `${prefix}${value.reveal()}`;
  }
}

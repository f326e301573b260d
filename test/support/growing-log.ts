import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The lines of interest of a log that grows: what was read before is not read again, however often somebody looks. */
export class GrowingLog {
  #text = '';
  #rest = '';
  #at = 0;

  constructor(
    private readonly path: string,
    private readonly interest: RegExp,
  ) {}

  /** All such lines so far. */
  get text(): string {
    const file = openSync(this.path, 'r');
    try {
      const fresh = Buffer.alloc(fstatSync(file).size - this.#at);
      this.#at += readSync(file, fresh, 0, fresh.length, this.#at);
      const lines = `${this.#rest}${fresh.toString('latin1')}`.split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) if (this.interest.test(line)) this.#text += `${line}\n`;
    } finally {
      closeSync(file);
    }
    return this.#text;
  }
}

import { StringDecoder } from 'node:string_decoder';

const MAX_LINE_LENGTH = 2_000;

/** Cuts the bytes of a log stream into lines; an endless line is cut off, so memory stays bounded. */
export class LineCutter {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(private readonly onLine: (line: string) => void) {}

  push(chunk: Buffer): void {
    const parts = (this.#rest + this.#decoder.write(chunk)).split(/\r?\n/);
    this.#rest = (parts.pop() ?? '').slice(0, MAX_LINE_LENGTH);
    for (const part of parts) this.#tell(part);
  }

  /** The stream is over: what is left is a line as well. */
  end(): void {
    this.#tell(this.#rest);
    this.#rest = '';
  }

  #tell(line: string): void {
    const text = line.trimEnd().slice(0, MAX_LINE_LENGTH);
    if (text) this.onLine(text);
  }
}

/**
 * Turns parts that arrive by themselves into an async iterable for one reader. Stopping to read (`break`, `return`, an
 * exception in the loop) calls `onStop` once.
 */
export class PartQueue<Part> implements AsyncIterable<Part> {
  readonly #parts: Part[] = [];
  #end: { readonly error: unknown } | 'finished' | undefined;
  #wake: (() => void) | undefined;

  constructor(private readonly onStop: () => void) {}

  push(part: Part): void {
    if (this.#end !== undefined) return;
    this.#parts.push(part);
    this.#wake?.();
  }

  /** No more parts; what has arrived is still delivered. */
  finish(): void {
    this.#end ??= 'finished';
    this.#wake?.();
  }

  /** The reader gets what has arrived, then the error. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Part, void, void> {
    try {
      for (;;) {
        const part = this.#parts.shift();
        if (part !== undefined) {
          yield part;
          continue;
        }
        if (this.#end === 'finished') return;
        if (this.#end) throw this.#end.error;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.#end ??= 'finished';
      this.onStop();
    }
  }
}

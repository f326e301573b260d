/**
 * Takes everything from a source as it comes, for one reader who comes later, or never. The source’s error is the reader’s,
 * once what came before it has been read.
 */
export class ReadAhead<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #end: { readonly error?: unknown } | undefined;
  #wake: () => void = () => undefined;

  /** @param onItem told each item when it comes */
  constructor(source: AsyncIterable<T>, onItem: (item: T) => void = () => undefined) {
    void this.#drain(source, onItem);
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (;;) {
      while (this.#items.length === 0 && !this.#end) await new Promise<void>((resolve) => (this.#wake = resolve));
      const [next] = this.#items.splice(0, 1);
      if (next !== undefined) yield next;
      else if (this.#end && 'error' in this.#end) throw this.#end.error;
      else return;
    }
  }

  async #drain(source: AsyncIterable<T>, onItem: (item: T) => void): Promise<void> {
    try {
      for await (const item of source) {
        this.#items.push(item);
        onItem(item);
        this.#wake();
      }
      this.#end = {};
    } catch (error) {
      this.#end = { error };
    }
    this.#wake();
  }
}

/**
 * Something that a caller said or pressed, or a secret: it prints as `[sensitive]` in logs, JSON and string templates.
 * `reveal()` is the only way to the value, so every use can be found by searching for it.
 */
export class Sensitive<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  map<U>(change: (value: T) => U): Sensitive<U> {
    return new Sensitive(change(this.#value));
  }

  toString(): string {
    return '[sensitive]';
  }

  toJSON(): string {
    return '[sensitive]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[sensitive]';
  }
}

export function sensitive<T>(value: T): Sensitive<T> {
  return new Sensitive(value);
}

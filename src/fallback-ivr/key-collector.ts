/**
 * DTMF, one key at a time, as the keypad face of a node reads it. Pure: the owner keeps the inter-digit timer and calls
 * `timeout` when it runs out.
 *
 * `0` leads to the operator and `*` one step back wherever they are not digits of a number; `#` ends a number, and
 * otherwise skips what is optional or says the question again.
 */
export type KeySpec =
  | { readonly kind: 'choice'; readonly keys: ReadonlySet<string> }
  | { readonly kind: 'digits'; readonly min: number; readonly max: number };

export type KeyEvent =
  | { readonly type: 'choice'; readonly key: string }
  | { readonly type: 'digits'; readonly digits: string }
  | { readonly type: 'operator' }
  | { readonly type: 'back' }
  | { readonly type: 'pound' }
  | { readonly type: 'invalid' };

/** Nothing to tell yet: more keys may come. */
export type KeyProgress = KeyEvent | { readonly type: 'more' };

export class KeyCollector {
  #digits = '';

  constructor(readonly spec: KeySpec) {}

  /** Whether keys have been pressed that make no event yet. */
  get pending(): boolean {
    return this.#digits !== '';
  }

  press(key: string): KeyProgress {
    return this.spec.kind === 'choice' ? this.#choose(key, this.spec.keys) : this.#collect(key, this.spec);
  }

  /** The inter-digit time ran out after the last key. */
  timeout(): KeyEvent {
    const digits = this.#take();
    return this.spec.kind === 'digits' && digits.length >= this.spec.min
      ? { type: 'digits', digits }
      : { type: 'invalid' };
  }

  #choose(key: string, keys: ReadonlySet<string>): KeyEvent {
    if (keys.has(key)) return { type: 'choice', key };
    if (key === '0') return { type: 'operator' };
    if (key === '*') return { type: 'back' };
    if (key === '#') return { type: 'pound' };
    return { type: 'invalid' };
  }

  #collect(key: string, { min, max }: { min: number; max: number }): KeyProgress {
    if (key === '*') {
      this.#take();
      return { type: 'back' };
    }
    if (key === '#') {
      const digits = this.#take();
      if (digits === '') return { type: 'pound' };
      return digits.length >= min ? { type: 'digits', digits } : { type: 'invalid' };
    }
    if (!/^[0-9]$/.test(key)) return { type: 'invalid' };
    this.#digits += key;
    return this.#digits.length >= max ? { type: 'digits', digits: this.#take() } : { type: 'more' };
  }

  #take(): string {
    const digits = this.#digits;
    this.#digits = '';
    return digits;
  }
}

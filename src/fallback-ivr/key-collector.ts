/**
 * DTMF, one key at a time, as the keypad face of a node reads it. Pure: the owner keeps the inter-digit timer and calls
 * `timeout` when it runs out.
 *
 * A key that only one answer can begin with is that answer at once. Where numbers can be dialled as well, a key that begins
 * one waits for the next key or the end of the inter-digit time.
 *
 * `0` leads to the operator and `*` one step back wherever they are not digits of a number; `#` ends a number, and
 * otherwise skips what is optional or says the question again.
 */
export type KeySpec =
  | {
      readonly kind: 'choice';
      readonly keys: ReadonlySet<string>;
      /** Numbers that may be dialled here, none of which begins with 0. */
      readonly numbers?: ReadonlySet<string>;
      /** Beginnings of names that may be keyed in instead, and whether each ends the row. */
      readonly names?: ReadonlyMap<string, { readonly ends: boolean }>;
    }
  | { readonly kind: 'digits'; readonly min: number; readonly max: number }
  /** Up to `whole` digits, and after a `*` two more at most. */
  | { readonly kind: 'amount'; readonly whole: number };

export type KeyEvent =
  | { readonly type: 'choice'; readonly key: string }
  /** Of an amount, with a point where `*` was pressed. */
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
    switch (this.spec.kind) {
      case 'choice':
        return this.#choose(key, this.spec);
      case 'digits':
        return this.#collect(key, this.spec);
      case 'amount':
        return this.#count(key, this.spec.whole);
    }
  }

  /** The inter-digit time ran out after the last key. */
  timeout(): KeyEvent {
    const digits = this.#take();
    switch (this.spec.kind) {
      case 'choice':
        return chosen(digits, this.spec);
      case 'digits':
        return digits.length >= this.spec.min ? { type: 'digits', digits } : { type: 'invalid' };
      case 'amount':
        return { type: 'digits', digits };
    }
  }

  #choose(key: string, spec: Extract<KeySpec, { kind: 'choice' }>): KeyProgress {
    if (spec.names) return this.#spell(key, spec.names);
    const dialled = this.#digits + key;
    if (goesOn(dialled, spec)) {
      this.#digits = dialled;
      return { type: 'more' };
    }
    const before = this.#take();
    if (before !== '' && key === '#') return chosen(before, spec);
    if (before !== '' && key !== '*') return chosen(dialled, spec);
    if (spec.keys.has(key)) return { type: 'choice', key };
    if (key === '0') return { type: 'operator' };
    if (key === '*') return { type: 'back' };
    if (key === '#') return { type: 'pound' };
    return { type: 'invalid' };
  }

  #spell(key: string, names: ReadonlyMap<string, { readonly ends: boolean }>): KeyProgress {
    const spelled = this.#digits + key;
    const known = names.get(spelled);
    if (known && !known.ends) {
      this.#digits = spelled;
      return { type: 'more' };
    }
    const before = this.#take();
    if (known) return { type: 'choice', key: spelled };
    if (key === '0') return { type: 'operator' };
    if (key === '*') return { type: 'back' };
    if (key === '#') return before === '' ? { type: 'pound' } : { type: 'choice', key: before };
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

  /** `*` is the point, and one step back before the first digit. */
  #count(key: string, whole: number): KeyProgress {
    const [before, after] = this.#digits.split('.');
    if (key === '#') return this.#digits === '' ? { type: 'pound' } : { type: 'digits', digits: this.#take() };
    if (key === '*' && this.#digits === '') return { type: 'back' };
    const fits = key === '*' ? after === undefined : after !== undefined || (before ?? '').length < whole;
    if (!fits || !/^[0-9*]$/.test(key)) {
      this.#take();
      return { type: 'invalid' };
    }
    this.#digits += key === '*' ? '.' : key;
    return after?.length === 1 ? { type: 'digits', digits: this.#take() } : { type: 'more' };
  }

  #take(): string {
    const digits = this.#digits;
    this.#digits = '';
    return digits;
  }
}

/** Whether a number that may be dialled begins so and is longer. */
export function goesOn(dialled: string, { numbers = new Set() }: Extract<KeySpec, { kind: 'choice' }>): boolean {
  return [...numbers].some((number) => number.length > dialled.length && number.startsWith(dialled));
}

/** What was dialled when no key comes any more. */
function chosen(dialled: string, { keys, names, numbers }: Extract<KeySpec, { kind: 'choice' }>): KeyEvent {
  const meant = keys.has(dialled) || numbers?.has(dialled) || names?.has(dialled);
  return meant ? { type: 'choice', key: dialled } : { type: 'invalid' };
}

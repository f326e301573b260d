/** Where a text stops being JSON. Line and column count from 1. */
export interface JsonMistake {
  readonly line: number;
  readonly column: number;
  /** For instance `expected a comma or }`. Never quotes the text: it may hold a secret. */
  readonly problem: string;
}

/**
 * Finds the first place where `text` is not JSON (RFC 8259). `JSON.parse` tells a position only in some of its messages
 * and quotes the surrounding text in others, which could print a password.
 */
export function findJsonMistake(text: string): JsonMistake | undefined {
  const reader = new Reader(text);
  try {
    reader.value();
    reader.end();
    return undefined;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    const before = text.slice(0, error.offset).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, problem: error.message };
  }
}

class Stop extends Error {
  constructor(
    readonly offset: number,
    problem: string,
  ) {
    super(problem);
  }
}

const numberForm = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// eslint-disable-next-line no-control-regex -- JSON forbids bare control characters in strings
const stringForm = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const wordForm = /true|false|null/y;

class Reader {
  #at = 0;

  constructor(private readonly text: string) {}

  value(): void {
    this.#space();
    const next = this.text[this.#at];
    if (next === '{') return this.#list('}', () => this.#member());
    if (next === '[') return this.#list(']', () => this.value());
    if (next === '"') return this.#string('a text without its closing quote, or with a bad escape');
    if (this.#take(wordForm) || this.#take(numberForm)) return;
    throw new Stop(this.#at, next === undefined ? 'the file ends too early' : 'expected a value');
  }

  end(): void {
    this.#space();
    if (this.#at < this.text.length) throw new Stop(this.#at, 'expected nothing more');
  }

  #list(close: string, item: () => void): void {
    this.#at++;
    this.#space();
    if (this.#takeText(close)) return;
    for (;;) {
      item();
      this.#space();
      if (this.#takeText(close)) return;
      if (!this.#takeText(',')) throw new Stop(this.#at, `expected a comma or ${close}`);
    }
  }

  #member(): void {
    this.#space();
    this.#string('expected a name in double quotes');
    this.#space();
    if (!this.#takeText(':')) throw new Stop(this.#at, 'expected a colon');
    this.value();
  }

  #string(problem: string): void {
    if (!this.#take(stringForm)) throw new Stop(this.#at, problem);
  }

  #space(): void {
    this.#take(/[ \t\r\n]*/y);
  }

  #takeText(expected: string): boolean {
    if (this.text[this.#at] !== expected) return false;
    this.#at += expected.length;
    return true;
  }

  #take(form: RegExp): boolean {
    form.lastIndex = this.#at;
    const found = form.exec(this.text);
    if (!found) return false;
    this.#at += found[0].length;
    return true;
  }
}

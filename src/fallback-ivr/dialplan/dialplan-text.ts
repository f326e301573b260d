import { HandrailError } from '../../kernel/errors.js';

/** One extension as it grows; each line is one application, with a label when something jumps to it. */
export class Extension {
  readonly #lines: string[] = [];
  #labels = 0;

  constructor(private readonly name: string) {}

  /** @throws HandrailError HR_FLOW_INVALID for what would end the line or begin a comment: nothing may come so far */
  add(application: string, label?: string): this {
    if (!/^[\x20-\x3a\x3c-\x7e]*$/.test(application))
      throw new HandrailError('HR_FLOW_INVALID', `A line of ${this.name} cannot stand in dialplan.`);
    const at = label ? `(${label})` : '';
    const start = this.#lines.length === 0 ? `exten => ${this.name},1${at}` : ` same => n${at}`;
    this.#lines.push(`${start},${application}`);
    return this;
  }

  goto(extension: string): this {
    return this.add(`Goto(${extension},1)`);
  }

  /** A label that no other line of this extension has. */
  label(): string {
    this.#labels++;
    return `l${String(this.#labels)}`;
  }

  toString(): string {
    return this.#lines.join('\n');
  }
}

/** A context of extensions. */
export class DialplanText {
  readonly #extensions: Extension[] = [];

  constructor(private readonly context: string) {}

  extension(name: string): Extension {
    const extension = new Extension(name);
    this.#extensions.push(extension);
    return extension;
  }

  toString(): string {
    return `[${this.context}]\n${this.#extensions.map((e) => `${e.toString()}\n`).join('\n')}`;
  }
}

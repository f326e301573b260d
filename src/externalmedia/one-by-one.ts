export type Message = string | Uint8Array;

/**
 * Messages of which each is sent when the one before it has left.
 *
 * For websockets over TLS. What is sent at once comes in one TLS record, of which Asterisk (seen with 22.10) takes the first
 * message. It learns of the others when the socket has more for it, so that audio and flushes wait for the next ones.
 */
export class OneByOne {
  readonly #waiting: Message[] = [];
  #underWay = false;

  /** @param sendOne calls back when its message has left; one that never does so keeps all others */
  constructor(private readonly sendOne: (message: Message, left: () => void) => void) {}

  send(message: Message): void {
    this.#waiting.push(message);
    if (!this.#underWay) this.#next();
  }

  #next(): void {
    const message = this.#waiting.shift();
    this.#underWay = message !== undefined;
    if (message !== undefined) this.sendOne(message, () => this.#next());
  }
}

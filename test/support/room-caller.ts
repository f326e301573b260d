import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';

/** A caller in the room, told one thing after the other. */
export class RoomCaller {
  readonly #gone: Promise<never>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: Interface,
  ) {
    this.#gone = once(child, 'exit').then(([code]) => {
      throw new Error(`the caller ended: ${String(code)}`);
    });
    // After it has hung up nobody waits for it.
    this.#gone.catch(() => undefined);
  }

  /** @param child `node room-caller.mjs …`, started in the room with pipes */
  static async place(child: ChildProcess): Promise<RoomCaller> {
    if (!child.stdout) throw new Error('no output');
    child.stderr?.on('data', (text: Buffer) => console.error(text.toString()));
    const call = new RoomCaller(child, createInterface({ input: child.stdout }));
    await call.#answer();
    return call;
  }

  /** @returns what the caller tells about it: null when the line did not answer */
  async do(command: string): Promise<unknown> {
    this.child.stdin?.write(`${command}\n`);
    const answer = await this.#answer();
    return answer[command.split(' ')[0] ?? ''];
  }

  async #answer(): Promise<Record<string, unknown>> {
    const answer = await Promise.race([once(this.lines, 'line'), this.#gone]);
    return JSON.parse(String(answer[0])) as Record<string, unknown>;
  }
}

import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../kernel/clock.js';

export interface DownloadOptions {
  url: string;
  /** Bytes that are there already are kept and the rest is asked for (RFC 9110, Range). */
  partFile: string;
  clock: Clock;
  /** Called with the bytes of the part file so far. */
  progress: (doneBytes: number) => void;
  fetch?: typeof globalThis.fetch;
}

/** The host did not answer: asking it for other files would only lose time. */
export class HostUnreachable extends Error {
  override readonly name = 'HostUnreachable';
}

const connectWithinMs = 5_000;
const dataWithinMs = 20_000;
const rangeNotSatisfiable = 416;
const partialContent = 206;

/**
 * Downloads into the part file, resuming it.
 *
 * @throws {HostUnreachable} no answer within 5 s
 * @throws {Error} another status than 200 or 206, or no data for 20 s
 */
export async function download(options: DownloadOptions): Promise<void> {
  const haveBytes = (await stat(options.partFile).catch(() => undefined))?.size ?? 0;
  const watch = new Watch(options.clock);
  try {
    const answer = await ask(options, haveBytes, watch);
    if (answer.status === rangeNotSatisfiable && haveBytes > 0) {
      await answer.body?.cancel();
      await rm(options.partFile, { force: true });
      return await download(options);
    }
    if (!answer.ok || answer.body === null) throw new Error(`HTTP ${String(answer.status)}`);
    const resumed = answer.status === partialContent;
    let doneBytes = resumed ? haveBytes : 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        doneBytes += chunk.length;
        watch.rearm(dataWithinMs);
        options.progress(doneBytes);
        next(null, chunk);
      },
    });
    const file = createWriteStream(options.partFile, { flags: resumed ? 'a' : 'w' });
    watch.rearm(dataWithinMs);
    await pipeline(Readable.fromWeb(answer.body), meter, file, { signal: watch.signal });
  } finally {
    watch.end();
  }
}

async function ask(
  { url, fetch = globalThis.fetch }: DownloadOptions,
  fromByte: number,
  watch: Watch,
): Promise<Response> {
  watch.rearm(connectWithinMs);
  const headers = fromByte > 0 ? { range: `bytes=${String(fromByte)}-` } : {};
  try {
    return await fetch(url, { headers, signal: watch.signal });
  } catch (cause) {
    throw new HostUnreachable(`${new URL(url).host} cannot be reached`, { cause });
  }
}

/** Aborts when it was not re-armed in time. */
class Watch {
  readonly #controller = new AbortController();
  #cancel = (): void => undefined;

  constructor(private readonly clock: Clock) {}

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  rearm(withinMs: number): void {
    this.#cancel();
    this.#cancel = this.clock.after(withinMs, () => this.#controller.abort());
  }

  end(): void {
    this.#cancel();
  }
}

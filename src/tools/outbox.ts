import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LeftByCaller, Outbox } from '../dialog/ports.js';
import type { Cancel, Clock } from '../kernel/clock.js';
import { explain } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';

/** Takes what a caller has left to where people see it. */
export interface Carrier {
  readonly name: string;
  /** @param id the same for every try. Rejects when it was not taken. */
  send(left: LeftByCaller, id: string): Promise<void>;
}

export interface OutboxOptions {
  readonly carriers: readonly Carrier[];
  /** Where what is not delivered yet is noted. */
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told of each that waits, that every carrier has taken, or that none took in time. */
  readonly onState?: (left: LeftByCaller, state: OutboxState) => void;
}

export type OutboxState = 'waiting' | 'delivered' | 'set-aside';

interface Note {
  readonly left: LeftByCaller;
  readonly notedAtWallMs: number;
  /** Carriers that have not taken it yet. */
  readonly carriers: readonly string[];
}

/** After each failure; then the last of them again and again. */
const WAITS_MS = [5_000, 30_000, 120_000, 600_000, 3_600_000] as const;
/** What nobody takes for so long is set aside for a person to look at. */
const GIVE_UP_MS = 3 * 24 * 3_600_000;
const WAITING = '.json';
const SET_ASIDE = '.undelivered';

/**
 * Messages and callback requests on their way out. A note in a folder stays until every carrier has taken it, so that neither a
 * service that is down nor a restart loses one; twice is possible, when a restart comes between. Nothing of the caller is logged.
 */
export class FolderOutbox implements Outbox {
  readonly #waiting = new Map<string, Cancel>();
  #closed = false;

  constructor(private readonly options: OutboxOptions) {}

  /** Goes on with what an earlier process could not deliver. */
  async resume(): Promise<void> {
    const names = await readdir(this.options.dir).catch(() => []);
    for (const name of names) if (name.endsWith(WAITING)) void this.#deliver(join(this.options.dir, name), 0);
  }

  /** Never rejects. Resolves after the first try. */
  async put(left: LeftByCaller): Promise<void> {
    const { carriers, clock, dir, log } = this.options;
    if (carriers.length === 0) return;
    const file = join(dir, `${randomUUID()}${WAITING}`);
    const note: Note = { left, notedAtWallMs: Math.round(clock.wallMs()), carriers: carriers.map(({ name }) => name) };
    try {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      await write(file, note);
    } catch (err) {
      log.error({ problem: explain(err), what: left.type }, 'what a caller left could not be noted for delivery');
      return;
    }
    this.#tell(left, 'waiting');
    await this.#deliver(file, 0);
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }

  async #deliver(file: string, tries: number): Promise<void> {
    this.#waiting.delete(file);
    const { carriers, clock, log } = this.options;
    const id = file.slice(file.lastIndexOf('/') + 1, -WAITING.length);
    try {
      const note = await read(file);
      if (note === undefined) {
        log.error({ id }, 'what is to be delivered cannot be read; it is set aside');
        return await setAside(file);
      }
      const open: string[] = [];
      for (const carrier of carriers.filter(({ name }) => note.carriers.includes(name))) {
        await carrier.send(note.left, id).catch((err: unknown) => {
          open.push(carrier.name);
          log.warn(
            { carrier: carrier.name, tries: tries + 1, problem: explain(err) },
            'not delivered; it is tried again',
          );
        });
      }
      if (open.length === 0) {
        this.#tell(note.left, 'delivered');
        return await rm(file, { force: true });
      }
      if (clock.wallMs() - note.notedAtWallMs > GIVE_UP_MS) {
        log.error({ id, carriers: open }, 'not delivered for three days; it is set aside');
        this.#tell(note.left, 'set-aside');
        return await setAside(file);
      }
      if (open.length < note.carriers.length) await write(file, { ...note, carriers: open });
    } catch (err) {
      log.error({ id, problem: explain(err) }, 'what is to be delivered cannot be read or noted; it is tried again');
    }
    if (this.#closed) return;
    const waitMs = WAITS_MS[Math.min(tries, WAITS_MS.length - 1)] ?? 0;
    const again = clock.after(waitMs, () => void this.#deliver(file, tries + 1));
    this.#waiting.set(file, again);
  }

  #tell(left: LeftByCaller, state: OutboxState): void {
    this.options.onState?.(left, state);
  }
}

/** Undefined for what is no note: a power cut may leave half of one. */
async function read(file: string): Promise<Note | undefined> {
  const text = await readFile(file, 'utf8');
  try {
    return JSON.parse(text) as Note;
  } catch {
    return undefined;
  }
}

function setAside(file: string): Promise<void> {
  return rename(file, `${file.slice(0, -WAITING.length)}${SET_ASIDE}`);
}

async function write(file: string, note: Note): Promise<void> {
  await writeFile(`${file}.part`, JSON.stringify(note), { mode: 0o600 });
  await rename(`${file}.part`, file);
}

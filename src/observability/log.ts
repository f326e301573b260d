import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { destination, multistream, pino, stdSerializers } from 'pino';
import type { DestinationStream } from 'pino';
import pretty from 'pino-pretty';
import { HandrailError } from '../kernel/errors.js';
import type { Logger, LogLevel } from '../kernel/log.js';

export interface LogOptions {
  readonly level: LogLevel;
  /** Folder of handrail.log; made if it is not there. */
  readonly dir: string;
  /** Where the lines of JSON go. @defaultValue file */
  readonly output?: 'file' | 'stdout' | 'both';
  /** Readable lines on standard output, beside the file; not where JSON goes there. */
  readonly pretty: boolean;
  /** Size at which the file is set aside and a new one is begun. @defaultValue 20 MB */
  readonly rotateAtBytes?: number;
  /** Files set aside that are kept. @defaultValue 5 */
  readonly keepFiles?: number;
}

export interface RootLogger extends Logger {
  /** Goes on in a file of the same name, made anew where somebody has moved the old one away, as logrotate does. */
  reopen(): void;
  /** Writes out what is buffered and closes the file. Idempotent. */
  close(): Promise<void>;
}

/**
 * Logs as JSON lines in `dir`/handrail.log, on standard output or both, or readable there. `Sensitive` values print as
 * `[sensitive]` wherever they stand in the fields. A full disk costs log lines, never the process.
 */
export function createLogger(options: LogOptions): RootLogger {
  const { level, output = 'file' } = options;
  const streams: { level: LogLevel; stream: DestinationStream }[] = [];
  const file = output === 'stdout' ? undefined : new RotatingFile(options);
  if (file) streams.push({ level, stream: file });
  if (output !== 'file') streams.push({ level, stream: destination({ dest: 1, sync: true }) });
  else if (options.pretty) {
    const stream = pretty({ destination: 1, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' });
    streams.push({ level, stream });
  }
  return {
    ...shaped(pinoLogger(level, multistream(streams))),
    reopen: () => file?.reopen(),
    close: () => file?.close() ?? Promise.resolve(),
  };
}

/** What waits for a disk that takes nothing; more lines are lost. */
const MOST_WAITING_BYTES = 4_000_000;

/** handrail.log, whose older parts are handrail.log.1, .2 … */
class RotatingFile implements DestinationStream {
  readonly #path: string;
  readonly #limit: number;
  readonly #file: ReturnType<typeof destination>;
  #bytes: number;
  #waitingBytes = 0;
  #closing: Promise<void> | undefined;

  constructor(private readonly options: LogOptions) {
    mkdirSync(options.dir, { recursive: true });
    this.#path = join(options.dir, 'handrail.log');
    this.#limit = options.rotateAtBytes ?? 20_000_000;
    this.#bytes = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    this.#file = destination({ dest: this.#path, sync: false, minLength: 0 });
    this.#file.on('error', () => undefined);
    this.#file.on('write', (bytes) => (this.#waitingBytes -= bytes));
  }

  write(line: string): void {
    if (this.#bytes >= this.#limit) this.#setAside();
    // Each write tries again what waits, also an empty one.
    const kept = this.#waitingBytes < MOST_WAITING_BYTES ? line : '';
    const bytes = Buffer.byteLength(kept);
    this.#bytes += bytes;
    this.#waitingBytes += bytes;
    this.#file.write(kept);
  }

  reopen(): void {
    try {
      this.#bytes = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
      this.#file.reopen();
    } catch {
      // A folder that cannot be looked at: the log goes on where it was.
    }
  }

  close(): Promise<void> {
    return (this.#closing ??= new Promise((resolve) => {
      this.#file.once('close', () => resolve());
      this.#file.once('error', () => resolve());
      this.#file.end();
    }));
  }

  /** Lines that are still on their way to the file come to either of the two; none is lost. */
  #setAside(): void {
    this.#bytes = 0;
    try {
      rotate(this.#path, this.options.keepFiles ?? 5);
      this.#file.reopen();
    } catch {
      // A folder that cannot be written to: the log goes on where it was.
    }
  }
}

/** The same lines into any stream, for tests and for commands that log elsewhere. */
export function createLoggerTo(level: LogLevel, stream: DestinationStream): Logger {
  return shaped(pinoLogger(level, stream));
}

type Pino = ReturnType<typeof pinoLogger>;

function pinoLogger(level: LogLevel, stream: DestinationStream) {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: describeError },
    },
    stream,
  );
}

function shaped(log: Pino): Logger {
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
    child: (bindings) => shaped(log.child(bindings) as Pino),
  };
}

/** Our own errors in their own words; the stack of others, which are bugs. */
function describeError(error: unknown): unknown {
  if (error instanceof HandrailError) {
    const { code, message, mend, cause } = error;
    return { code, message, mend, ...(cause === undefined ? {} : { cause: describeError(cause) }) };
  }
  return error instanceof Error ? stdSerializers.err(error) : error;
}

/** handrail.log → .1 → .2 …; nothing where somebody has taken it away. */
function rotate(path: string, keep: number): void {
  if (!existsSync(path)) return;
  rmSync(`${path}.${keep}`, { force: true });
  for (let n = keep - 1; n >= 1; n--) {
    if (existsSync(`${path}.${n}`)) renameSync(`${path}.${n}`, `${path}.${n + 1}`);
  }
  renameSync(path, `${path}.1`);
}

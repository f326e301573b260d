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
  /** Readable lines on standard output, beside the file. */
  readonly pretty: boolean;
  /** Size at which the file of earlier runs is set aside at start. @defaultValue 20 MB */
  readonly rotateAtBytes?: number;
  /** Files set aside that are kept. @defaultValue 5 */
  readonly keepFiles?: number;
}

export interface RootLogger extends Logger {
  /** Writes out what is buffered and closes the file. Idempotent. */
  close(): Promise<void>;
}

/**
 * Logs as JSON lines in `dir`/handrail.log and, if wanted, readable on standard output. `Sensitive` values print as
 * `[sensitive]` wherever they stand in the fields. A full disk costs log lines, never the process.
 */
export function createLogger(options: LogOptions): RootLogger {
  mkdirSync(options.dir, { recursive: true });
  const path = join(options.dir, 'handrail.log');
  rotate(path, options.rotateAtBytes ?? 20_000_000, options.keepFiles ?? 5);

  const file = destination({ dest: path, sync: false, minLength: 0 });
  file.on('error', () => undefined);
  const streams: { level: LogLevel; stream: DestinationStream }[] = [{ level: options.level, stream: file }];
  if (options.pretty) {
    const stream = pretty({ destination: 1, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' });
    streams.push({ level: options.level, stream });
  }
  const root = pinoLogger(options.level, multistream(streams));

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= new Promise((resolve) => {
      file.once('close', () => resolve());
      file.once('error', () => resolve());
      file.end();
    }));
  return { ...shaped(root), close };
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

/** handrail.log → .1 → .2 …, at start only: a running process never renames what it writes to. */
function rotate(path: string, atBytes: number, keep: number): void {
  if (!existsSync(path) || statSync(path).size < atBytes) return;
  rmSync(`${path}.${keep}`, { force: true });
  for (let n = keep - 1; n >= 1; n--) {
    if (existsSync(`${path}.${n}`)) renameSync(`${path}.${n}`, `${path}.${n + 1}`);
  }
  renameSync(path, `${path}.1`);
}

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Server } from 'node:https';
import type { Cancel, Clock } from '../kernel/clock.js';
import { explain, HandrailError } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';

/** Paths of PEM files. */
export interface TlsFiles {
  /** The server’s certificate, then those of its issuers. */
  readonly certFile: string;
  readonly keyFile: string;
}

export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** @throws HandrailError HR_TLS_FILES when a file cannot be read, is no PEM, or the two do not belong together */
export function readTls({ certFile, keyFile }: TlsFiles): TlsPair {
  try {
    const pair = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
    if (!new X509Certificate(pair.cert).checkPrivateKey(createPrivateKey(pair.key)))
      throw new Error('the key is another certificate’s');
    return pair;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HandrailError('HR_TLS_FILES', `${certFile}, ${keyFile}: ${why}`, { cause });
  }
}

const LOOK_EVERY_MS = 60_000;

/**
 * Puts renewed files into a running server: each minute when one of them was written, and when it is asked to. Connections
 * that are open keep the certificate that they began with. Files that do not fit are told, and the old ones stay in force.
 */
export class TlsKeeper {
  #seen: string;
  #cancel: Cancel;

  constructor(
    private readonly server: Pick<Server, 'setSecureContext'>,
    private readonly files: TlsFiles,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {
    this.#seen = writtenAt(files);
    this.#cancel = clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  reload(): void {
    this.#seen = writtenAt(this.files);
    try {
      this.server.setSecureContext(readTls(this.files));
      this.log.info({ certFile: this.files.certFile }, 'certificate of the admin page was read again');
    } catch (error) {
      this.log.error({ problem: explain(error) }, 'the renewed certificate cannot be used; the old one stays');
    }
  }

  close(): void {
    this.#cancel();
  }

  #look(): void {
    this.#cancel = this.clock.after(LOOK_EVERY_MS, () => this.#look());
    if (writtenAt(this.files) !== this.#seen) this.reload();
  }
}

/** A file that is just being replaced is not there for a moment, or may not be looked at. */
function writtenAt({ certFile, keyFile }: TlsFiles): string {
  return [certFile, keyFile].map(mtimeMs).join(' ');
}

function mtimeMs(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** An issuer that nobody knows, and certificates for 127.0.0.1 that come from it. */
export class Issuer {
  readonly #own: CertificateFiles;

  /** @param dir where all files are put */
  constructor(private readonly dir: string) {
    this.#own = this.#make('issuer', []);
  }

  /** What whoever trusts this issuer is given. */
  get caFile(): string {
    return this.#own.certFile;
  }

  /** @param name of the owner and of the files; those of an earlier one are replaced */
  issue(name: string): CertificateFiles {
    const { certFile, keyFile } = this.#own;
    const ofServer = ['subjectAltName=IP:127.0.0.1', 'basicConstraints=critical,CA:FALSE'];
    const extensions = ofServer.flatMap((text) => ['-addext', text]);
    return this.#make(name, ['-CA', certFile, '-CAkey', keyFile, ...extensions]);
  }

  #make(name: string, more: readonly string[]): CertificateFiles {
    const files = { certFile: join(this.dir, `${name}.pem`), keyFile: join(this.dir, `${name}.key`) };
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', files.keyFile];
    const what = ['-subj', `/CN=${name}`, '-days', '2', '-out', files.certFile];
    execFileSync('openssl', ['req', '-x509', ...key, ...what, ...more], { stdio: 'ignore' });
    return files;
  }
}

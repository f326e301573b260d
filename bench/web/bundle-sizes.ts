import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { HandrailError } from '../../src/kernel/errors.js';

/** One file of the page, in bytes. */
export interface BundleSize {
  readonly name: string;
  readonly bytes: number;
  readonly gzip: number;
  readonly brotli: number;
}

/** The scripts and style sheets of the built page, biggest first. @throws HandrailError HR_USAGE when it is not built */
export function bundleSizes(webDir: string): readonly BundleSize[] {
  const folder = join(webDir, 'assets');
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((name) => /\.(js|css)$/.test(name));
  } catch (cause) {
    throw new HandrailError('HR_USAGE', `${folder} is not there: run \`npm run build\` first.`, { cause });
  }
  return names
    .map((name) => {
      const content = readFileSync(join(folder, name));
      return {
        // Without the hash of the content.
        name: name.replace(/-[\w-]{8}\./, '.'),
        bytes: content.length,
        gzip: gzipSync(content, { level: 9 }).length,
        brotli: brotliCompressSync(content).length,
      };
    })
    .sort((a, b) => b.bytes - a.bytes);
}

export function describeSize({ name, bytes, gzip, brotli }: BundleSize): string {
  return `${name}: ${kib(bytes)}, ${kib(gzip)} gzip, ${kib(brotli)} brotli`;
}

function kib(bytes: number): string {
  return `${(bytes / 1_024).toFixed(1)} KiB`;
}

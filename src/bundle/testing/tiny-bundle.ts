import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../kernel/paths.js';
import { unpack } from '../archive.js';
import { targetOf, type Manifest, type Target } from '../manifest.js';
import type { PartFile } from '../part.js';
import { writeBundle } from '../write-bundle.js';

export interface TinyBundle {
  readonly manifest: Manifest;
  readonly archive: string;
  /** Where it is unpacked. */
  readonly folder: string;
}

export interface TinyOptions {
  readonly version: string;
  readonly target?: Partial<Target>;
  readonly schema?: number;
  readonly key?: string;
  /** Text by path, besides the files that each has. */
  readonly files?: Readonly<Record<string, string>>;
  /** What `handrail` does, in the words of a shell. @defaultValue tells its version */
  readonly handrail?: string;
  /** How many more files are in it. @defaultValue 0 */
  readonly filler?: number;
}

/** A real bundle with the real install.sh, and next to nothing in it: a `handrail` that tells its version. */
export async function tinyBundle(dir: string, python: string, options: TinyOptions): Promise<TinyBundle> {
  const {
    version,
    target,
    schema = 2,
    key,
    files = {},
    handrail = `echo "handrail ${version} $*"`,
    filler = 0,
  } = options;
  const source = join(dir, `source-${version}`);
  const texts: Record<string, string> = {
    handrail: `#!/bin/sh\n${handrail}\n`,
    'packaging/systemd/handrail.service': 'ExecStart=@PREFIX@/bin/handrail run\n',
    '.handrail/cache/prompts/0a.pcm': `prompt of ${version}`,
    ...Object.fromEntries(Array.from({ length: filler }, (_, i) => [`docs/${String(i)}.md`, `page ${String(i)}`])),
    ...files,
  };
  const all: PartFile[] = [{ path: 'install.sh', from: join(projectRoot, 'packaging/install.sh') }];
  for (const [path, text] of Object.entries(texts)) {
    const from = join(source, path);
    mkdirSync(join(from, '..'), { recursive: true });
    writeFileSync(from, text);
    if (text.startsWith('#!')) chmodSync(from, 0o755);
    all.push({ path, from });
  }
  const archive = join(dir, `${version}.tar.gz`);
  const manifest = await writeBundle({
    parts: [{ type: 'application', name: 'handrail', version, licence: 'Apache-2.0', source: 'a test', files: all }],
    version,
    target: { ...targetOf('linux', process.arch, python), ...target },
    schema,
    out: archive,
    key,
  });
  const unpacked = join(dir, `unpacked-${version}`);
  mkdirSync(unpacked, { recursive: true });
  await unpack(archive, unpacked, 'HR_BUNDLE');
  return { manifest, archive, folder: join(unpacked, `handrail-${manifest.id}`) };
}

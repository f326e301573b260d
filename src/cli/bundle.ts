import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { collect, optionalParts, targetOf, usualEnding, writeBundle, type OptionalPart } from '../bundle/index.js';
import { loadConfig } from '../config/index.js';
import { HandrailError } from '../kernel/errors.js';
import { cacheDir, homeDir, projectRoot } from '../kernel/paths.js';
import { loadManifest } from '../local-models/model-store-manifest.js';
import { migrations } from '../store/migrations.js';
import { version } from '../version.js';
import { checkInstalled } from './bundle-check.js';

export const bundleUsage = `npx handrail bundle [--out FILE.tar.zst] [--key FILE] [--without asterisk,llm]
                     pack everything that a machine like this, without internet, needs
npx handrail bundle --check          check that this version runs here: what install.sh asks before it switches`;

const print = (line: string): void => console.log(line);

/** `handrail bundle`: one archive for a machine without internet. */
export async function run(args: string[]): Promise<number> {
  const options = parse(args);
  if (options.check) return checkInstalled(print);
  const { tts } = loadConfig({ env: process.env });
  const found = await collect({
    root: projectRoot,
    home: homeDir,
    cache: cacheDir,
    version,
    models: loadManifest(),
    voice: tts.voice,
    without: options.without,
  });
  for (const remark of found.remarks) print(`! ${remark}`);
  const target = targetOf(process.platform, process.arch, found.python);
  const out = resolve(options.out ?? `handrail-${version}-${target.os}-${target.arch}${await usualEnding()}`);
  print(`Packing ${String(found.parts.length)} parts for ${target.os} ${target.machine}, Python ${target.python} …`);
  const manifest = await writeBundle({
    ...found,
    version,
    target,
    schema: migrations.length,
    out,
    key: options.key,
  });
  const { size } = await stat(out);
  print(`${manifest.id}: ${megabytes(size)} packed, ${megabytes(manifest.bytes)} installed.
  archive    ${out}
  signature  ${options.key === undefined ? 'none (--key FILE signs with your SSH key)' : `${out}.sig`}
The target needs Python ${target.python}. There: unpack it, then \`sh handrail-${manifest.id}/install.sh\`. Guide: docs/guides/air-gapped.md`);
  return 0;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

interface BundleCommand {
  readonly check: boolean;
  readonly out: string | undefined;
  readonly key: string | undefined;
  readonly without: readonly OptionalPart[];
}

function parse(args: string[]): BundleCommand {
  const text = { type: 'string' } as const;
  let values;
  try {
    ({ values } = parseArgs({ args, options: { out: text, key: text, without: text, check: { type: 'boolean' } } }));
  } catch (cause) {
    throw new HandrailError('HR_USAGE', `${cause instanceof Error ? cause.message : String(cause)}\n${bundleUsage}`, {
      cause,
    });
  }
  const without = (values.without ?? '').split(',').filter(Boolean);
  const unknown = without.find((name) => !isOptional(name));
  if (unknown !== undefined)
    throw new HandrailError(
      'HR_USAGE',
      `A bundle can be made without ${optionalParts.join(', ')}, not ${unknown}.\n${bundleUsage}`,
    );
  return { check: values.check ?? false, out: values.out, key: values.key, without: without.filter(isOptional) };
}

function isOptional(name: string): name is OptionalPart {
  return (optionalParts as readonly string[]).includes(name);
}

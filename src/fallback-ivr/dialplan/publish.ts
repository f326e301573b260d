import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compileDialplan } from './compile.js';
import type { CompiledDialplan, DialplanOptions, DialplanSound } from './options.js';
import type { Flow } from '../../flow/schema.js';
import { HandrailError } from '../../kernel/errors.js';

/** Where recordings come from: PCM16 mono at 8,000 Hz. `PromptLibrary` is one. */
export interface PromptSource {
  /** @throws HandrailError of the engine that could not speak it */
  render(text: string): Promise<{ readonly samples: Int16Array }>;
}

export interface PublishOptions {
  readonly flow: Flow;
  readonly dialplan: DialplanOptions;
  readonly prompts: PromptSource;
  /** The file that Asterisk's extensions.conf includes. */
  readonly confFile: string;
  /** Makes Asterisk read its dialplan again. */
  readonly reload: () => Promise<unknown>;
  /**
   * What Asterisk's `dialplan show CONTEXT` prints; every node is then looked for in it. Absent where Asterisk is reached
   * over ARI alone, which cannot tell: then the copy is as good as the reload says.
   */
  readonly show?: (context: string) => Promise<string>;
}

export interface PublishReport {
  /** Sound files that were written now; the others lay there already. */
  readonly written: number;
  readonly sounds: number;
  readonly nodes: number;
}

/**
 * Publishes the dialplan copy of a flow: all sounds first, then the include file in one step, then the reload and a look at
 * what Asterisk has loaded. Whenever it fails the copy of before stays in force, with its sounds: no sound is ever removed,
 * since a call may be on its way to it.
 *
 * @throws HandrailError HR_FLOW_INVALID; HR_DIALPLAN_FAILED when Asterisk did not take it; HR_DISK_FULL; of the voice or of the
 * reload
 */
export async function publishDialplan(options: PublishOptions): Promise<PublishReport> {
  const { confFile, dialplan } = options;
  const compiled = compileDialplan(options.flow, dialplan);
  const soundDirs = new Set(compiled.sounds.map(({ name }) => dirname(join(dialplan.soundDir, name))));
  for (const folder of [dialplan.soundDir, ...soundDirs, dialplan.messageDir, dirname(confFile)])
    await mkdir(folder, { recursive: true }).catch((cause: unknown) => fail(folder, cause));

  let written = 0;
  for (const sound of compiled.sounds) if (await writeSound(sound, options)) written++;

  const before = await readIfThere(confFile);
  await replace(confFile, Buffer.from(compiled.extensionsConf, 'ascii'));
  try {
    await options.reload();
    await check(compiled, options);
  } catch (error) {
    if (before) await replace(confFile, before);
    else await rm(confFile, { force: true });
    // The first error is the one to tell; a reload that fails again changes nothing.
    await options.reload().catch(() => undefined);
    throw error;
  }
  return { written, sounds: compiled.sounds.length, nodes: compiled.entries.length };
}

async function check({ entries }: CompiledDialplan, { dialplan, show }: PublishOptions): Promise<void> {
  if (!show) return;
  const shown = await show(dialplan.context);
  const missing = [...entries, 's'].filter((entry) => !shown.includes(`'${entry}' =>`));
  if (missing.length > 0)
    throw new HandrailError('HR_DIALPLAN_FAILED', `Not in context ${dialplan.context}: ${missing.join(', ')}.`);
}

/** As signed linear PCM (`.sln`), which needs no header. @returns whether it was written */
async function writeSound({ name, text }: DialplanSound, { dialplan, prompts }: PublishOptions): Promise<boolean> {
  const { samples } = await prompts.render(text);
  const file = join(dialplan.soundDir, `${name}.sln`);
  const pcm = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, i) => pcm.writeInt16LE(sample, i * 2));
  if ((await readIfThere(file))?.equals(pcm)) return false;
  await replace(file, pcm);
  return true;
}

/** Whoever opens the file sees the old or the new one, whole. */
async function replace(file: string, content: Buffer): Promise<void> {
  const half = `${file}.new`;
  try {
    const handle = await open(half, 'w', 0o644);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(half, file);
  } catch (cause) {
    await rm(half, { force: true });
    fail(file, cause);
  }
}

function fail(path: string, cause: unknown): never {
  const full = cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC';
  throw new HandrailError(full ? 'HR_DISK_FULL' : 'HR_DIALPLAN_FAILED', path, { cause });
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch {
    return undefined;
  }
}

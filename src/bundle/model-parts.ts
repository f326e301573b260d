import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fixedPrompts } from '../dialog/fixed-prompts.js';
import { compileDialplan } from '../fallback-ivr/dialplan/index.js';
import { loadFlow } from '../flow/load.js';
import { systemClock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { silentLogger } from '../kernel/log.js';
import { nameOf, type ModelEntry } from '../local-models/model-store-manifest.js';
import { createPiper } from '../local-models/piper.js';
import { promptKey } from '../local-models/prompt-file.js';
import type { Part, PartFile } from './part.js';

/**
 * The weights of a model. Their SHA-256 is compared with the manifest’s when the bundle is written.
 * @throws HandrailError HR_WEIGHT_MISSING
 */
export function modelPart(model: ModelEntry, folder: string, as: string): Part {
  const missing = model.files.find(({ path }) => !existsSync(join(folder, path)));
  if (missing) throw new HandrailError('HR_WEIGHT_MISSING', join(folder, missing.path));
  const first = model.sources[0];
  return {
    type: 'machine-learning-model',
    name: model.id,
    version: model.files[0]?.sha256.slice(0, 16) ?? '',
    licence: model.licence,
    source: first === undefined ? 'not stated' : first.type === 'url' ? first.base : nameOf(first),
    files: model.files.map(({ path }) => ({ path: join(as, path), from: join(folder, path) })),
  };
}

export interface RenderedPrompts {
  readonly part: Part;
  /** Sentences that have not been spoken yet: the first start on the target renders them. */
  readonly missing: number;
}

/** What the voice has said already of the sentences of these flows, so that the target’s first start renders nothing. */
export async function renderedPrompts(
  flowsDir: string,
  voicePath: string,
  cache: string,
  as: string,
): Promise<RenderedPrompts> {
  // By its name only: without a Python there is no process.
  const { voiceId } = createPiper({ python: '', voicePath, clock: systemClock, log: silentLogger }).forPrompts;
  const names = new Set<string>();
  for (const file of readdirSync(flowsDir).filter((name) => name.endsWith('.json'))) {
    const flow = await loadFlow(join(flowsDir, file));
    // Paths and names in the dialplan do not change what is said.
    const copy = compileDialplan(flow, {
      app: 'x',
      context: 'x',
      soundDir: '/x',
      messageDir: '/x',
      agentEndpoint: 'Local/{to}@x',
    });
    for (const text of [...fixedPrompts(flow), ...copy.sounds.map((sound) => sound.text)])
      names.add(`${promptKey(text, voiceId)}.pcm`);
  }
  const files: PartFile[] = [...names]
    .sort()
    .map((name) => ({ path: join(as, name), from: join(cache, name) }))
    .filter(({ from }) => existsSync(from));
  const part: Part = {
    type: 'data',
    name: 'rendered-prompts',
    version: voiceId,
    licence: 'Apache-2.0, spoken with the voice in this bundle',
    source: 'made from the flows in this bundle',
    files,
  };
  return { part, missing: names.size - files.length };
}

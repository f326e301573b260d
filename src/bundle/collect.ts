import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest as ModelManifest } from '../local-models/model-store-manifest.js';
import { debianParts } from './debian-parts.js';
import { modelPart, renderedPrompts } from './model-parts.js';
import { npmParts } from './npm-parts.js';
import type { Part } from './part.js';
import { nodePart, projectPart } from './project-parts.js';
import { pythonPackages } from './python-parts.js';

/** What a bundle may be made without: calls run, but not on their own Asterisk, or without the language model. */
export const optionalParts = ['asterisk', 'llm'] as const;
export type OptionalPart = (typeof optionalParts)[number];

export interface CollectOptions {
  readonly root: string;
  readonly home: string;
  readonly cache: string;
  readonly version: string;
  readonly models: ModelManifest;
  /** The voice that prompts are rendered with: an id of the manifest. */
  readonly voice: string;
  readonly without: readonly OptionalPart[];
}

export interface Collected {
  readonly parts: readonly Part[];
  /** The minor version of Python that the engines need. */
  readonly python: string;
  /** SHA-256 that the weights must have, by path. */
  readonly expected: ReadonlyMap<string, string>;
  /** What the operator should know. */
  readonly remarks: readonly string[];
}

/** Where the folder of set-up lies in a bundle: the same place as in a clone. */
const HOME = '.handrail';

/**
 * Finds everything that a machine without internet needs.
 * @throws HandrailError HR_BUNDLE, HR_WEIGHT_MISSING
 */
export async function collect(options: CollectOptions): Promise<Collected> {
  const { root, home, cache, version, models, voice, without } = options;
  const remarks: string[] = [];
  const isWanted = (part: OptionalPart, folder: string): boolean => {
    if (without.includes(part)) return false;
    if (!existsSync(folder)) remarks.push(`${part} is not in it: ${folder} is missing here.`);
    return existsSync(folder);
  };
  const pbx = join(home, 'pbx/prefix');
  const llama = join(home, 'llama/prefix');
  const hasLlm = isWanted('llm', llama);
  const wantedModels = models.models.filter(
    ({ id, need }) => need === 'calls' || (existsSync(join(home, 'models', id)) && (hasLlm || !id.startsWith('llm-'))),
  );
  const python = pythonPackages(join(home, 'venv'), `${HOME}/venv`);
  const voicePath = join(home, 'models', voice, `${voice.replace(/^piper-/, '')}.onnx`);
  const prompts = await renderedPrompts(
    join(root, 'flows'),
    voicePath,
    join(cache, 'prompts'),
    `${HOME}/cache/prompts`,
  );
  if (prompts.missing > 0)
    remarks.push(
      `${String(prompts.missing)} prompts are not rendered yet: the target does it at its first start, or run \`npm start\` here once before.`,
    );
  const parts: Part[] = [
    projectPart(root, version),
    nodePart(),
    ...npmParts(root),
    ...python.parts,
    ...wantedModels.map((model) => modelPart(model, join(home, 'models', model.id), `${HOME}/models/${model.id}`)),
    ...(isWanted('asterisk', pbx)
      ? debianParts({ name: 'private-asterisk', mainPackage: 'asterisk', folder: pbx, as: `${HOME}/pbx/prefix` })
      : []),
    ...(hasLlm
      ? debianParts({ name: 'llama-server', mainPackage: 'llama.cpp-tools', folder: llama, as: `${HOME}/llama/prefix` })
      : []),
    prompts.part,
  ];
  const expected = new Map(
    wantedModels.flatMap(({ id, files }) =>
      files.map(({ path, sha256 }) => [`${HOME}/models/${id}/${path}`, sha256] as const),
    ),
  );
  return { parts, python: python.minor, expected, remarks };
}

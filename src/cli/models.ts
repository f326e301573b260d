import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../kernel/clock.js';
import { HandrailError, explain } from '../kernel/errors.js';
import { homeDir } from '../kernel/paths.js';
import { type ModelState, type FetchProgress, ModelStore } from '../local-models/model-store.js';
import { type Manifest, type ModelEntry, loadManifest } from '../local-models/model-store-manifest.js';
import { createDeliverer } from '../local-models/model-store-sources.js';
import { fetchSpeech } from './speech-sets.js';

export const modelsUsage = `npx handrail models list             what there is, its licence and whether it is here
npx handrail models fetch [ID …]     fetch what is missing (all that calls need, or the named ones)
npx handrail models fetch --speech   fetch public recordings of callers for tests and demonstration
npx handrail models verify           read every file and compare its SHA-256
npx handrail models import DIR       take the files from a folder, for machines without internet`;

/** @returns the exit code: 0 when everything that calls need is ready */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const [action = 'list', ...rest] = positionals;
  const manifest = loadManifest();
  if (values.speech) return action === 'fetch' ? fetchSpeech(manifest.speech) : usage('--speech belongs to fetch.');
  const store = openModelStore(manifest);
  switch (action) {
    case 'list':
      return printStates(await store.list());
    case 'verify':
      return printStates(await store.verify());
    case 'fetch':
      return fetchModels(store, rest.length > 0 ? rest.map((id) => store.model(id)) : store.usual());
    case 'import':
      return importModels(store, manifest, rest[0] ?? usage('import wants a folder.'));
    default:
      return usage(`There is no \`models ${action}\`.`);
  }
}

/** The store of HANDRAIL_HOME/models. */
export function openModelStore(manifest: Manifest): ModelStore {
  const dir = join(homeDir, 'models');
  const scratchDir = join(dir, '.wheels');
  const python = join(homeDir, 'venv/bin/python');
  const localDir = process.env['HANDRAIL_MODELS_DIR'];
  return new ModelStore({
    manifest,
    dir,
    deliverer: createDeliverer({ scratchDir, python, clock: systemClock }),
    onProgress: progressPrinter(),
    ...(localDir ? { localDir } : {}),
  });
}

async function fetchModels(store: ModelStore, models: readonly ModelEntry[]): Promise<number> {
  const results = await store.fetch(models);
  let code = 0;
  for (const [index, model] of models.entries()) {
    const result = results[index];
    if (result?.status !== 'rejected') {
      console.log(`${model.id}: ready (${model.licence})`);
    } else if (model.need === 'extra') {
      console.log(`warning: ${explain(result.reason)} Calls run without it.`);
    } else {
      console.error(explain(result.reason));
      code = 1;
    }
  }
  return code;
}

async function importModels(store: ModelStore, manifest: Manifest, dir: string): Promise<number> {
  for (const model of manifest.models) {
    const [result] = await Promise.allSettled([store.fetchModel(model, { type: 'directory', path: dir })]);
    if (result.status === 'rejected') console.log(`${model.id}: ${explain(result.reason)}`);
  }
  return printStates(await store.list());
}

function printStates(states: readonly ModelState[]): number {
  for (const { model, files, ready } of states) {
    const megabytes = Math.round(files.reduce((sum, { file }) => sum + file.bytes, 0) / 1e6);
    console.log(
      `${ready ? 'ready  ' : 'MISSING'}  ${model.id}  ${String(megabytes)} MB  ${model.licence}  ${model.need}`,
    );
    console.log(`         ${model.use}`);
    if (model.note) console.log(`         ${model.note}`);
    for (const { file, state } of files) {
      if (state !== 'ready') console.log(`         ${file.path}: ${state}`);
    }
  }
  return states.every(({ model, ready }) => ready || model.need !== 'calls') ? 0 : 1;
}

/** One line when a file is begun, and one at every further tenth. */
function progressPrinter(): (progress: FetchProgress) => void {
  const told = new Map<string, number>();
  return ({ model, file, source, doneBytes }) => {
    const key = `${model.id}/${file.path} from ${source}`;
    const tenth = Math.floor((doneBytes * 10) / file.bytes);
    if (told.get(key) === tenth) return;
    told.set(key, tenth);
    console.log(`${key}: ${String(tenth * 10)} % of ${(file.bytes / 1e6).toFixed(1)} MB`);
  };
}

function parse(args: string[]): { values: { speech?: boolean }; positionals: string[] } {
  try {
    return parseArgs({ args, options: { speech: { type: 'boolean' } }, allowPositionals: true });
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
}

function usage(why: string): never {
  throw new HandrailError('HR_USAGE', `${why}\n${modelsUsage}\n`);
}

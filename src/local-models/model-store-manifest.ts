import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { HandrailError } from '../kernel/errors.js';
import { projectRoot } from '../kernel/paths.js';

/** A source that lacks `files` has all files of its model. */
const onlyFiles = Type.Optional(Type.Array(Type.String()));

const Source = Type.Union([
  Type.Object({
    type: Type.Literal('url'),
    /** The file's path is appended. */
    base: Type.String({ pattern: '^https://.+/$' }),
    files: onlyFiles,
  }),
  Type.Object({
    type: Type.Literal('wheel'),
    package: Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$' }),
    version: Type.String({ pattern: '^[0-9.]+$' }),
    /** Prefix of the members inside the wheel; `x.zip!` means members of a zip that is a member itself. */
    members: Type.String(),
    files: onlyFiles,
  }),
]);

const ModelEntry = Type.Object({
  /** Also the name of its folder. */
  id: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' }),
  use: Type.String(),
  /** `calls`: no voice without it. `extra`: fetched too, but calls run without it. `on-request`: fetched by name only. */
  need: Type.Union([Type.Literal('calls'), Type.Literal('extra'), Type.Literal('on-request')]),
  licence: Type.String(),
  note: Type.Optional(Type.String()),
  files: Type.Array(
    Type.Object({
      path: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' }),
      bytes: Type.Integer({ minimum: 1 }),
      sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    }),
    { minItems: 1 },
  ),
  /** Tried in this order. */
  sources: Type.Array(Source),
});

const SpeechSet = Type.Object({
  id: Type.String({ pattern: '^[a-z0-9-]+$' }),
  licence: Type.String(),
  page: Type.String(),
  url: Type.String({ pattern: '^https://' }),
});

const Manifest = Type.Object({
  models: Type.Array(ModelEntry),
  /** Recordings of people; never fetched unasked. */
  speech: Type.Object({ use: Type.String(), sets: Type.Array(SpeechSet) }),
});

export type Manifest = Static<typeof Manifest>;
export type ModelEntry = Static<typeof ModelEntry>;
export type ModelFile = ModelEntry['files'][number];
/** `directory` is not written in the manifest: the operator of an air-gapped site names it. */
export type ModelSource = Static<typeof Source> | { type: 'directory'; path: string };

/** @throws {HandrailError} HR_CONFIG_INVALID with the place of the first mistake */
export function loadManifest(file: string = join(projectRoot, 'models/manifest.json')): Manifest {
  const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (Value.Check(Manifest, read)) return read;
  const [first] = Value.Errors(Manifest, read);
  throw new HandrailError(
    'HR_CONFIG_INVALID',
    `${file}${first?.instancePath ?? ''}: ${first?.message ?? 'not a manifest'}.`,
  );
}

/** The sources that have this file, in order. */
export function sourcesOf(model: ModelEntry, file: ModelFile): ModelSource[] {
  return model.sources.filter((source) => source.files === undefined || source.files.includes(file.path));
}

/** A source as a person would name it. */
export function nameOf(source: ModelSource): string {
  switch (source.type) {
    case 'url':
      return new URL(source.base).host;
    case 'wheel':
      return `wheel ${source.package} ${source.version}`;
    case 'directory':
      return source.path;
  }
}

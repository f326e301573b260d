import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HandrailError } from '../kernel/errors.js';
import type { Part, PartFile } from './part.js';

/** What makes environments, and is of no use in a finished one. */
const tools = ['pip', 'setuptools', 'wheel'];

/** The installed Python packages of the engines, and the minor version of Python that their libraries were made for. */
export interface PythonPackages {
  /** `3.11`: compiled packages load in no other. */
  readonly minor: string;
  readonly parts: readonly Part[];
}

/**
 * The packages of an environment, each with the files that its RECORD names.
 * @throws HandrailError HR_BUNDLE when there is no environment, or not one version in it
 */
export function pythonPackages(venv: string, as: string): PythonPackages {
  const lib = join(venv, 'lib');
  const versions = existsSync(lib) ? readdirSync(lib).filter((name) => /^python3\.\d+$/.test(name)) : [];
  const [folder, ...more] = versions;
  if (folder === undefined || more.length > 0)
    throw new HandrailError('HR_BUNDLE', `${venv} is not one finished Python environment; \`npm start\` makes it.`);
  const within = `lib/${folder}/site-packages`;
  const site = join(venv, within);
  const parts = readdirSync(site)
    .filter((name) => name.endsWith('.dist-info'))
    .sort()
    .map((info) => pythonPart(site, info, join(as, within)))
    .filter(({ name }) => !tools.includes(name));
  return { minor: folder.slice('python'.length), parts };
}

function pythonPart(site: string, info: string, as: string): Part {
  const field = metadata(readFileSync(join(site, info, 'METADATA'), 'utf8'));
  const name = (field('Name')[0] ?? info).toLowerCase().replace(/[-_.]+/g, '-');
  const version = field('Version')[0] ?? '';
  return {
    type: 'library',
    name,
    version,
    licence: licenceOf(field),
    source: `pkg:pypi/${name}@${version}`,
    files: recorded(site, info, as),
  };
}

/** RECORD: `path,hash,size`, a path with a comma in quotes. What lies outside (`../../../bin/x`) are start scripts. */
function recorded(site: string, info: string, as: string): PartFile[] {
  return readFileSync(join(site, info, 'RECORD'), 'utf8')
    .split('\n')
    .map((line) => /^(?:"((?:[^"]|"")+)"|([^,]+)),/.exec(line))
    .map((match) => match?.[1]?.replaceAll('""', '"') ?? match?.[2] ?? '')
    .filter((path) => path !== '' && !path.startsWith('..') && !path.includes('__pycache__/'))
    .filter((path) => existsSync(join(site, path)))
    .sort()
    .map((path) => ({ path: join(as, path), from: join(site, path) }));
}

type Field = (name: string) => readonly string[];

/** The header of METADATA (PEP 566): `Name: value`, up to the first empty line. */
function metadata(text: string): Field {
  const head = text.split(/\r?\n\r?\n/, 1)[0] ?? '';
  const lines = head.split(/\r?\n/).map((line) => /^([\w-]+): (.*)$/.exec(line));
  return (name) => lines.flatMap((line) => (line?.[1] === name && line[2] !== undefined ? [line[2]] : []));
}

/** PEP 639’s expression; before it a free text, which some packages fill with the whole licence; before that classifiers. */
function licenceOf(field: Field): string {
  const expression = field('License-Expression')[0];
  if (expression !== undefined) return expression;
  const text = field('License')[0];
  if (text !== undefined && text.length < 60 && text !== 'UNKNOWN') return text;
  const classifiers = field('Classifier').filter((line) => line.startsWith('License ::'));
  return classifiers.map((line) => line.split(' :: ').at(-1)).join(' OR ') || 'not stated; see its files';
}

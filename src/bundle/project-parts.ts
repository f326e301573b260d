import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HandrailError } from '../kernel/errors.js';
import { filesUnder, type Part, type PartFile } from './part.js';

const folders = ['asterisk', 'bin', 'dist', 'docs', 'flows', 'models', 'packaging', 'scripts', 'web/dist'] as const;
const workers = 'src/local-models/workers';
const files = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'package-lock.json',
  'package.json',
  'requirements.txt',
] as const;
const compilersOwn = /(^|\/)(\.tsbuildinfo|\.handrail-stamp)$/;

/**
 * Handrail itself, built.
 * @throws HandrailError HR_BUNDLE when it is not
 */
export function projectPart(root: string, version: string): Part {
  for (const built of ['dist/src/cli/main.js', 'web/dist/index.html']) {
    if (!existsSync(join(root, built)))
      throw new HandrailError('HR_BUNDLE', `${join(root, built)} is missing: run \`npm run build\` first.`);
  }
  const inFolders = folders.flatMap((folder) =>
    filesUnder(join(root, folder), folder, (path) => !compilersOwn.test(path) && !path.endsWith('.map')),
  );
  const inWorkers = filesUnder(join(root, workers), workers, (path) => /(^|\/)(?!test_)\w+\.py$/.test(path));
  const single = files.map((path): PartFile => ({ path, from: join(root, path) }));
  return {
    type: 'application',
    name: 'handrail',
    version,
    licence: 'Apache-2.0',
    source: 'this project',
    files: [
      ...inFolders,
      ...inWorkers,
      ...single,
      { path: 'handrail', from: join(root, 'packaging/handrail.sh') },
      { path: 'install.sh', from: join(root, 'packaging/install.sh') },
    ],
  };
}

/**
 * The Node that runs this, with its licence: where Node’s own archive and the packages of distributions have it.
 * @throws HandrailError HR_BUNDLE when the licence is not found, without which Node may not be passed on
 */
export function nodePart(executable: string = realpathSync(process.execPath)): Part {
  const prefix = dirname(dirname(executable));
  const places = [
    join(prefix, 'LICENSE'),
    join(prefix, 'share/doc/nodejs/LICENSE'),
    join(prefix, 'share/doc/node/LICENSE'),
  ];
  // In a bundle that was unpacked, Node lies in a folder of its own with the licence beside it.
  const licence = places.find((path) => existsSync(path));
  if (licence === undefined)
    throw new HandrailError(
      'HR_BUNDLE',
      `Node’s licence is in none of ${places.join(', ')}: use a Node from nodejs.org.`,
    );
  return {
    type: 'application',
    name: 'node',
    version: process.versions.node,
    licence: 'MIT, and those of its parts: node/LICENSE',
    source: `https://nodejs.org/dist/v${process.versions.node}/`,
    files: [
      { path: 'node/LICENSE', from: licence },
      { path: 'node/bin/node', from: executable },
    ],
  };
}

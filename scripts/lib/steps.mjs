import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run, works } from './exec.mjs';
import { asterisk, llama } from './prefixes.mjs';
import { SetupError } from './report.mjs';
import { Stamp, filesUnder, hashOf } from './stamp.mjs';
import { homeDir, projectRoot, python } from './where.mjs';

const nodeModules = join(projectRoot, 'node_modules');
const dist = join(projectRoot, 'dist');

/**
 * @typedef {{
 *   id: string,
 *   size?: string,
 *   needs: string[],
 *   without?: string,
 *   upToDate: () => boolean | Promise<boolean>,
 *   make: (progress: (text: string) => void, warn: (text: string) => void) => Promise<string | void>,
 * }} Step A step of the set-up. `without`: what the product does when this step fails; a step that has none is needed.
 */

/** @type {Step} */
export const nodeModulesStep = {
  id: 'node modules',
  size: 'about 500 packages',
  needs: [],
  upToDate: () => {
    if (modulesStamp().fresh) return true;
    if (!installedAsLocked()) return false;
    modulesStamp().write();
    return true;
  },
  make: async (progress) => {
    // Of the scripts of packages one is wanted, which has a step of its own.
    await runNpm(['ci', '--no-audit', '--no-fund', '--ignore-scripts'], progress);
    modulesStamp().write();
  },
};

/**
 * The compiler takes a minute for SQLite, on one core: whatever needs no database is made meanwhile.
 *
 * @type {Step}
 */
export const databaseStep = {
  id: 'database module',
  size: 'it is compiled, which takes a minute or two',
  needs: [nodeModulesStep.id],
  upToDate: async () => {
    if (databaseStamp().fresh) return true;
    if (!(await opensDatabase())) return false;
    databaseStamp().write();
    return true;
  },
  make: async (progress) => {
    await runNpm(['rebuild', 'better-sqlite3', '--foreground-scripts'], progress);
    if (!(await opensDatabase())) {
      throw new SetupError(
        'The database module better-sqlite3 was not built.',
        'Install make, g++ and python3 (Debian: build-essential), and allow its install script if npm asks for it.',
      );
    }
    databaseStamp().write();
  },
};

/** @type {Step} */
export const pythonStep = {
  id: 'python packages',
  size: 'about 120 MB',
  needs: [],
  upToDate: () => existsSync(python) && venvStamp().fresh,
  make: async (progress) => {
    const venv = join(homeDir, 'venv');
    if (!existsSync(python)) {
      mkdirSync(homeDir, { recursive: true });
      const system = await systemPython();
      if (!(await works(system, ['-m', 'venv', venv]))) {
        throw new SetupError('Python cannot make a virtual environment.', 'Install python3-venv and run this again.');
      }
    }
    const args = ['-m', 'pip', 'install', '--disable-pip-version-check', '-r', 'requirements.txt'];
    await run(python, args, { cwd: projectRoot, onLine: (line) => progress(line.trim().slice(0, 90)) });
    venvStamp().write();
  },
};

/** @type {Step} */
export const buildStep = {
  id: 'build',
  needs: [nodeModulesStep.id],
  upToDate: () => buildStamp().fresh,
  make: async () => {
    const stamp = buildStamp();
    const tsc = join(nodeModules, 'typescript/bin/tsc');
    await run(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: projectRoot });
    await run(process.execPath, ['scripts/native.mjs'], { cwd: projectRoot });
    stamp.write();
  },
};

/** @type {Step} */
export const webStep = {
  id: 'admin page',
  needs: [nodeModulesStep.id],
  upToDate: () => !existsSync(join(projectRoot, 'web/index.html')) || webStamp().fresh,
  make: async () => {
    const stamp = webStamp();
    await run(process.execPath, [join(nodeModules, 'vite/bin/vite.js'), 'build', 'web'], { cwd: projectRoot });
    stamp.write();
  },
};

/** @type {Step} */
export const docsStep = {
  id: 'documentation',
  needs: [nodeModulesStep.id, buildStep.id],
  without: 'the page has no /docs.',
  upToDate: () => docsStamp().fresh,
  make: async () => {
    const stamp = docsStamp();
    await run(process.execPath, [join(projectRoot, 'scripts/docs-site.mjs')], { cwd: projectRoot });
    stamp.write();
  },
};

/** @type {Step} */
export const modelsStep = {
  id: 'model weights',
  needs: [buildStep.id, pythonStep.id],
  upToDate: () => {
    const models = join(homeDir, 'models');
    const manifest = JSON.parse(readFileSync(join(projectRoot, 'models/manifest.json'), 'utf8'));
    return manifest.models
      .filter((model) => model.need !== 'on-request')
      .flatMap((model) => model.files.map((file) => ({ path: join(models, model.id, file.path), bytes: file.bytes })))
      .every(({ path, bytes }) => statSync(path, { throwIfNoEntry: false })?.size === bytes);
  },
  make: async (progress, warn) => {
    const cli = join(dist, 'src/cli/main.js');
    const onLine = (line) => (line.startsWith('warning:') ? warn(line.slice(9)) : progress(line));
    await run(process.execPath, [cli, 'models', 'fetch'], { onLine });
  },
};

/** @type {Step} */
export const asteriskStep = prefixStep('asterisk', 'about 20 MB', asterisk);

/** @type {Step} */
export const llamaStep = {
  ...prefixStep('llama-server', 'about 13 MB', llama),
  // Both steps use apt, whose lists are better read one after the other on a small machine.
  without: 'calls run without the language model.',
};

function prefixStep(id, size, what) {
  const stamp = () => new Stamp(what.prefix, hashOf(what.inputs, process.arch));
  return {
    id,
    size,
    needs: [],
    upToDate: async () => {
      if (stamp().fresh) return true;
      if (!existsSync(what.prefix) || !(await what.usable())) return false;
      stamp().write();
      return true;
    },
    make: async (progress) => {
      const got = await what.make(progress);
      stamp().write();
      return got;
    },
  };
}

async function runNpm(args, progress) {
  const env = { ...process.env };
  // Without this node-gyp loads headers from the net even where Node's own lie on the disk.
  const prefix = dirname(dirname(process.execPath));
  if (existsSync(join(prefix, 'include/node/node.h'))) env.npm_config_nodedir ??= prefix;
  const onLine = (line) => progress(line.slice(0, 90));
  await run('npm', [...args, '--loglevel=error'], { cwd: projectRoot, env, onLine });
}

function opensDatabase() {
  const script = "new (require('better-sqlite3'))(':memory:').close()";
  return works(process.execPath, ['-e', script], { cwd: projectRoot });
}

function modulesStamp() {
  return new Stamp(nodeModules, hashOf(['package-lock.json']));
}

/** In the folder that holds what was compiled, for one kind of Node. */
function databaseStamp() {
  const built = join(nodeModules, 'better-sqlite3/build');
  return new Stamp(built, hashOf(['package-lock.json'], process.versions.modules));
}

function venvStamp() {
  return new Stamp(join(homeDir, 'venv'), hashOf(['requirements.txt']));
}

function buildStamp() {
  const sources = ['src', 'bench'].flatMap((dir) => filesUnder(dir, (path) => /(?<!\.test)\.ts$/.test(path)));
  const others = [
    'native/media-io.c',
    'scripts/native.mjs',
    'tsconfig.json',
    'tsconfig.build.json',
    'package-lock.json',
  ];
  return new Stamp(dist, hashOf([...sources, ...others], process.versions.modules));
}

function docsStamp() {
  const sources = [...filesUnder('docs', () => true), ...filesUnder('scripts/docs-site', () => true)];
  return new Stamp(
    join(dist, 'docs'),
    hashOf([...sources, 'scripts/docs-site.mjs', 'README.md', 'CHANGELOG.md', 'package-lock.json']),
  );
}

function webStamp() {
  const sources = filesUnder('web', (path) => !path.startsWith('web/dist/'));
  return new Stamp(join(projectRoot, 'web/dist'), hashOf([...sources, 'package-lock.json']));
}

/** Whether node_modules holds exactly what the lock file says, as when `npm ci` was run by hand. */
function installedAsLocked() {
  const hidden = join(nodeModules, '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  const locked = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(locked).every(
    ([path, entry]) =>
      path === '' || installed[path]?.version === entry.version || (entry.optional && !installed[path]),
  );
}

/** Python 3.11 or newer: HANDRAIL_PYTHON, else the first of the usual names. */
async function systemPython() {
  const names = process.env.HANDRAIL_PYTHON
    ? [process.env.HANDRAIL_PYTHON]
    : ['python3', 'python3.13', 'python3.12', 'python3.11'];
  for (const name of names) {
    if (await works(name, ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))'])) return name;
  }
  throw new SetupError(
    `Python 3.11 or newer was not found (looked for ${names.join(', ')}).`,
    'Install it, or name it in HANDRAIL_PYTHON.',
  );
}

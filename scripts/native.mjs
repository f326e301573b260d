import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from './lib/where.mjs';

/**
 * Compiles native/media-io.c, by the C compiler and the headers of the Node that runs this. Where one of them is missing,
 * or the system is not Linux, media use Node's own sockets: slower, and the same otherwise.
 */
const source = join(projectRoot, 'native', 'media-io.c');
const target = join(projectRoot, 'dist', 'native', 'media-io.node');
const headers = [join(dirname(dirname(process.execPath)), 'include', 'node'), '/usr/include/node'];
/** With its own flags, as make takes it. */
const [compiler, ...own] = (process.env.CC || 'cc').split(' ');

function build() {
  const include = headers.find((folder) => existsSync(join(folder, 'node_api.h')));
  if (process.platform !== 'linux') return 'it is for Linux only';
  if (include === undefined) return `Node’s headers are not in ${headers.join(' or ')}`;
  mkdirSync(dirname(target), { recursive: true });
  // A running Handrail goes on with the file that it has opened.
  const fresh = `${target}.${process.pid}`;
  const flags = ['-std=c11', '-O2', '-Wall', '-Wextra', '-fPIC', '-shared'];
  try {
    execFileSync(compiler, [...own, ...flags, '-I', include, source, '-o', fresh], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    renameSync(fresh, target);
    return undefined;
  } catch (error) {
    rmSync(fresh, { force: true });
    return error.code === 'ENOENT' ? `there is no C compiler (${compiler})` : 'it does not compile';
  }
}

const reason = build();
// What was compiled for another Node, or from another source, must not be loaded.
if (reason !== undefined) rmSync(target, { force: true });
console.log(reason === undefined ? 'native media sockets built' : `native media sockets not built: ${reason}`);

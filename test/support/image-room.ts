import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeDir, projectRoot } from '../../src/kernel/paths.js';
import { environmentOf, lastOf, parseDockerfile, wholeStage, type Instruction } from './dockerfile.js';
import { runToEnd, type CliResult } from './cli.js';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const WORKDIR = '/opt/handrail';
const VOLUME = '/var/lib/handrail';

/**
 * An image’s root file system where there is no Docker: the instructions of docker/Dockerfile, carried out over this
 * machine’s own system in place of the base image. What a COPY takes from an earlier stage is this project’s own build, bound
 * read-only; an `apt-get` is left out, because this machine has the packages. Then it is run as Docker would with the compose
 * file: read-only, as the image’s user, without any capability, in namespaces of its own, with one volume and a /tmp.
 * Needs root.
 */
export class ImageRoom {
  readonly #pid: number;
  readonly #instructions: readonly Instruction[];
  /** What was done otherwise than Docker would, one line each. */
  readonly remarks: readonly string[];

  private constructor(
    private readonly keeper: ChildProcess,
    private readonly root: string,
    instructions: readonly Instruction[],
    remarks: readonly string[],
  ) {
    this.#pid = keeper.pid ?? 0;
    this.#instructions = instructions;
    this.remarks = remarks;
  }

  static get possible(): boolean {
    return process.getuid?.() === 0 && spawnSync('unshare', ['-mn', 'true']).status === 0;
  }

  /** @param stage of docker/Dockerfile @param dir an empty folder for it */
  static async build(stage: string, dir: string): Promise<ImageRoom> {
    const text = readFileSync(join(projectRoot, 'docker/Dockerfile'), 'utf8');
    const instructions = wholeStage(parseDockerfile(text), stage);
    for (const name of ['root', 'layer', 'volume', 'venv/bin', 'venv/lib'])
      mkdirSync(join(dir, name), { recursive: true });
    writeFileSync(join(dir, 'venv/pyvenv.cfg'), 'home = /usr/bin\ninclude-system-site-packages = false\n');
    symlinkSync('/usr/bin/python3', join(dir, 'venv/bin/python'));
    const root = join(dir, 'root');
    const { lines, remarks } = assemble(instructions, root, join(dir, 'venv'));
    const script = [
      'set -e',
      'ip link set lo up',
      // In memory: a layer may not lie in the one below it.
      `mount -t tmpfs tmpfs '${dir}/layer'; mkdir '${dir}/layer/upper' '${dir}/layer/work'`,
      `mount -t overlay overlay -o 'lowerdir=/,upperdir=${dir}/layer/upper,workdir=${dir}/layer/work' '${root}'`,
      // Nothing of this machine’s own must be what makes it work.
      ...['root', 'home', 'work', 'srv', 'mnt', 'opt', 'tmp'].map(
        (name) => `mkdir -p '${root}/${name}'; mount -t tmpfs -o mode=1777 tmpfs '${root}/${name}'`,
      ),
      `mkdir -p '${root}${WORKDIR}' '${root}/mnt/models'`,
      `mount -t proc proc '${root}/proc'; mount --rbind /dev '${root}/dev'`,
      ...lines,
      `mount --bind '${homeDir}/models' '${root}/mnt/models'`,
      `cp '${projectRoot}/test/support/room-caller.mjs' '${root}/mnt/'`,
      `cp -a '${root}${VOLUME}/.' '${dir}/volume/'; chown --reference='${root}${VOLUME}' '${dir}/volume'`,
      `mount --bind '${dir}/volume' '${root}${VOLUME}'`,
      ...['opt', 'mnt'].map((name) => `mount -o remount,ro '${root}/${name}'`),
      `mount -o remount,ro '${root}'`,
      'echo ready; exec sleep 100000',
    ].join('\n');
    const keeper = spawn('unshare', ['-mn', '--propagation', 'private', 'sh', '-c', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      keeper.stdout.on('data', (said: Buffer) => {
        if (said.toString().includes('ready')) resolve();
      });
      keeper.once('exit', (code) => reject(new Error(`the image could not be put together: ${String(code)}`)));
    });
    return new ImageRoom(keeper, root, instructions, remarks);
  }

  /** The image’s entry point, as its user. @param command in place of the image’s CMD */
  start(command?: readonly string[]): ChildProcess {
    const entry = JSON.parse(lastOf(this.#instructions, 'ENTRYPOINT')) as string[];
    const usual = JSON.parse(lastOf(this.#instructions, 'CMD')) as string[];
    return this.exec([...entry, ...(command ?? usual)]);
  }

  /** A program in the container, as `docker exec` does it. */
  exec(command: readonly string[]): ChildProcess {
    const [program = '', ...args] = this.#inside(command);
    return spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  }

  /** As `exec`, to its end. */
  run(command: readonly string[]): Promise<CliResult> {
    const [program = '', ...args] = this.#inside(command);
    return runToEnd(program, args, {}, undefined, 240_000);
  }

  /** What the image’s HEALTHCHECK says: 0 is well. */
  async health(): Promise<number> {
    const check = /CMD (\[.*\])$/.exec(lastOf(this.#instructions, 'HEALTHCHECK'))?.[1] ?? '[]';
    return (await this.run(JSON.parse(check) as string[])).code;
  }

  close(): void {
    this.keeper.kill('SIGKILL');
  }

  #inside(command: readonly string[]): string[] {
    const [user = '', group = user] = lastOf(this.#instructions, 'USER').split(':');
    const env = Object.entries({ PATH, HOME: '/', ...environmentOf(this.#instructions) }).map(([k, v]) => `${k}=${v}`);
    const asUser = [
      'setpriv',
      '--reuid',
      user,
      '--regid',
      group,
      '--clear-groups',
      '--inh-caps=-all',
      '--bounding-set=-all',
    ];
    const entered = ['nsenter', '-t', String(this.#pid), '-m', '-n', 'env', '-i', ...env, 'chroot', this.root];
    return [...entered, ...asUser, '--no-new-privs', 'sh', '-c', `cd ${WORKDIR} && exec "$0" "$@"`, ...command];
  }
}

/** Shell lines that do what the instructions say. */
function assemble(
  instructions: readonly Instruction[],
  root: string,
  venv: string,
): { readonly lines: string[]; readonly remarks: string[] } {
  const lines: string[] = [];
  const remarks: string[] = [];
  for (const { name, rest } of instructions) {
    if (name === 'RUN' && /^apt-get /.test(rest))
      remarks.push(`left out, this machine has the packages: ${rest.slice(0, 60)} …`);
    else if (name === 'RUN') lines.push(`chroot '${root}' sh -c '${rest}'`);
    else if (name === 'COPY') lines.push(...copied(rest, root, venv));
  }
  return { lines, remarks };
}

function copied(rest: string, root: string, venv: string): string[] {
  const [, ...paths] = rest.split(/\s+/);
  const target = join(WORKDIR, paths.pop() ?? '');
  return paths.flatMap((path) => {
    const relative = path.replace(`${WORKDIR}/`, '');
    const from = relative.startsWith('.handrail/')
      ? join(homeDir, relative.slice('.handrail/'.length))
      : join(projectRoot, relative);
    const to = join(root, target);
    if (relative === '.handrail/venv')
      return [`mkdir -p '${to}'; cp -a '${venv}/.' '${to}/'; mount --bind '${from}/lib' '${to}/lib'`];
    // Files go into a folder, folders become it.
    return [
      `if [ -d '${from}' ]; then mkdir -p '${to}'; mount --bind -o ro '${from}' '${to}'; else cp '${from}' '${to}/'; fi`,
    ];
  });
}

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Programs of the system, and nothing else. */
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const RUN_WITHIN_MS = 240_000;

export interface RoomResult {
  readonly code: number;
  readonly output: string;
}

/**
 * A machine without internet: a network namespace of its own with nothing in it but loopback, an empty home, and folders
 * of this machine hidden, so that nothing can be taken from them. Needs no root.
 */
export class ClosedRoom {
  readonly #pid: number;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(
    private readonly keeper: ChildProcess,
    env: Readonly<Record<string, string>>,
  ) {
    this.#pid = keeper.pid ?? 0;
    this.#env = env;
  }

  /** Whether this machine allows namespaces to whoever runs this. */
  static get possible(): boolean {
    return spawnSync('unshare', ['-rnm', 'ip', 'link', 'set', 'lo', 'up']).status === 0;
  }

  /** @param hidden folders that are empty in the room, and files that are */
  static async open(
    home: string,
    hidden: { folders: readonly string[]; files: readonly string[] },
  ): Promise<ClosedRoom> {
    const empty = join(home, 'empty');
    mkdirSync(empty, { recursive: true });
    const script = [
      'set -e; ip link set lo up',
      ...hidden.folders.map((path) => `mount --bind '${empty}' '${path}'`),
      ...hidden.files.map((path) => `mount --bind /dev/null '${path}'`),
      'echo ready; exec sleep 100000',
    ].join('\n');
    const keeper = spawn('unshare', ['-rnm', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((resolve, reject) => {
      keeper.stdout.once('data', () => resolve());
      keeper.once('exit', (code) => reject(new Error(`the room could not be made: ${String(code)}`)));
    });
    return new ClosedRoom(keeper, { HOME: empty, PATH, LANG: 'C.UTF-8' });
  }

  /** Starts a program in the room, with standard input and output to talk to it. */
  start(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    const enter = ['-t', String(this.#pid), '-U', '-n', '-m', '--preserve-credentials'];
    // Its folder is to be in the room too: nsenter keeps the one that it was started in.
    const inside = ['sh', '-c', 'cd "$HOME" && exec "$0" "$@"', command, ...args];
    return spawn('nsenter', [...enter, ...inside], { env: { ...this.#env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  }

  /** Runs a program in the room to its end. */
  run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<RoomResult> {
    const child = this.start(command, args, env);
    const limit = setTimeout(() => child.kill('SIGKILL'), RUN_WITHIN_MS);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        clearTimeout(limit);
        resolve({ code: code ?? -1, output });
      });
    });
  }

  /** The routes to other machines, by IPv4: without one no packet can be sent to any. */
  get routes(): string[] {
    return this.#read('net/route')
      .split('\n')
      .slice(1)
      .filter((line) => line.trim() !== '');
  }

  /** The network devices of the room. */
  get devices(): string[] {
    return this.#read('net/dev')
      .split('\n')
      .slice(2)
      .map((line) => line.split(':')[0]?.trim() ?? '')
      .filter(Boolean);
  }

  close(): void {
    this.keeper.kill('SIGKILL');
  }

  #read(path: string): string {
    return readFileSync(`/proc/${String(this.#pid)}/${path}`, 'utf8');
  }
}

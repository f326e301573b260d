import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../src/kernel/paths.js';

/** Programs of the system, and nothing else. */
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const RUN_WITHIN_MS = 240_000;
const watcher = join(projectRoot, 'test/support/watch-packets.py');

/** A packet that left for another machine: for `protocol` see IANA’s list (6 TCP, 17 UDP). */
export interface Packet {
  readonly to: string;
  readonly protocol: number;
  readonly port: number;
}

export interface RoomResult {
  readonly code: number;
  readonly output: string;
}

/**
 * A machine without internet: a network namespace of its own, an empty home, and folders of this machine hidden, so that
 * nothing can be taken from them. All other addresses are behind a device where nobody is: what is sent there is seen, and
 * gets no answer. Needs no root.
 */
export class ClosedRoom {
  readonly #pid: number;
  readonly #env: Readonly<Record<string, string>>;
  readonly #packets: Packet[] = [];
  #watcher: ChildProcess | undefined;

  private constructor(
    private readonly keeper: ChildProcess,
    env: Readonly<Record<string, string>>,
  ) {
    this.#pid = keeper.pid ?? 0;
    this.#env = env;
  }

  /** Whether this machine allows namespaces to whoever runs this. */
  static get possible(): boolean {
    return spawnSync('unshare', ['-rnm', 'ip', 'tuntap', 'add', 'away0', 'mode', 'tun']).status === 0;
  }

  /**
   * @param python an interpreter that the watcher of packets runs with
   * @param hidden folders that are empty in the room, and files that are
   */
  static async open(
    home: string,
    python: string,
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
    const room = new ClosedRoom(keeper, { HOME: empty, PATH, LANG: 'C.UTF-8' });
    await room.#watch(python);
    return room;
  }

  async #watch(python: string): Promise<void> {
    // In the room’s network, with the files of outside: the program itself is hidden in the room.
    const child = spawn('nsenter', ['-t', String(this.#pid), '-U', '-n', '--preserve-credentials', python, watcher], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#watcher = child;
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const told = JSON.parse(line) as Packet | { readonly watching: string };
        if ('watching' in told) resolve();
        else this.#packets.push(told);
      });
      child.once('exit', (code) => reject(new Error(`nobody watches the packets: ${String(code)}`)));
    });
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

  /** Every packet so far that was for another machine. */
  get packets(): readonly Packet[] {
    return this.#packets;
  }

  close(): void {
    this.#watcher?.kill('SIGKILL');
    this.keeper.kill('SIGKILL');
  }
}

import { execFileSync, type ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSpeechFolder } from '../src/cli/synthetic-speech.js';
import { startTemporaryPbx } from '../src/cli/temporary-pbx.js';
import { homeDir, projectRoot } from '../src/kernel/paths.js';
import { unpack } from '../src/bundle/index.js';
import { schemaOf } from '../src/store/kept-database.js';
import { migrations } from '../src/store/migrations.js';
import { until } from './harness.js';
import { comesUp, handrail, runToEnd } from './support/cli.js';
import { ClosedRoom } from './support/closed-room.js';
import { callers, spokenOrders } from './support/speakers.js';
import { processesMarked } from './support/processes.js';
import { RoomCaller } from './support/room-caller.js';

/** Packing and unpacking half a gigabyte, on a machine that may be busy. */
const PACKED_WITHIN_MS = 300_000;
const UP_WITHIN_MS = 180_000;
const TEST_MS = 600_000;
const AI_CALLS = 3;

const possible = ClosedRoom.possible;
if (!possible) console.warn('No namespaces on this machine: the test of the bundle without a network is left out.');

describe.skipIf(!possible)('a machine without internet', () => {
  const dir = mkdtempSync(join(tmpdir(), 'handrail-closed-'));
  const prefix = join(dir, 'opt');
  const database = join(prefix, 'data/handrail.sqlite');
  const python = realpathSync(join(homeDir, 'venv/bin/python'));
  let room: ClosedRoom;
  let recordings: readonly string[] = [];
  let first = '';
  let second: Promise<string>;
  let service: ChildProcess | undefined;

  beforeAll(async () => {
    const orders = recordedOrders(dir);
    first = await bundled('first', (out) =>
      handrail(['bundle', '--without', 'llm', '--out', out], {}, dir, PACKED_WITHIN_MS),
    );
    recordings = await orders;
    copyFileSync(join(projectRoot, 'test/support/room-caller.mjs'), join(dir, 'room-caller.mjs'));
    // Neither this clone nor its set-up nor this Node can be what makes it work.
    const folders = homeDir.startsWith(projectRoot) ? [projectRoot] : [projectRoot, homeDir];
    const hidden = { folders, files: [realpathSync(process.execPath)] };
    room = await ClosedRoom.open(dir, python, hidden);
  }, 2 * TEST_MS);

  afterAll(async () => {
    await stopService();
    room.close();
    rmSync(dir, { recursive: true, force: true });
  }, TEST_MS);

  it(
    'is given Handrail, is served by voice and by keys, is upgraded in the middle of a call, and goes back',
    { timeout: TEST_MS },
    async () => {
      // Made while the first one is installed and started; nobody calls yet.
      second = bundled('second', (out) => asNextVersion(first, out));
      // Whoever waits for it is told of a failure.
      second.catch(() => undefined);
      await install(first);
      expect(currentVersion()).toMatch(/^0\.1\.0-/);
      await startService();
      const next = await second;

      // By voice, at the same time: of three people one may have to say it again.
      const understood = await Promise.all(
        recordings.map(async (recording, index) => {
          const number = `60${String(index)}`;
          const call = await placeCall(number);
          expect(await call.do('listen')).not.toBeNull();
          expect(await call.do(`play ${recording}`)).not.toBeNull();
          await call.do('hangup');
          return turnsOf(number).filter(({ type, outcome }) => type === 'speech' && /accepted|confirm/.test(outcome));
        }),
      );
      expect(understood.flat().length).toBeGreaterThan(0);

      // By keys, through the upgrade and beyond: what runs is not touched.
      const call = await placeCall('700');
      await call.do('listen');
      let upgraded = false;
      const upgrade = install(next).then(() => (upgraded = true));
      do {
        expect(await call.do('press 1')).not.toBeNull();
        expect(await call.do('press *')).not.toBeNull();
      } while (!upgraded);
      await upgrade;
      expect(currentVersion()).toMatch(/^0\.2\.0-/);
      const atUpgrade = turnsOf('700').length;
      expect(await call.do('press 1')).not.toBeNull();
      // On a busy machine that may have been the end of the prompt before it.
      await until(10_000, () => (turnsOf('700').length > atUpgrade ? true : undefined));
      await call.do('hangup');
      await until(10_000, () => (endingOf('700') === null ? undefined : true));
      expect(endingOf('700')).toBe('hungup-by-caller');
      expect(turnsOf('700').length).toBeGreaterThan(atUpgrade);
      expect(schemaOf(database)).toBe(migrations.length);

      // The change-over: the new version migrates, and keeps what was there before.
      await stopService();
      await startService();
      await keysWork('701');
      expect(schemaOf(database)).toBe(migrations.length + 1);
      expect(schemaOf(`${database}.schema-${String(migrations.length)}`)).toBe(migrations.length);

      const refused = await room.run(join(prefix, 'bin/handrail'), ['rollback']);
      expect(refused.output).toMatch(/HR_BUNDLE.*in use/);
      expect(currentVersion()).toMatch(/^0\.2\.0-/);
      await stopService();
      const { code, output } = await room.run(join(prefix, 'bin/handrail'), ['rollback']);
      expect(code, output).toBe(0);
      expect(currentVersion()).toMatch(/^0\.1\.0-/);
      expect(schemaOf(database)).toBe(migrations.length);
      expect(endingOf('700')).toBe('hungup-by-caller');
      await startService();
      await keysWork('702');

      // A backup of this machine, taken while it runs, makes another one that is empty the same.
      const backup = join(dir, 'backup.tar.gz');
      const made = await room.run(join(prefix, 'bin/handrail'), [
        'backup',
        '--out',
        backup,
        '--keys',
        join(dir, 'keys'),
      ]);
      expect(made.code, made.output).toBe(0);
      await stopService();
      for (const name of readdirSync(join(prefix, 'data')).filter((entry) => entry !== 'cache'))
        rmSync(join(prefix, 'data', name), { recursive: true });
      const restored = await room.run(join(prefix, 'bin/handrail'), ['restore', backup, '--keys', join(dir, 'keys')]);
      expect(restored.code, restored.output).toBe(0);
      expect(endingOf('700')).toBe('hungup-by-caller');
      await startService();
      await keysWork('703');
      await stopService();
    },
  );

  it('has sent nothing to any other machine all the while', () => {
    expect(room.packets).toEqual([]);
  });

  it('would have been seen to', async () => {
    const send = `const s = require('node:dgram').createSocket('udp4'); s.send('x', 9, '198.51.100.7', () => s.close());`;
    const { code, output } = await room.run(join(prefix, 'current/node/bin/node'), ['-e', send]);
    expect(code, output).toBe(0);
    await until(5_000, () => (room.packets.length > 0 ? true : undefined));
    expect(room.packets).toEqual([{ to: '198.51.100.7', protocol: 17, port: 9 }]);
  });

  /** Makes a bundle and unpacks it: the folder with its install.sh. */
  async function bundled(
    name: string,
    make: (out: string) => Promise<{ code: number; output: string }>,
  ): Promise<string> {
    const out = join(dir, `${name}.tar.zst`);
    const { code, output } = await make(out);
    expect(code, output).toBe(0);
    mkdirSync(join(dir, name));
    await unpack(out, join(dir, name), 'HR_BUNDLE');
    rmSync(out);
    const [folder = ''] = readdirSync(join(dir, name));
    return join(dir, name, folder);
  }

  async function install(folder: string): Promise<void> {
    const env = { HANDRAIL_PYTHON: python };
    const { code, output } = await room.run('sh', [join(folder, 'install.sh'), '--prefix', prefix], env);
    expect(code, output).toBe(0);
  }

  const currentVersion = (): string => readlinkSync(join(prefix, 'current')).replace('versions/', '');

  async function startService(): Promise<void> {
    // A busy machine must not turn the callers to the keypad.
    const env = { HANDRAIL_CALLS_ADMISSION: 'count' };
    const child = room.start(join(prefix, 'bin/handrail'), ['start', '--no-demo'], env);
    service = child;
    const { isUp, said } = await comesUp(child, UP_WITHIN_MS);
    expect(isUp, said).toBe(true);
  }

  async function stopService(): Promise<void> {
    // nsenter becomes the program that it starts, so the signal reaches Handrail itself.
    service?.kill('SIGTERM');
    await until(60_000, () => (processesMarked(join(prefix, 'data')).length === 0 ? true : undefined));
    expect(processesMarked(join(prefix, 'data'))).toEqual([]);
    service = undefined;
  }

  function placeCall(number: string): Promise<RoomCaller> {
    const root = realpathSync(join(prefix, 'current'));
    const env = { HANDRAIL_DATA: join(prefix, 'data') };
    return RoomCaller.place(room.start(join(root, 'node/bin/node'), [join(dir, 'room-caller.mjs'), root, number], env));
  }

  async function keysWork(number: string): Promise<void> {
    const call = await placeCall(number);
    await call.do('listen');
    expect(await call.do('press 1')).not.toBeNull();
    await call.do('hangup');
    await until(10_000, () => (turnsOf(number).some(({ type }) => type === 'keys') ? true : undefined));
    expect(turnsOf(number)).toContainEqual(expect.objectContaining({ type: 'keys' }));
  }

  function turnsOf(caller: string): { readonly type: string; readonly outcome: string }[] {
    return ask(
      `SELECT json_extract(input, '$.type') AS type, outcome FROM turns JOIN calls USING (call_id) WHERE caller_number = ?`,
      caller,
    ) as { type: string; outcome: string }[];
  }

  function endingOf(caller: string): unknown {
    return (ask('SELECT ending FROM calls WHERE caller_number = ?', caller)[0] as { ending: unknown }).ending;
  }

  function ask(sql: string, caller: string): unknown[] {
    const opened = new BetterSqlite3(database, { readonly: true });
    try {
      return opened.prepare(sql).all(caller);
    } finally {
      opened.close();
    }
  }
});

/** A few recorded orders as files in a folder of the room: of people where there are any, else of made voices. */
async function recordedOrders(dir: string): Promise<string[]> {
  const pbx = findSpeechFolder() ? undefined : await startTemporaryPbx();
  const folder = findSpeechFolder() ?? (pbx && (await callers(pbx)));
  await pbx?.stop();
  if (!folder) throw new Error('there are no callers');
  const orders = await spokenOrders(folder, AI_CALLS);
  return orders.map(({ file }, index) => {
    const copy = join(dir, `order-${String(index)}.wav`);
    copyFileSync(join(folder.path, file), copy);
    return copy;
  });
}

/**
 * A bundle makes bundles: this one is the first one’s tree as a version that is newer, and whose database is. It is made
 * of a second tree of the same files, as the first one is being installed.
 */
async function asNextVersion(first: string, out: string): Promise<{ code: number; output: string }> {
  const tree = `${first}-next`;
  // Hard links; what is edited becomes a file of its own.
  execFileSync('cp', ['-al', '--', first, tree]);
  edit(join(tree, 'package.json'), '"version": "0.1.0"', '"version": "0.2.0"');
  edit(
    join(tree, 'dist/src/store/migrations.js'),
    '\n];',
    '\n  `CREATE TABLE of_the_next_version (id TEXT) STRICT;`,\n];',
  );
  const env = {
    HANDRAIL_HOME: join(tree, '.handrail'),
    HANDRAIL_CACHE: join(tree, '.handrail/cache'),
    HANDRAIL_CONFIG: '',
  };
  const args = [join(tree, 'dist/src/cli/main.js'), 'bundle', '--without', 'llm', '--out', out];
  const made = await runToEnd(join(tree, 'node/bin/node'), args, env, dirname(out), PACKED_WITHIN_MS);
  rmSync(tree, { recursive: true });
  return made;
}

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no “${from}”`);
  rmSync(file);
  writeFileSync(file, text.replace(from, to));
}

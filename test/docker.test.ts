import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../src/kernel/clock.js';
import { until } from './harness.js';
import { comesUp } from './support/cli.js';
import { ImageRoom } from './support/image-room.js';
import { RoomCaller } from './support/room-caller.js';

const UP_WITHIN_MS = 240_000;
const possible = ImageRoom.possible;
if (!possible) console.warn('Not root here: the test of the container image is left out.');

describe.skipIf(!possible)('the image of the whole trial', () => {
  const dir = mkdtempSync(join(tmpdir(), 'handrail-image-'));
  let room: ImageRoom;
  let service: ChildProcess | undefined;

  beforeAll(async () => {
    room = await ImageRoom.build('trial', dir);
    console.log(
      'No Docker is used: the image’s root file system was put together from docker/Dockerfile over this machine’s own.',
    );
    for (const remark of room.remarks) console.log(`  ${remark}`);
  });

  afterAll(async () => {
    service?.kill('SIGTERM');
    if (service)
      await until(60_000, () => (service?.exitCode === null && service.signalCode === null ? undefined : true));
    room.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is read-only, and belongs to a user without rights', async () => {
    const { output } = await room.run(['sh', '-c', 'id -u; touch /opt/handrail/x /usr/x; grep Cap /proc/self/status']);
    expect(output).toMatch(/^10001$/m);
    expect(output.match(/Read-only file system/g)).toHaveLength(2);
    expect([...output.matchAll(/Cap(?:Eff|Prm|Bnd):\s+(\w+)/g)].map(([, bits]) => Number(bits))).toEqual([0, 0, 0]);
  });

  it('is not well before it is up; from nothing to the first call it takes so long', { timeout: 600_000 }, async () => {
    const beganMs = systemClock.nowMs();
    expect(await room.health()).toBe(1);
    const entry = '/opt/handrail/docker/entrypoint.sh';
    const fetched = await room.run([entry, 'models', 'import', '/mnt/models']);
    expect(fetched.code, fetched.output).toBe(0);
    const child = room.start(['start', '--no-demo']);
    service = child;
    const { isUp, said } = await comesUp(child, UP_WITHIN_MS);
    expect(isUp, said).toBe(true);
    const call = await RoomCaller.place(room.exec(['node', '/mnt/room-caller.mjs', '/opt/handrail', '700']));
    expect(await call.do('listen')).not.toBeNull();
    console.log(
      `From nothing to the first call: ${((systemClock.nowMs() - beganMs) / 1_000).toFixed(1)} s, with the weights on a disk`,
    );
    expect(await call.do('press 1')).not.toBeNull();
    await call.do('hangup');
    expect(await room.health()).toBe(0);
  });
});

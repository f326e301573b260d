import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep, systemClock } from '../../src/kernel/clock.js';
import { homeDir } from '../../src/kernel/paths.js';
import { until } from '../harness.js';
import { type Caller, KEY, rolesOf, sentenceOf, stage, stageNew } from './callers.js';
import type { Fault, Played } from './fault.js';
import { judgeRow, type FaultResult } from './judge.js';
import { World } from './world.js';

const HOLD_MS = 2_800;
const AFTER_KEY_MS = 3_000;
const CLEARED_WITHIN_MS = 15_000;

/** Keeps one world open for rows that want the same kind, and opens another when they do not. */
export class Worlds {
  #open: World | undefined;
  #kind: string | undefined;

  async of({ world = 'usual' }: Fault): Promise<World> {
    if (!this.#open || this.#kind !== world) {
      await this.close();
      this.#open = await World.open(world);
      this.#kind = world;
    }
    return this.#open;
  }

  /** What a row has broken for good is not used by the next one. */
  async close(): Promise<void> {
    await this.#open?.close();
    this.#open = undefined;
  }
}

/** Places the calls, breaks one thing, watches, presses keys, mends it, hangs up, and judges by what the callers heard. */
export async function runRow(world: World, fault: Fault, calls: number): Promise<FaultResult> {
  const { boundMs, name } = fault;
  world.mode();
  await world.ready();
  const before = await world.leftovers();
  const played = fault.play ? await fault.play(world, fault.calls ?? calls) : await playUsual(world, fault, calls);
  const { callers, faultMs, figures = {} } = played;
  const verdicts = callers.map((caller) => caller.judge(faultMs, fault, world));
  const missing = [...(played.missing ?? []), ...((await fault.after?.(world)) ?? [])];
  await world.ready().catch((error: unknown) => missing.push(String(error)));
  if (fault.check) missing.push(...(await fault.check(world)));
  const left = await until(CLEARED_WITHIN_MS, async () =>
    (await world.leftovers()).length <= before.length ? [] : undefined,
  );
  const leftovers = left ?? (await world.leftovers());
  const result = judgeRow({ name, boundMs, callers: verdicts, leftovers, missing, figures });
  if (!result.ok) await keepRecordings(name, callers);
  return result;
}

/** Callers in their places, one thing broken, then a key from each of them. */
async function playUsual(world: World, fault: Fault, calls: number): Promise<Played> {
  const { inject, holdMs = HOLD_MS, newCalls = false } = fault;
  let scene;
  if (newCalls) {
    await inject(world);
    scene = await stageNew(world, calls);
  } else {
    const words = await world.words(sentenceOf(fault.world ?? 'usual'));
    const roles = rolesOf(calls, fault.active ?? 'speaking', fault.world ?? 'usual');
    scene = await stage(world, roles, words, () => inject(world), fault.early ?? false);
  }
  const { callers, faultMs } = scene;
  await sleep(systemClock, Math.max(0, faultMs + holdMs - systemClock.nowMs()));
  if (newCalls) await sleep(systemClock, 1_000);
  await Promise.all(callers.map((caller) => caller.press(KEY)));
  await sleep(systemClock, AFTER_KEY_MS);
  await fault.heal?.(world);
  await Promise.all(callers.map((caller) => caller.hangUp()));
  return scene;
}

async function keepRecordings(name: string, callers: readonly Caller[]): Promise<void> {
  const dir = join(homeDir, 'test-results', `chaos-${name.replaceAll(/[^A-Za-z0-9]+/g, '-')}`);
  await mkdir(dir, { recursive: true });
  await Promise.all(callers.map((caller, i) => caller.keep(join(dir, `${String(i)}-${caller.role}.wav`))));
}

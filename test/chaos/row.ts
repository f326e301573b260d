import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep, systemClock } from '../../src/kernel/clock.js';
import { homeDir } from '../../src/kernel/paths.js';
import { until } from '../harness.js';
import { cafeNode } from '../support/flows.js';
import { type Caller, rolesOf, sentenceOf, stage, stageNew } from './callers.js';
import type { Fault } from './fault.js';
import { judgeRow, type FaultResult } from './judge.js';
import { World } from './world.js';

const HOLD_MS = 4_000;
const AFTER_KEY_MS = 4_000;
const CLEARED_WITHIN_MS = 15_000;

/** The key that leads to a person, at every moment, on both faces of every node. */
const KEY = '0';
const expects = cafeNode('person', 'transfer').prompt ?? '';

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
  const { boundMs, inject, holdMs = HOLD_MS, name, newCalls = false, owed = false } = fault;
  world.mode();
  await world.ready();
  const before = await world.leftovers();
  const missing: string[] = [];
  let scene;
  if (newCalls) {
    await inject(world);
    scene = await stageNew(world, fault.calls ?? calls, expects);
  } else {
    const words = await world.line.sounds.caller(sentenceOf(fault.world ?? 'usual'));
    const roles = rolesOf(calls, fault.active ?? 'speaking', fault.world ?? 'usual');
    scene = await stage(world, roles, words, expects, () => inject(world));
  }
  const { callers, faultMs } = scene;
  await sleep(systemClock, Math.max(0, faultMs + holdMs - systemClock.nowMs()));
  if (newCalls) await sleep(systemClock, 1_000);
  await Promise.all(callers.map((caller) => caller.press(KEY)));
  await sleep(systemClock, AFTER_KEY_MS);
  await fault.heal?.(world);
  await Promise.all(callers.map((caller) => caller.hangUp()));
  const verdicts = callers.map((caller) => caller.judge(faultMs, owed, world));
  await world.ready().catch((error: unknown) => missing.push(String(error)));
  if (fault.check) missing.push(...(await fault.check(world)));
  const left = await until(CLEARED_WITHIN_MS, async () =>
    (await world.leftovers()).length <= before.length ? [] : undefined,
  );
  const result = judgeRow({ name, boundMs, callers: verdicts, leftovers: left ?? (await world.leftovers()), missing });
  if (!result.ok) await keepRecordings(name, callers);
  return result;
}

async function keepRecordings(name: string, callers: readonly Caller[]): Promise<void> {
  const dir = join(homeDir, 'test-results', `chaos-${name.replaceAll(/[^A-Za-z0-9]+/g, '-')}`);
  await mkdir(dir, { recursive: true });
  await Promise.all(callers.map((caller, i) => caller.keep(join(dir, `${String(i)}-${caller.role}.wav`))));
}

import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { systemClock } from '../../src/kernel/clock.js';
import { HandrailError } from '../../src/kernel/errors.js';
import { readCommands } from '../commands.js';
import { lineAt } from '../line.js';
import { describeMachine, isInconclusive } from '../machine.js';
import { count, readOptions, type BenchTools, type StartedStack } from '../tools.js';
import { measureV2v } from '../v2v.js';
import {
  bestUnderstood,
  components,
  describeSizing,
  judgeSizing,
  keepsPromise,
  type Component,
  type SizingStep,
} from './judge.js';
import { processorTimes } from './processor.js';

/** Concurrent callers, one after the other, until the promise breaks. */
const LADDER = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64] as const;
/** A caller listens, thinks and speaks: so often a turn. */
const TURN_EVERY_MS = 8_000;
/** The time is divided as if so many steps were climbed: two cores take ten. */
const EXPECTED_STEPS = 10;
/** Of a step that breaks on a machine that others are busy on. */
const TRIES = 3;

/** `npm run bench -- sizing`: more and more callers on this machine, and what it was that stopped it. */
export async function benchSizing(args: readonly string[], { print, startStack }: BenchTools): Promise<void> {
  const values = readOptions(args, ['minutes', 'most', 'speech', 'json']);
  const minutes = count('--minutes', values.minutes ?? '5');
  const most = count('--most', values.most ?? '64');
  if (!startStack) throw new HandrailError('HR_USAGE', 'Sizing starts a Handrail of its own.');
  // Admission would turn callers to the keypad before the limit that is looked for.
  const stack = await startStack(() => Promise.resolve({ HANDRAIL_CALLS_ADMISSION: 'count' }));
  try {
    const folder = values.speech ?? (await stack.speechFolder());
    const commands = await readCommands(folder);
    const stepMs = (minutes * 60_000) / EXPECTED_STEPS;
    const steps: SizingStep[] = [];
    for (const calls of LADDER.filter((wanted) => wanted <= most)) {
      const best = bestUnderstood(steps);
      const step = await climbQuietly({ stack, folder, commands, calls, stepMs, best, print });
      steps.push(step);
      if (!keepsPromise(step, best)) break;
    }
    const cores = cpus().length;
    const sizing = judgeSizing(steps, cores);
    for (const line of describeSizing(sizing, cores)) print(line);
    if (values.json !== undefined)
      await writeFile(values.json, `${JSON.stringify({ cores, sizing, steps }, undefined, 2)}\n`);
  } finally {
    await stack.stop();
  }
}

interface Climb {
  readonly stack: StartedStack;
  readonly folder: string;
  readonly commands: Awaited<ReturnType<typeof readCommands>>;
  readonly calls: number;
  readonly stepMs: number;
  /** See `keepsPromise`. */
  readonly best: number;
  readonly print: (line: string) => void;
}

/** A step that breaks while the machine is given to others is tried again: they come and go. */
async function climbQuietly(options: Climb): Promise<SizingStep> {
  let step = await climb(options);
  for (let more = TRIES - 1; more > 0 && step.noisy && !keepsPromise(step, options.best); more--) {
    options.print('  once more, because others were busy on this machine');
    step = await climb(options);
  }
  return step;
}

async function climb({ stack, folder, commands, calls, stepMs, print }: Climb): Promise<SizingStep> {
  // Callers begin one after the other within the time of a turn, and the last turn has to end.
  const turns = Math.max(calls, Math.round((calls * (stepMs - TURN_EVERY_MS)) / TURN_EVERY_MS));
  const before = processorTimes(stack.dataDir);
  const beganMs = systemClock.nowMs();
  const options = { folder, commands, turns, calls: [calls], everyMs: TURN_EVERY_MS, print };
  const { machine, runs } = await measureV2v({ ...options, line: lineAt(stack) });
  const passedMs = systemClock.nowMs() - beganMs;
  const after = processorTimes(stack.dataDir);
  const cores = Object.fromEntries(
    components.map((name) => [name, Math.max(0, after[name] - before[name]) / passedMs]),
  ) as Record<Component, number>;
  print(`  cores busy: ${components.map((name) => `${name} ${cores[name].toFixed(2)}`).join(', ')}`);
  const noisy = isInconclusive(machine);
  if (noisy) print(`  ${describeMachine(machine)}`);
  const [run] = runs;
  return {
    calls,
    turns,
    p50Ms: run?.v2vMs.p50 ?? null,
    p95Ms: run?.v2vMs.p95 ?? null,
    unanswered: run?.unanswered ?? 1,
    understood: run?.understood ?? 0,
    sttP95Ms: run?.parts['stt']?.p95 ?? null,
    ttsP95Ms: run?.parts['tts']?.p95 ?? null,
    cores,
    clockLateMs: machine.latenessMsP99,
    noisy,
  };
}

import { again, type Fault } from './fault.js';
import type { EngineName, World } from './world.js';

/** Of end of speech, or of the moment it was due; the table of the issue. */
const BOUND_MS = 1_200;
const SLOW_EVERY_MS = 100;
const SLOW_RUNS_MS = 10;

/** What differs between the engines is where their answer is due. */
const engines: readonly (Pick<Fault, 'world' | 'active'> & { readonly engine: EngineName; readonly title: string })[] =
  [
    { engine: 'whisper', title: 'STT', world: 'usual', active: 'speaking' },
    { engine: 'piper', title: 'TTS', world: 'usual', active: 'keying' },
    { engine: 'llm', title: 'LLM', world: 'questions', active: 'speaking' },
  ];

const modes = ['never-answers', 'first-byte-late', 'stalls-in-the-middle', 'garbage'] as const;
const inWords = {
  'never-answers': 'accepts, never answers',
  'first-byte-late': 'first byte after 5 s',
  'stalls-in-the-middle': 'stalls in the middle',
  garbage: 'garbage',
} as const;

function ofEngine({ engine, title, world = 'usual', active = 'speaking' }: (typeof engines)[number]): Fault[] {
  const row = { boundMs: BOUND_MS, world, active };
  const stopped: { end?: () => Promise<void> } = {};
  const until = (make: (world: World) => () => Promise<void>) => ({
    inject: (w: World) => void (stopped.end = make(w)),
    heal: async (w: World) => {
      await stopped.end?.();
      if (engine === 'llm') await w.reviveModel();
    },
  });
  const signals: Fault[] = [
    {
      ...row,
      name: `${title}: kill -9`,
      // Dead and dead again: one that is back in a second would show nothing.
      ...until((w) => again(SLOW_EVERY_MS, () => w.signal(engine, 'SIGKILL'))),
    },
    {
      ...row,
      name: `${title}: SIGSTOP`,
      inject: (w) => w.signal(engine, 'SIGSTOP'),
      heal: (w) => w.signal(engine, 'SIGCONT'),
    },
  ];
  const slow: Fault = {
    ...row,
    name: `${title}: 10 times slower`,
    ...(engine === 'llm'
      ? { inject: (w: World) => w.mode('llm', 'ten-times-slower'), heal: (w: World) => w.mode() }
      : until((w) => {
          const stop = again(SLOW_EVERY_MS, () => {
            w.signal(engine, 'SIGCONT');
            setTimeout(() => w.signal(engine, 'SIGSTOP'), SLOW_RUNS_MS);
          });
          return async () => {
            await stop();
            setTimeout(() => w.signal(engine, 'SIGCONT'), 2 * SLOW_RUNS_MS);
          };
        })),
  };
  return [
    ...signals,
    ...modes.map((mode) => ({
      ...row,
      name: `${title}: ${inWords[mode]}`,
      inject: (w: World) => w.mode(engine, mode),
      heal: (w: World) => w.mode(),
    })),
    slow,
    outOfMemory(engine, title, row),
  ];
}

function outOfMemory(engine: EngineName, title: string, row: Pick<Fault, 'boundMs' | 'world' | 'active'>): Fault {
  const name = `${title}: out of memory`;
  if (engine === 'llm')
    return {
      ...row,
      name,
      inject: (w) => w.mode('llm', 'out-of-memory'),
      heal: async (w) => {
        w.mode();
        await w.reviveModel();
      },
    };
  return {
    ...row,
    name,
    // Not a byte more than it has: the next allocation fails, as under a memory limit.
    inject: (w) => w.limitMemory(engine),
    heal: (w) => w.signal(engine, 'SIGKILL'),
  };
}

export const engineFaults: readonly Fault[] = engines.flatMap(ofEngine);

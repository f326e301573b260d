import { readFileSync } from 'node:fs';
import { startControllerProcess, type ControllerProcess } from '../../src/cli/controller-process.js';
import { lifelineLog } from '../../src/cli/lifeline-process.js';
import { systemClock } from '../../src/kernel/clock.js';
import { again, type Fault } from './fault.js';
import { send, type World } from './world.js';

/** Where the media thread lives, and by the lifeline else. */
const MEDIA_LIVES_MS = 1_200;
const LIFELINE_MS = 3_000;
const NEW_CALL_MS = 500;
const BLOCKED_MS = 5_000;

let storm: (() => Promise<void>) | undefined;
let other: ControllerProcess | undefined;
let dead: (() => Promise<void>) | undefined;

const misconfigured = {
  'never started': {},
  'wrong app name': { HANDRAIL_ARI_APP: 'somethingelse' },
  'password refused': { HANDRAIL_ARI_PASSWORD: 'wrong-password' },
} as const;

/** How often a lifeline of this world has told this. */
function told(world: World, event: string): number {
  return readFileSync(lifelineLog(world.line.dataDir), 'utf8').split(`"event":"${event}"`).length - 1;
}

export const controllerFaults: readonly Fault[] = [
  {
    name: 'controller: kill -9',
    boundMs: LIFELINE_MS,
    owed: true,
    inject: (w) => w.signalController('SIGKILL'),
    holdMs: 5_000,
    check: (w) => Promise.resolve(told(w, 'controller-silent') > 0 ? [] : ['the lifeline did not tell']),
  },
  {
    name: 'controller: kill -9, two lifelines',
    world: 'two-lifelines',
    boundMs: LIFELINE_MS,
    owed: true,
    inject: (w) => w.signalController('SIGKILL'),
    holdMs: 5_000,
    check: (w) => Promise.resolve(told(w, 'controller-silent') === 2 ? [] : ['not both lifelines told']),
  },
  {
    name: 'controller: out of memory',
    boundMs: LIFELINE_MS,
    owed: true,
    inject: async (w) => {
      const inspector = await w.inspect();
      inspector.evaluate('{ const hoard = []; for (;;) hoard.push(new Array(100_000).fill(0.5)); }');
      setTimeout(() => inspector.close(), BLOCKED_MS);
    },
    holdMs: 5_000,
  },
  {
    name: 'controller: SIGSTOP',
    boundMs: LIFELINE_MS,
    owed: true,
    inject: (w) => w.signalController('SIGSTOP'),
    holdMs: 5_000,
    heal: (w) => w.signalController('SIGCONT'),
  },
  {
    name: 'controller: main thread blocked 5 s',
    boundMs: LIFELINE_MS,
    owed: true,
    inject: async (w) => {
      const inspector = await w.inspect();
      inspector.evaluate(`{ const until = Date.now() + ${String(BLOCKED_MS)}; while (Date.now() < until); }`);
      setTimeout(() => inspector.close(), BLOCKED_MS + 2_000);
    },
    holdMs: 7_000,
  },
  {
    name: 'controller: main thread blocked 1.5 s',
    boundMs: MEDIA_LIVES_MS,
    inject: async (w) => {
      const inspector = await w.inspect();
      inspector.evaluate('{ const until = Date.now() + 1500; while (Date.now() < until); }');
      setTimeout(() => inspector.close(), 4_000);
    },
  },
  {
    name: 'ARI: event websocket cut once',
    boundMs: MEDIA_LIVES_MS,
    inject: (w) => w.proxy.drop('events'),
  },
  {
    name: 'ARI: event websocket cut and refused',
    boundMs: LIFELINE_MS,
    owed: true,
    inject: (w) => w.proxy.cut('events'),
    holdMs: 5_000,
    heal: (w) => w.proxy.mend(),
  },
  {
    name: 'ARI: requests cut',
    boundMs: LIFELINE_MS,
    owed: true,
    inject: (w) => w.proxy.cut('requests'),
    holdMs: 5_000,
    heal: (w) => w.proxy.mend(),
  },
  {
    name: 'ARI: both cut',
    boundMs: LIFELINE_MS,
    owed: true,
    inject: (w) => w.proxy.cut('events', 'requests'),
    holdMs: 5_000,
    heal: (w) => w.proxy.mend(),
  },
  {
    name: 'ARI: reconnect storm',
    boundMs: LIFELINE_MS,
    inject: (w) => void (storm = again(400, () => w.proxy.drop('events'))),
    holdMs: 5_000,
    heal: async () => storm?.(),
  },
  {
    name: 'lifeline: killed',
    boundMs: MEDIA_LIVES_MS,
    inject: (w) => send(w.lifeline.pid, 'SIGKILL'),
  },
  {
    name: 'controller and lifeline killed',
    // Live calls are freed when either is back: a lifeline is started again after half a second, and watches for two.
    boundMs: 2 * LIFELINE_MS,
    owed: true,
    inject: (w) => {
      send(w.lifeline.pid, 'SIGKILL');
      w.signalController('SIGKILL');
    },
    holdMs: 8_000,
  },
  ...(['never started', 'wrong app name', 'password refused'] as const).map((why): Fault => ({
    name: `controller: ${why}, new calls`,
    boundMs: NEW_CALL_MS,
    newCalls: true,
    inject: async (w) => {
      w.signalController('SIGKILL');
      dead = again(50, () => w.signalController('SIGKILL'));
      const env = { ...w.line.controllerEnv(), ...misconfigured[why] };
      if (why === 'wrong app name') other = await startControllerProcess([], env, systemClock);
      if (why === 'password refused')
        await startControllerProcess([], env, systemClock).then(
          () => Promise.reject(new Error('Asterisk took a wrong password')),
          () => undefined,
        );
    },
    heal: async () => {
      await other?.stop();
      other = undefined;
      await dead?.();
    },
  })),
];

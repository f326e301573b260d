import type { Fault } from './fault.js';
import type { ServiceMode } from './inject/web-service.js';
import { TOOL_DEADLINE_MS, TOOL_FAILED } from './world.js';

/** Said while the service is waited for, and then the failure way: nobody is silent longer than at any other turn. */
const BOUND_MS = 1_200;
/** Past the deadline of the node: the end of a filler that is being said, and the way to the caller’s ear. */
const AFTER_DEADLINE_MS = 1_500;

const modes: readonly Exclude<ServiceMode, 'well'>[] = ['refuses', 'times out', '500', '10 MB answer', 'wrong type'];

export const toolFaults: readonly Fault[] = modes.map((mode) => ({
  name: `tool: ${mode}`,
  boundMs: BOUND_MS,
  world: 'tools',
  active: 'keying',
  early: true,
  answer: { prompt: TOOL_FAILED, withinMs: TOOL_DEADLINE_MS + AFTER_DEADLINE_MS },
  inject: (w) => void (w.service.mode = mode),
  holdMs: TOOL_DEADLINE_MS + 3_000,
  heal: (w) => void (w.service.mode = 'well'),
}));

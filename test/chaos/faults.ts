import type { Fault } from './fault.js';
import { asteriskFaults } from './faults-asterisk.js';
import { controllerFaults } from './faults-controller.js';
import { engineFaults } from './faults-engines.js';
import { storeFaults } from './faults-store.js';

/** The broken world, row by row. */
export const faults: readonly Fault[] = [...engineFaults, ...controllerFaults, ...asteriskFaults, ...storeFaults];

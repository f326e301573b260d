import type { Fault } from './fault.js';
import { asteriskFaults } from './faults-asterisk.js';
import { controllerFaults } from './faults-controller.js';
import { engineFaults } from './faults-engines.js';
import { networkFaults } from './faults-network.js';
import { overloadFaults } from './faults-overload.js';
import { storeFaults } from './faults-store.js';
import { toolFaults } from './faults-tools.js';

/** The broken world, row by row; rows of one kind of world in a row, as a world takes ten seconds to set up. */
export const faults: readonly Fault[] = [
  ...engineFaults,
  ...controllerFaults,
  ...asteriskFaults,
  ...storeFaults,
  ...networkFaults,
  ...overloadFaults,
  ...toolFaults,
].toSorted((a, b) => worldOf(a).localeCompare(worldOf(b)));

function worldOf({ world = 'usual' }: Fault): string {
  return world;
}

import { describe, expect, it } from 'vitest';
import { allows, dialogEvents, dialogStates, nextState } from './dialog-state.js';

/** Every pair: the next state, or '-' where the event has no meaning. Columns as in `dialogEvents`. */
const table: Record<(typeof dialogStates)[number], string> = {
  // provisional challenge answer reject hangup bye bye-done timeout
  calling: 'proceeding calling established ended cancelling - - ended',
  proceeding: 'proceeding calling established ended cancelling - - ended',
  cancelling: 'cancelling - leaving ended cancelling - - ended',
  established: '- - established - leaving ended - -',
  leaving: '- - leaving - leaving ended ended ended',
  ended: '- - ended ended ended ended - -',
};

describe('dialog states', () => {
  for (const state of dialogStates) {
    const expected = table[state].split(' ');
    dialogEvents.forEach((event, index) => {
      const next = expected[index];
      it(`${state} + ${event} = ${next ?? '?'}`, () => {
        expect(allows(state, event)).toBe(next !== '-');
        if (next === '-') expect(() => nextState(state, event)).toThrow(/means nothing/);
        else expect(nextState(state, event)).toBe(next);
      });
    });
  }
});

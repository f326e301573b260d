import { sleep, systemClock } from '../../src/kernel/clock.js';
import type { World, WorldKind } from './world.js';

/** One row: what is broken, from outside, and within what the caller must hear something useful. */
export interface Fault {
  readonly name: string;
  /** From the end of speech, or from the moment it was due. */
  readonly boundMs: number;
  /** @defaultValue 'usual' */
  readonly world?: WorldKind;
  /** What the callers do who act when the fault comes. @defaultValue 'speaking' */
  readonly active?: 'speaking' | 'keying';
  /** Every caller is owed a word after it, also one who had been asked something and was silent. */
  readonly owed?: boolean;
  /** The callers come after it; their silence counts from the answer. */
  readonly newCalls?: boolean;
  /** So many calls, whatever the command line says. */
  readonly calls?: number;
  readonly inject: (world: World) => Promise<void> | void;
  /** How long it lasts before the callers press a key. @defaultValue 4000 */
  readonly holdMs?: number;
  /** Mends it, after the keys. */
  readonly heal?: (world: World) => Promise<void> | void;
  /** What must be seen besides; what is missing, in words. */
  readonly check?: (world: World) => Promise<readonly string[]>;
}

/** Does something again and again until it is told to stop; for faults that the product keeps mending. */
export function again(everyMs: number, act: () => void): () => Promise<void> {
  let going = true;
  const loop = (async () => {
    while (going) {
      act();
      await sleep(systemClock, everyMs);
    }
  })();
  return async () => {
    going = false;
    await loop;
  };
}

import { sleep, systemClock } from '../../src/kernel/clock.js';
import type { Scene } from './callers.js';
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
  /** It comes before the callers act, not in the middle of it. */
  readonly early?: boolean;
  /** What those who act must hear in the end, and how soon after they acted. */
  readonly answer?: { readonly prompt: string; readonly withinMs: number };
  /** Every caller is owed a word after it, also one who had been asked something and was silent. */
  readonly owed?: boolean;
  /** The callers come after it; their silence counts from the answer. */
  readonly newCalls?: boolean;
  /** So many calls, whatever the command line says. */
  readonly calls?: number;
  readonly inject: (world: World) => Promise<void> | void;
  /** A row whose callers do something else; they have hung up in the end. What is missing and what it measured besides. */
  readonly play?: (world: World, calls: number) => Promise<Played>;
  /** How long it lasts before the callers press a key. @defaultValue 2800 */
  readonly holdMs?: number;
  /** Mends it, after the keys. */
  readonly heal?: (world: World) => Promise<void> | void;
  /** When everybody has hung up, before the line is waited for; what is missing, in words. */
  readonly after?: (world: World) => Promise<readonly string[]>;
  /** What must be seen besides; what is missing, in words. */
  readonly check?: (world: World) => Promise<readonly string[]>;
}

export interface Played extends Scene {
  readonly missing?: readonly string[];
  readonly figures?: Readonly<Record<string, number>>;
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

import type { DirectDial, Entity, FormNode, Knowledge, Option, Person } from './schema.js';

/**
 * What can be understood at one moment of a call, as plain data: the place where the two faces of a node meet. The NLU
 * compiles it to a grammar for the recogniser, the keypad face to keys, and both give back a `Meaning`.
 */
export type Expectation =
  /** A menu: one of several options, or a whole sentence of a form that stands behind one of them. */
  | {
      readonly kind: 'choice';
      readonly options: readonly Option[];
      /** Numbers that may be dialled instead of a key. */
      readonly directDial?: readonly DirectDial[] | undefined;
      readonly forms: readonly { readonly optionId: string; readonly intent: string; readonly form: FormNode }[];
      /** Sentences that mean none of them. */
      readonly others?: readonly string[] | undefined;
    }
  /** A form: any of its slots in one sentence; `asked` is the slot that the prompt just asked for, if one was. */
  | {
      readonly kind: 'slots';
      readonly intent: string;
      readonly form: FormNode;
      readonly asked: string | undefined;
    }
  /** One value. */
  | {
      readonly kind: 'entity';
      readonly name: string;
      readonly entity: Entity;
      readonly examples: readonly string[];
    }
  /** A person of a directory, or several who may be meant, as `valueOf` writes them; `among`: those who were read out. */
  | {
      readonly kind: 'person';
      readonly name: string;
      readonly people: readonly Person[];
      readonly among: readonly Person[] | undefined;
    }
  /** “Is that right?” – with `form`, a correction may be said instead of “no” (“no, a large one”). */
  | {
      readonly kind: 'confirmation';
      readonly form: { readonly intent: string; readonly form: FormNode } | undefined;
    }
  /** Free speech: a question that the knowledge may answer, or one of the exits. */
  | {
      readonly kind: 'open';
      readonly knowledge: readonly Knowledge[];
      readonly exits: readonly Option[];
      /** Sentences that mean none of them. */
      readonly others?: readonly string[] | undefined;
    };

/** What the caller meant. `intent`: an option's id, a number that was dialled, a form's intent, `yes`, `no`, or `question` with `answerId`. */
export interface Meaning {
  readonly intent: string | undefined;
  readonly slots: Readonly<Record<string, string>>;
  readonly answerId?: string;
}

/** One reading of an utterance with the probability that the caller meant it. */
export interface Hypothesis {
  readonly meaning: Meaning;
  readonly probability: number;
}

/** Value and spoken forms of a list entry. */
export function spoken(
  value: string | { readonly value: string; readonly say: readonly string[]; readonly said?: string },
): {
  readonly value: string;
  /** How the bot says it. */
  readonly said: string;
  readonly forms: readonly string[];
} {
  return typeof value === 'string'
    ? { value, said: value, forms: [value] }
    : { value: value.value, said: value.said ?? value.value, forms: [value.value, ...value.say] };
}

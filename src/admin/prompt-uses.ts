import type { FlowDesk } from '../flow/desk.js';
import { flowMistakes } from '../flow/load.js';
import { recordedNodes } from '../flow/recorded-texts.js';
import type { Flow } from '../flow/schema.js';

/** Where a recording is played. */
export interface PromptUse {
  /** Nodes of the draft that say a text which it is played for. */
  readonly draftNodes: readonly string[];
  /** The same of the live version. */
  readonly liveNodes: readonly string[];
  /** Whether the draft or any version names it: one that is rolled back to must find its recordings. */
  readonly isUsed: boolean;
}

/** Looks through draft and versions for the recordings that they play. A version never changes: each is read once. */
export class PromptUses {
  readonly #named = new Map<number, readonly string[]>();

  constructor(private readonly desk: Pick<FlowDesk, 'draft' | 'live' | 'versions'>) {}

  /** What is so at this moment, for any name. */
  async look(): Promise<(name: string) => PromptUse> {
    const draft = await this.desk.draft();
    const document: unknown = draft && JSON.parse(draft.json);
    const used = new Set(namedIn(document));
    for (const { version, json } of await this.desk.versions()) {
      const named = this.#named.get(version) ?? namedIn(JSON.parse(json));
      this.#named.set(version, named);
      for (const name of named) used.add(name);
    }
    const drawn = flowMistakes(document).length === 0 ? recordedNodes(document as Flow) : undefined;
    const live = recordedNodes(this.desk.live.flow);
    return (name) => ({
      draftNodes: [...(drawn?.get(name) ?? [])],
      liveNodes: [...(live.get(name) ?? [])],
      isUsed: used.has(name),
    });
  }
}

/** A draft may be any document. */
function namedIn(document: unknown): readonly string[] {
  return valuesOf((document as Partial<Flow> | null)?.recordings)
    .flatMap(valuesOf)
    .filter((name) => typeof name === 'string');
}

function valuesOf(part: unknown): readonly unknown[] {
  return typeof part === 'object' && part !== null ? Object.values(part) : [];
}

import { flowIn, languagesOf } from './languages.js';
import { textsOf } from './node-texts.js';
import { fixedPieces } from './pieces.js';
import type { Flow } from './schema.js';
import { fill } from './template.js';

/**
 * For what of a text a recording can be played: for all of it, or, where it has variables, for the fixed clauses that it begins
 * with. Each as it is said, which is how the flow’s `recordings` name it. Pure.
 */
export function recordableTexts(text: string): readonly string[] {
  return fixedPieces(text)
    .map((piece) => fill(piece, {}))
    .filter((said) => said !== '');
}

/** Everything of a language for which a recording could be played. Pure. */
export function saidTexts(flow: Flow, language: string): ReadonlySet<string> {
  if (!languagesOf(flow).includes(language)) return new Set();
  const nodes = Object.values(flowIn(flow, language).nodes);
  return new Set(nodes.flatMap((node) => [...textsOf(node).values()].flatMap(recordableTexts)));
}

/** Which nodes say a text that a recording is played for, by the recording’s name. Pure. */
export function recordedNodes(flow: Flow): ReadonlyMap<string, ReadonlySet<string>> {
  const nodes = new Map<string, Set<string>>();
  for (const language of languagesOf(flow)) {
    const own = flow.recordings?.[language];
    if (!own) continue;
    for (const [id, node] of Object.entries(flowIn(flow, language).nodes)) {
      for (const text of [...textsOf(node).values()].flatMap(recordableTexts)) {
        const name = Object.hasOwn(own, text) ? own[text] : undefined;
        if (name !== undefined) nodes.set(name, (nodes.get(name) ?? new Set()).add(id));
      }
    }
  }
  return nodes;
}

import { withTexts } from './node-texts.js';
import type { Flow, FlowNode } from './schema.js';
import { withMark } from './voice-mark.js';

/** The languages that a flow speaks, its own first. */
export function languagesOf(flow: Flow): readonly string[] {
  const base = baseOf(flow);
  return [base.language, ...Object.keys(base.languages ?? {})];
}

/** The flow as it stands in its file, of one in any of its languages. */
function baseOf(flow: Flow): Flow {
  return bases.get(flow) ?? flow;
}

const bases = new WeakMap<Flow, Flow>();
const translated = new WeakMap<Flow, Map<string, Flow>>();

/**
 * The flow in one of its languages: the same graph with other texts. The texts that a language lacks stay as they are. The
 * flow itself where it does not have the language, or none is given.
 */
export function flowIn(flow: Flow, language: string | undefined): Flow {
  const base = baseOf(flow);
  const texts = language === undefined ? undefined : base.languages?.[language];
  if (language === undefined || !texts) return base;
  const known = translated.get(base) ?? new Map<string, Flow>();
  translated.set(base, known);
  const before = known.get(language);
  if (before) return before;
  const nodes = Object.entries(base.nodes).map(([id, node]): [string, FlowNode] => {
    const own = texts[id];
    return [id, own ? withTexts(node, (key, text) => own[key] ?? text) : node];
  });
  const made: Flow = { ...base, language, nodes: Object.fromEntries(nodes) };
  bases.set(made, base);
  known.set(language, made);
  return made;
}

/** How a text of this flow is to be spoken: by the voice of its language, or from the recording that it has there. */
export function inVoice(flow: Flow, text: string): string {
  const recording = flow.recordings?.[flow.language]?.[text];
  return withMark(text, { language: bases.has(flow) ? flow.language : undefined, recording });
}

/** As `inVoice`, where other languages may follow: the line's own language is named, too. */
export function inNamedVoice(flow: Flow, text: string): string {
  return withMark(text, { language: flow.language, recording: flow.recordings?.[flow.language]?.[text] });
}

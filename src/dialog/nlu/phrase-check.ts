import { expectationsOf } from '../expecting.js';
import type { CompiledExpectation } from '../ports.js';
import type { Taken } from '../../flow/lint-world.js';
import type { Expectation } from '../../flow/expectation.js';
import type { Flow } from '../../flow/schema.js';

/** How the NLU takes a sentence at the menu or `converse` node, heard without a doubt: for the lint. */
export function phraseTaker(compile: (expectation: Expectation) => CompiledExpectation) {
  const compiled = new WeakMap<Flow, Map<string, CompiledExpectation | undefined>>();
  return (flow: Flow, nodeId: string, sentence: string): readonly Taken[] => {
    const known = compiled.get(flow) ?? new Map<string, CompiledExpectation | undefined>();
    compiled.set(flow, known);
    if (!known.has(nodeId)) {
      const expectation = expectationsOf(flow, nodeId).find(({ kind }) => kind === 'choice' || kind === 'open');
      known.set(nodeId, expectation && compile(expectation));
    }
    const hypotheses = known.get(nodeId)?.understandText(sentence).hypotheses ?? [];
    return hypotheses.map(({ meaning, probability }) => ({
      id: meaning.answerId ?? idOfIntent(flow, nodeId, meaning.intent),
      probability,
    }));
  };
}

/** A sentence of the form behind an option is that option. */
function idOfIntent(flow: Flow, nodeId: string, intent: string | undefined): string {
  const node = flow.nodes[nodeId];
  const options = node?.kind === 'menu' ? node.options : [];
  const behind = options.find(({ id, next }) => id !== intent && next === intent && flow.nodes[next]?.kind === 'form');
  return behind?.id ?? intent ?? '';
}

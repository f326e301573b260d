import type { CompiledExpectation, Understander } from './ports.js';
import type { Expectation } from '../flow/expectation.js';

/**
 * Compiles each question once. Expectations are made anew at every turn, but their parts are the flow's own objects, so
 * these are the keys; when a flow version is dropped, what was compiled for it goes too.
 */
export class CachingUnderstander implements Understander {
  readonly #compiled = new WeakMap<object, Map<string, CompiledExpectation>>();

  constructor(private readonly compileAnew: (expectation: Expectation) => CompiledExpectation) {}

  compile(expectation: Expectation): CompiledExpectation {
    const { part, variant } = keyOf(expectation);
    const variants = this.#compiled.get(part) ?? new Map<string, CompiledExpectation>();
    this.#compiled.set(part, variants);
    const known = variants.get(variant);
    if (known) return known;
    const compiled = this.compileAnew(expectation);
    variants.set(variant, compiled);
    return compiled;
  }
}

/** All plain confirmations are one question. */
const plainConfirmation = {};

function keyOf(expectation: Expectation): { readonly part: object; readonly variant: string } {
  switch (expectation.kind) {
    case 'choice':
      return { part: expectation.options, variant: 'choice' };
    case 'slots':
      return { part: expectation.form, variant: `slots ${expectation.asked ?? ''}` };
    case 'entity':
      return { part: expectation.entity, variant: `entity ${expectation.name}` };
    case 'person':
      return { part: expectation.among ?? expectation.people, variant: `person ${expectation.name}` };
    case 'confirmation':
      return { part: expectation.form?.form ?? plainConfirmation, variant: 'confirmation' };
    case 'open':
      return { part: expectation.exits, variant: 'open' };
  }
}

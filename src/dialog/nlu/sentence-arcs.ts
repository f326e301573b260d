import type { Expectation } from '../../flow/expectation.js';
import { namesIn } from '../../flow/template.js';
import { amongArcs, directoryArcs } from './directory-arcs.js';
import { english } from './english.js';
import { entityArcs } from './entity-arcs.js';
import { openWeight } from './entity-place.js';
import { formArcs } from './form-arcs.js';
import { GrammarBuilder } from './grammar-builder.js';
import { spellings, writtenWords } from './words.js';

/** Log-probability costs: of hesitations and politeness around the point, and of leaving out what has to be said. */
const fillerWeight = -1;
const missingWeight = -8;
const correctionWeight = -0.5;

/** Builds the automaton of everything that may be said at one moment. */
export function sentenceArcs(expectation: Expectation): GrammarBuilder {
  const frame = new Frame();
  switch (expectation.kind) {
    case 'choice':
      for (const { id, phrases } of expectation.options) frame.option(phrases, { set: 'intent', intent: id });
      for (const { intent, form } of expectation.forms) {
        const from = frame.grammar.state();
        frame.grammar.free(frame.noun, from, { tag: { set: 'intent', intent } });
        formArcs(frame.grammar, form, { from, to: frame.thing, missingWeight });
      }
      break;
    case 'slots': {
      const from = frame.grammar.state();
      frame.grammar.free(frame.noun, from, { tag: { set: 'intent', intent: expectation.intent } });
      const weight = expectation.asked === undefined ? missingWeight : 0;
      formArcs(frame.grammar, expectation.form, { from, to: frame.thing, missingWeight: weight });
      break;
    }
    case 'entity': {
      const { name, entity, examples } = expectation;
      const carried = examples.filter((example) => namesIn(example).includes(name));
      const place = { from: frame.value, to: frame.end, open: frame.end, slot: name };
      entityArcs(frame.grammar, entity, place);
      for (const example of carried) frame.carrier(example);
      break;
    }
    case 'person': {
      const { among, name, people } = expectation;
      const place = { from: frame.person(), to: frame.end, slot: name };
      if (among) amongArcs(frame.grammar, among, place);
      else directoryArcs(frame.grammar, people, place);
      break;
    }
    case 'confirmation':
      confirmationArcs(frame, expectation.form);
      break;
    case 'open':
      for (const { id, phrases } of expectation.exits) frame.option(phrases, { set: 'intent', intent: id });
      for (const { id, questions } of expectation.knowledge) {
        const known = frame.grammar.state();
        frame.grammar.free(frame.noun, known, { tag: { set: 'intent', intent: 'question' } });
        const tag = { set: 'answer', answerId: id } as const;
        frame.grammar.any(known, new Set(questions.flatMap((question) => spellings(question))), frame.end, { tag });
      }
      break;
    default:
      return expectation satisfies never;
  }
  return frame.grammar;
}

function confirmationArcs(frame: Frame, form: Extract<Expectation, { kind: 'confirmation' }>['form']): void {
  const { grammar } = frame;
  grammar.any(frame.first, english.yes, frame.end, { tag: { set: 'intent', intent: 'yes' } });
  const no = { set: 'intent', intent: 'no' } as const;
  grammar.any(frame.first, english.no, frame.end, { tag: no });
  if (!form) return;
  const denied = grammar.state();
  const led = grammar.state();
  const from = grammar.state();
  grammar.free(frame.first, denied, { tag: no });
  grammar.any(frame.first, ['no', 'nope', 'no no', 'no sorry', 'no actually', 'yes but', 'sorry'], denied, { tag: no });
  grammar.free(denied, led);
  grammar.any(denied, english.corrections, led, { weight: correctionWeight });
  grammar.free(led, from);
  grammar.any(led, english.articles, from, { weight: correctionWeight });
  formArcs(grammar, form.form, { from, to: frame.thing, missingWeight: 0 });
}

/**
 * What stands around the point of every sentence: a hesitation or greeting before it, an opening (“can I get a”), and
 * politeness after it.
 */
class Frame {
  readonly grammar = new GrammarBuilder();
  /** After a hesitation or greeting. */
  readonly first = this.grammar.state();
  /** Where things are named. */
  readonly noun = this.grammar.state();
  /** Where wishes to do something are named. */
  readonly verb = this.grammar.state();
  /** Where a plain value is named. */
  readonly value = this.grammar.state();
  /** After a no that is said in more words: “no thanks, that’s all”. */
  readonly declined = this.grammar.state();
  /** After things: “a large one”. */
  readonly thing = this.grammar.state();
  /** After the point. */
  readonly end = this.grammar.state();

  constructor() {
    const { grammar } = this;
    const opened = grammar.state();
    const last = grammar.state();
    grammar.free(grammar.start, this.first);
    grammar.any(grammar.start, english.fillers, this.first, { weight: fillerWeight });
    grammar.free(this.first, opened);
    grammar.free(opened, this.noun);
    grammar.any(opened, english.articles, this.noun);
    grammar.any(this.first, english.openers, opened);
    const cut = grammar.state();
    grammar.any(this.first, english.openers, cut, { weight: openWeight, tag: { set: 'open' } });
    grammar.free(cut, last);
    grammar.free(this.first, this.verb);
    grammar.any(this.first, english.verbOpeners, this.verb);
    grammar.free(this.first, this.value);
    grammar.any(this.first, english.valueOpeners, this.value, { weight: fillerWeight });
    grammar.any(this.first, english.hedges, this.noun, { weight: fillerWeight });
    grammar.any(this.first, english.declines, this.declined, { weight: fillerWeight });
    grammar.any(this.declined, english.hedges, this.declined, { weight: fillerWeight });
    grammar.free(this.thing, this.end);
    grammar.any(this.thing, english.anaphors, this.end, { weight: fillerWeight });
    grammar.free(this.end, last);
    grammar.any(this.end, english.tails, last, { weight: fillerWeight });
    grammar.final(last);
  }

  /**
   * Phrases for one way, as nouns (“your opening hours”) and as deeds (“I want to talk to somebody”). What can be said
   * with a bare no can be said after one.
   */
  option(phrases: readonly string[], tag: { readonly set: 'intent'; readonly intent: string }): void {
    const forms = new Set(phrases.flatMap((phrase) => spellings(phrase)));
    this.grammar.any(this.noun, forms, this.end, { tag });
    this.grammar.any(this.verb, forms, this.end, { tag });
    if (english.no.some((denial) => forms.has(denial))) this.grammar.any(this.declined, forms, this.end, { tag });
  }

  /** Where a person is named. */
  person(): number {
    const { grammar } = this;
    const named = grammar.state();
    grammar.free(this.first, named);
    grammar.any(this.first, english.personOpeners, named);
    grammar.any(this.first, english.valueOpeners, named, { weight: fillerWeight });
    return named;
  }

  /** “my order number is {number}”: the words before the value. */
  carrier(example: string): void {
    const words = writtenWords(example.slice(0, example.indexOf('{'))).join(' ');
    if (words !== '') this.grammar.arc(this.first, words, this.value);
  }
}

import { lastNameOf, lettersOf, SOMEBODY_ELSE, valueOf } from '../../flow/directory.js';
import type { Person } from '../../flow/schema.js';
import { letterWords } from './code-arcs.js';
import { english } from './english.js';
import type { GrammarBuilder, Tag } from './grammar-builder.js';
import { ordinalWords, spellings, writtenWords } from './words.js';

/** Log-probability costs of a part of a name, where a whole one may have been said, and of spelling. */
const partWeight = -0.5;
const spelledWeight = -1;

export interface DirectoryPlace {
  readonly from: number;
  readonly to: number;
  readonly slot: string;
}

/** Names, whole or in part, and last names spelled. What several people share means all of them. */
export function directoryArcs(grammar: GrammarBuilder, people: readonly Person[], place: DirectoryPlace): void {
  const { from, to } = place;
  for (const { phrase, whole, meant } of nameForms(people))
    grammar.any(from, spellings(phrase), to, { tag: tagOf(place, meant), ...(whole ? {} : { weight: partWeight }) });
  spelledArcs(grammar, people, place);
}

/** The people who were read out, each with what tells them apart, or none of them (`SOMEBODY_ELSE`). */
export function amongArcs(grammar: GrammarBuilder, among: readonly Person[], place: DirectoryPlace): void {
  const { from, to } = place;
  grammar.any(from, english.somebodyElse, to, { tag: { set: 'intent', intent: SOMEBODY_ELSE } });
  for (const { phrase, meant } of nameForms(among))
    grammar.any(from, spellings(phrase), to, { tag: tagOf(place, meant) });
  among.forEach((person, index) => {
    const tag = tagOf(place, [person]);
    const nth = ordinalWords(index + 1).join(' ');
    const { about } = person;
    const told = about === undefined ? [] : [about, `in ${about}`, `from ${about}`, `the one in ${about}`];
    grammar.any(from, [`the ${nth}`, `the ${nth} one`, ...told.flatMap((phrase) => spellings(phrase))], to, { tag });
  });
}

function tagOf({ slot }: DirectoryPlace, people: readonly Person[]): Tag {
  return { set: 'slot', slot, part: valueOf(people), at: 0, glue: ' ' };
}

/* ---------------------------------------------------------------- names in words */

/** One way to ask for somebody, with all whom it may mean. */
interface NameForm {
  readonly phrase: string;
  readonly whole: boolean;
  readonly meant: readonly Person[];
}

function nameForms(people: readonly Person[]): readonly NameForm[] {
  const forms = new Map<string, { readonly whole: boolean; readonly meant: Set<Person> }>();
  const add = (phrase: string, person: Person, whole: boolean): void => {
    const key = writtenWords(phrase).join(' ');
    const known = forms.get(key) ?? { whole, meant: new Set<Person>() };
    forms.set(key, { whole: known.whole || whole, meant: known.meant.add(person) });
  };
  for (const person of people) {
    const { name, about, say = [] } = person;
    const [first = name] = name.split(/\s+/);
    const last = lastNameOf(person);
    for (const phrase of [name, ...say]) add(phrase, person, true);
    for (const part of [first, last]) add(part, person, part === name);
    for (const title of english.titles) add(`${title} ${last}`, person, false);
    if (about !== undefined) for (const link of ['', 'in ', 'from ']) add(`${name} ${link}${about}`, person, true);
  }
  return [...forms].map(([phrase, { whole, meant }]) => ({ phrase, whole, meant: [...meant] }));
}

/* ---------------------------------------------------------------- names in letters */

/** Fewer letters are no name that anybody spells. */
const LEAST_LETTERS = 2;

/** All last names as one tree of letters: names that begin alike share their beginning. */
function spelledArcs(grammar: GrammarBuilder, people: readonly Person[], place: DirectoryPlace): void {
  const byName = new Map<string, Person[]>();
  for (const person of people) {
    const letters = lettersOf(lastNameOf(person));
    if (letters.length >= LEAST_LETTERS) byName.set(letters, [...(byName.get(letters) ?? []), person]);
  }
  const root = grammar.state();
  grammar.free(place.from, root, { weight: spelledWeight });
  const states = new Map<string, number>([['', root]]);
  for (const [letters, meant] of byName) {
    for (let at = 1; at <= letters.length; at++) {
      const beginning = letters.slice(0, at);
      if (states.has(beginning)) continue;
      const state = grammar.state();
      states.set(beginning, state);
      const before = states.get(beginning.slice(0, -1)) ?? root;
      const { phrases, textOnly } = letterWords(letters.charAt(at - 1));
      grammar.any(before, phrases, state);
      grammar.any(before, textOnly, state, { textOnly: true });
    }
    grammar.free(states.get(letters) ?? root, place.to, { tag: tagOf(place, meant) });
  }
}

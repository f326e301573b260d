import type { DirectoryNode, Person } from './schema.js';

/** Between people who may be meant, where it is not clear yet who of them is. */
const AND = '; ';

/** What is meant by a caller who wants none of those who were read out. */
export const SOMEBODY_ELSE = 'somebody-else';

/** How somebody is called, and told apart: “Anna Smith, sales”. The value of the node’s variable. */
export function labelOf({ name, about }: Person): string {
  return about === undefined ? name : `${name}, ${about}`;
}

export function slotOf({ slot = 'person' }: DirectoryNode): string {
  return slot;
}

/** People as a value: one of them, or several who may be meant. */
export function valueOf(people: readonly Person[]): string {
  return people.map(labelOf).join(AND);
}

/** The people of a value, in the order of the directory. */
export function peopleOf(people: readonly Person[], value: string): readonly Person[] {
  const labels = new Set(value.split(AND));
  return people.filter((person) => labels.has(labelOf(person)));
}

export function lastNameOf({ name, lastName }: Person): string {
  return lastName ?? name.trim().split(/\s+/).at(-1) ?? name;
}

/** Latin letters alone, in capitals: `Ó Súilleabháin` → `OSUILLEABHAIN`. */
export function lettersOf(text: string): string {
  return text
    .replaceAll('ß', 'ss')
    .replace(/[øØ]/g, 'o')
    .replace(/[łŁ]/g, 'l')
    .normalize('NFKD')
    .toUpperCase()
    .replace(/[^A-Z]/g, '');
}

/* ---------------------------------------------------------------- what callers key in */

const KEYS = '22233344455566677778889999';

/** The keys of some letters: `Smith` → `76484`. */
export function keysOf(text: string): string {
  return [...lettersOf(text)].map((letter) => KEYS[letter.charCodeAt(0) - 65] ?? '').join('');
}

/** What a row of keys comes to. */
export interface NameKeys {
  /** Those whose names begin so, in the order of the directory. */
  readonly found: readonly Person[];
  /** Nothing more has to be keyed in: one person is meant, or the names have no more letters. */
  readonly ends: boolean;
}

const tables = new WeakMap<readonly Person[], ReadonlyMap<string, NameKeys>>();

/** Every row of keys with which a name begins, up to where it ends. */
export function nameKeys(people: readonly Person[]): ReadonlyMap<string, NameKeys> {
  const known = tables.get(people) ?? tableOf(people);
  tables.set(people, known);
  return known;
}

function tableOf(people: readonly Person[]): ReadonlyMap<string, NameKeys> {
  const rows = new Map<string, { readonly found: Set<Person>; goesOn: boolean }>();
  for (const person of people) {
    for (const number of numbersOf(person)) {
      for (let at = 1; at <= number.length; at++) {
        const keys = number.slice(0, at);
        const row = rows.get(keys) ?? { found: new Set<Person>(), goesOn: false };
        row.found.add(person);
        row.goesOn ||= at < number.length;
        rows.set(keys, row);
      }
    }
  }
  const endsAt = ({ found, goesOn }: { readonly found: Set<Person>; readonly goesOn: boolean }): boolean =>
    found.size === 1 || !goesOn;
  const needed = [...rows].filter(([keys]) => {
    const before = rows.get(keys.slice(0, -1));
    return !before || !endsAt(before);
  });
  return new Map(needed.map(([keys, row]) => [keys, { found: [...row.found], ends: endsAt(row) }]));
}

/** The last name and then the rest, also of other names that have several words. */
function numbersOf(person: Person): readonly string[] {
  const others = (person.say ?? []).filter((name) => /\S\s+\S/.test(name)).map((name) => ({ ...person, name }));
  const numbers = [person, ...others].map((named) => {
    const last = lastNameOf(named);
    const end = named.name.lastIndexOf(last);
    return keysOf(last) + keysOf(end < 0 ? named.name : named.name.slice(0, end));
  });
  return [...new Set(numbers)].filter((number) => number !== '');
}

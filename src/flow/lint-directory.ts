import { keysOf, labelOf, lastNameOf } from './directory.js';
import type { Finding } from './finding.js';
import type { DirectoryNode, Person } from './schema.js';
import { soundOf } from './sound-of.js';

type NodeFinding = Omit<Finding, 'nodeId'>;

/** People whom nobody can reach, or tell apart. */
export function directoryFindings({ people = [] }: DirectoryNode): readonly NodeFinding[] {
  if (people.length === 0) {
    return [
      {
        code: 'empty-directory',
        severity: 'error',
        message: 'Nobody is in this directory.',
        mend: 'Add people with their names and extensions.',
      },
    ];
  }
  return [...sameLabels(people), ...sameSounds(people), ...people.filter(hasNoKeys).map(withoutKeys)];
}

function sameLabels(people: readonly Person[]): readonly NodeFinding[] {
  return shared(people, (person) => labelOf(person).toLowerCase()).map(([person, ...others]) => ({
    code: 'same-person',
    severity: 'error',
    message: `${labelOf(person)} is there ${String(others.length + 1)} times: nobody can tell which is meant.`,
    mend: 'Say in `about` what tells them apart, such as a department, or take one out.',
  }));
}

function sameSounds(people: readonly Person[]): readonly NodeFinding[] {
  return shared(people, ({ name }) => soundOf(name))
    .map((alike) => [...new Map(alike.map(({ name }) => [name.toLowerCase(), name])).values()])
    .filter((names) => names.length > 1)
    .map((names) => ({
      code: 'same-sound',
      severity: 'warning',
      message: `${names.join(' and ')} sound the same: callers who say one name may be asked which is meant.`,
      mend: 'Nothing, if that is meant; `about` helps callers to choose.',
    }));
}

function hasNoKeys(person: Person): boolean {
  return keysOf(lastNameOf(person)) === '';
}

function withoutKeys(person: Person): NodeFinding {
  return {
    code: 'no-way-by-keys',
    severity: 'error',
    message: `The last name of ${labelOf(person)} has no letter that is on a key.`,
    mend: 'Write it in Latin letters, as `lastName`.',
  };
}

/** Those who have something in common with others. */
function shared(people: readonly Person[], keyOf: (person: Person) => string): readonly [Person, ...Person[]][] {
  const groups = new Map<string, [Person, ...Person[]]>();
  for (const person of people) {
    const key = keyOf(person);
    const group = groups.get(key);
    if (group) group.push(person);
    else groups.set(key, [person]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

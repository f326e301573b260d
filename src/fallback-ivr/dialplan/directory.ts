import { setBoth, variableNames, type Copy } from './copy.js';
import type { Extension } from './dialplan-text.js';
import { seconds, writeFailure } from './routines.js';
import { encodeValue, nodeKey, safeTarget } from './safe-text.js';
import { initialState, keypadPrompt } from '../../dialog/entering.js';
import { labelOf, nameKeys, slotOf } from '../../flow/directory.js';
import { defaultsOf, type DirectoryNode, type Person } from '../../flow/schema.js';
import { MOST_READ, nameText } from '../keypad-directory.js';
import { MORE_KEY, ONE_PAGE, PAGE } from '../keypad-list.js';
import { keypadStart } from '../keypad-question.js';

/** Signs of a person's number, so that the nth of several is found by its place. */
const WIDTH = 4;
const RING_MS = 25_000;

/**
 * Writes a directory as dialplan. Channel variables: HR_DIGITS, the keys of a name; HR_FOUND, the numbers of those who may be
 * meant, empty where they are too many; HR_PAGE. Extensions, each with the node's key behind it:
 *
 * | extension | does |
 * |---|---|
 * | dname, dmore | ask for the keys of a name, at first and after those of too many |
 * | dtry, dnext | look for the keys that came; wait for one more |
 * | dk_KEYS | who may be meant by these keys: one for each beginning of a name that is not clear before |
 * | dread | reads out who may be meant |
 * | dp_NUMBER | one person: name, extension |
 */
export function writeDirectory(copy: Copy, id: string, node: DirectoryNode): string {
  const key = nodeKey(id);
  const people = node.people ?? [];
  const names = {
    begin: `dname_${key}`,
    more: `dmore_${key}`,
    attempt: `dtry_${key}`,
    next: `dnext_${key}`,
    read: `dread_${key}`,
  };
  const failure = (kind: 'wrongKey' | 'noKey', shared: string): string => {
    if (node[kind] === undefined) return shared;
    writeFailure(copy, kind, `${shared}_${key}`, node);
    return `${shared}_${key}`;
  };
  const ways = {
    wrong: failure('wrongKey', 'invalid'),
    silent: failure('noKey', 'silent'),
    operator: copy.node(copy.flow.operator ?? copy.flow.giveUp),
  };
  const asks = (name: string, parts: readonly string[]): Extension => {
    const state = {
      ...initialState(copy.flow),
      nodeId: id,
      face: 'keypad' as const,
      keypad: { ...keypadStart, parts },
    };
    const extension = copy.text.extension(name).add('Set(HR_ASKED=${EXTEN})');
    copy.say(extension, keypadPrompt(copy.flow, state));
    return extension;
  };
  for (const [name, parts] of [
    [names.begin, []],
    [names.more, ['']],
  ] as const) {
    asks(name, parts)
      .add('Gosub(key,1)')
      .add(`GotoIf($["k\${HR_KEY}" = "k"]?${ways.silent},1)`)
      .add(`GotoIf($["k\${HR_KEY}" = "k0"]?${ways.operator},1)`)
      .add(`GotoIf($["k\${HR_KEY}" = "k*"]?${names.begin},1)`)
      .add(`GotoIf($["k\${HR_KEY}" = "k#"]?${name},1)`)
      .add('Set(HR_DIGITS=${HR_KEY})')
      .goto(names.attempt);
  }
  copy.text
    .extension(names.attempt)
    .add(`GotoIf($["k\${FILTER(2-9,\${HR_DIGITS})}" != "k\${HR_DIGITS}"]?${ways.wrong},1)`)
    .add(`GotoIf($[\${DIALPLAN_EXISTS(${copy.options.context},dk_${key}_\${HR_DIGITS},1)}]?dk_${key}_\${HR_DIGITS},1)`)
    .goto(ways.wrong);
  copy.text
    .extension(names.next)
    .add(`Read(HR_KEY,,1,t(),1,${seconds(defaultsOf(copy.flow).interDigitMs)})`)
    .add('GotoIf($["k${HR_KEY}" = "k" | "k${HR_KEY}" = "k#"]?whole)')
    .add(`GotoIf($["k\${HR_KEY}" = "k0"]?${ways.operator},1)`)
    .add(`GotoIf($["k\${HR_KEY}" = "k*"]?${names.begin},1)`)
    .add('Set(HR_DIGITS=${HR_DIGITS}${HR_KEY})')
    .goto(names.attempt)
    .add(`GotoIf($[\${LEN(\${HR_FOUND})} > 0]?${names.read},1)`, 'whole')
    .goto(names.more);
  writeKeys(copy, key, people, names);
  writeReading(copy, key, names, ways);
  writePeople(copy, key, people);
  writeCall(copy, key, node);
  return names.begin;
}

interface Names {
  readonly begin: string;
  readonly more: string;
  readonly next: string;
  readonly read: string;
}

/** One extension for each beginning of a name, up to where it is clear who is meant. */
function writeKeys(copy: Copy, key: string, people: readonly Person[], names: Names): void {
  const numbers = new Map(people.map((person, index) => [person, numberOf(index)]));
  for (const [keys, { ends, found }] of nameKeys(people)) {
    const told = found.length > MOST_READ ? [] : found.map((person) => numbers.get(person) ?? '');
    copy.text
      .extension(`dk_${key}_${keys}`)
      .add(`Set(HR_FOUND=${told.join('')})`)
      .add('Set(HR_PAGE=0)')
      .goto(ends ? (told.length > 0 ? names.read : names.more) : names.next);
  }
}

function numberOf(index: number): string {
  return String(index).padStart(WIDTH, '0');
}

/** Who may be meant, page by page as `listQuestion` reads them. */
function writeReading(
  copy: Copy,
  key: string,
  names: Names,
  ways: { readonly wrong: string; readonly silent: string; readonly operator: string },
): void {
  const { keys } = copy.words;
  const read = copy.text
    .extension(names.read)
    .add('Set(HR_ASKED=${EXTEN})')
    .add(`Set(HR_COUNT=$[\${LEN(\${HR_FOUND})} / ${String(WIDTH)}])`)
    .add(`Set(HR_MORE=$[\${HR_COUNT} > ${String(ONE_PAGE)} & (\${HR_PAGE} + 1) * ${String(PAGE)} < \${HR_COUNT}])`);
  const person = (place: string): string =>
    `\${HR_FOUND:$[(\${HR_PAGE} * ${String(PAGE)} + ${place}) * ${String(WIDTH)}]:${String(WIDTH)}}`;
  for (let place = 0; place < ONE_PAGE; place++) {
    if (place === PAGE) read.add(`GotoIf($[\${HR_COUNT} > ${String(ONE_PAGE)}]?shown)`);
    read
      .add(`Set(HR_WHO=${person(String(place))})`)
      .add('GotoIf($["k${HR_WHO}" = "k"]?shown)')
      .add(`Gosub(dp_${key}_\${HR_WHO},1)`)
      .add(`Set(HR_SAY=\${HR_SAY}\${HR_NAME}${copy.sound(keys.pressKey(String(place + 1)))})`);
  }
  read
    .add(`GotoIf($[\${HR_MORE} = 0]?last)`, 'shown')
    .add(`Set(HR_SAY=\${HR_SAY}${copy.sound(keys.more(MORE_KEY))})`)
    .add(`Set(HR_SAY=\${HR_SAY}${copy.sound(keys.otherName)})`, 'last')
    .add('Gosub(key,1)')
    .add(`GotoIf($["k\${HR_KEY}" = "k"]?${ways.silent},1)`)
    .add(`GotoIf($["k\${HR_KEY}" = "k0"]?${ways.operator},1)`)
    .add(`GotoIf($["k\${HR_KEY}" = "k#"]?${names.read},1)`)
    .add('GotoIf($["k${HR_KEY}" = "k*"]?back)')
    .add(`GotoIf($["k\${FILTER(1-9,\${HR_KEY})}" != "k\${HR_KEY}"]?${ways.wrong},1)`)
    .add(`GotoIf($[\${HR_MORE} = 1 & \${HR_KEY} = ${MORE_KEY}]?page)`)
    .add(`GotoIf($[\${HR_COUNT} > ${String(ONE_PAGE)} & \${HR_KEY} > ${String(PAGE)}]?${ways.wrong},1)`)
    .add(`Set(HR_WHO=${person('${HR_KEY} - 1')})`)
    .add(`GotoIf($["k\${HR_WHO}" != "k"]?dcall_${key},1)`)
    // Whoever goes on keying in a name that was clear already hears it again.
    .add(`GotoIf($[\${HR_COUNT} = 1]?${names.read},1)`)
    .goto(ways.wrong)
    .add('Set(HR_PAGE=$[${HR_PAGE} + 1])', 'page')
    .goto(names.read)
    .add(`GotoIf($[\${HR_PAGE} = 0]?${names.begin},1)`, 'back')
    .add('Set(HR_PAGE=$[${HR_PAGE} - 1])')
    .goto(names.read);
}

function writePeople(copy: Copy, key: string, people: readonly Person[]): void {
  people.forEach((person, index) => {
    copy.text
      .extension(`dp_${key}_${numberOf(index)}`)
      .add(`Set(HR_NAME=${copy.sound(nameText(person))})`)
      .add(`Set(HR_VALUE=${encodeValue(labelOf(person))})`)
      .add(`Set(HR_TO=${safeTarget(person.extension)})`)
      .add('Return()');
  });
}

function writeCall(copy: Copy, key: string, node: DirectoryNode): void {
  const call = copy.text.extension(`dcall_${key}`).add(`Gosub(dp_${key}_\${HR_WHO},1)`);
  setBoth(call, variableNames(slotOf(node)), { text: '${HR_VALUE}', sounds: '${HR_NAME}' });
  if (node.connecting) copy.sayTemplate(call, node.connecting);
  else {
    copy.say(call, [copy.words.directory.putThrough]);
    call.add('Set(HR_SAY=${HR_SAY}${HR_NAME})');
  }
  copy.call(call, '${HR_TO}', node.ringMs ?? RING_MS, node.failed);
}

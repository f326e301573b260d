import { createHash } from 'node:crypto';
import { HandrailError } from '../../kernel/errors.js';
import type { Flow } from '../../flow/schema.js';
import type { OwnWords } from '../../flow/words/own-words.js';

/**
 * Names and values of a flow are an admin's text, and dialplan has no quoting that holds: `${`, `$[`, commas, quotes, `;`
 * and line ends all mean something somewhere. So no text is quoted: names are checked, values are percent-encoded, and what
 * is said stands in the dialplan as the hash of its text.
 */

/** Asterisk cuts a line at 8,192 bytes and an expression at 4,096; one value may take this much of it. */
const MAX_VALUE = 600;

/**
 * A value in letters, digits, `_`, `.`, `-` and `%XX` (UTF-8), so that it can stand anywhere in dialplan, be joined with
 * others, and be compared. `${URIDECODE(…)}` gives the text back. One that is too long stands as its hash.
 */
export function encodeValue(text: string): string {
  const encoded = [...Buffer.from(text, 'utf8')]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9_.-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
  return encoded.length <= MAX_VALUE ? encoded : `%23${hashOf(text)}`;
}

/** The file name of what is said: the same text has the same name. What dialplan picks by a number is named by that. */
export function soundName(text: string, words: OwnWords): string {
  return countedSounds(words).get(text) ?? `say-${hashOf(text)}`;
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');

const counted = new WeakMap<OwnWords, ReadonlyMap<string, string>>();

function countedSounds(words: OwnWords): ReadonlyMap<string, string> {
  const known = counted.get(words) ?? countSounds(words);
  counted.set(words, known);
  return known;
}

const countSounds = ({ values }: OwnWords): ReadonlyMap<string, string> =>
  new Map([
    ...[...'0123456789'].map((digit): [string, string] => [digit, `digit-${digit}`]),
    ...Array.from({ length: 50 }, (_, index): [string, string] => [String(10 + index), `number-${String(10 + index)}`]),
    ...[...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter): [string, string] => [letter, `letter-${letter}`]),
    ...values.months.map((month, index): [string, string] => [month, `month-${twoDigits(index + 1)}`]),
    ...Array.from({ length: 31 }, (_, index): [string, string] => [
      values.day(index + 1),
      `day-${twoDigits(index + 1)}`,
    ]),
  ]);

/**
 * What names the extensions of a node’s questions: it must not depend on a dash, which Asterisk passes over, nor on what
 * other nodes there are, because a caller may be in the middle of them when another copy is loaded.
 */
export function nodeKey(id: string): string {
  return hashOf(id).slice(0, 12);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 24);
}

/** @throws HandrailError HR_FLOW_INVALID */
export function safe(text: string, pattern: RegExp, what: string): string {
  if (pattern.test(text)) return text;
  throw new HandrailError('HR_FLOW_INVALID', `${what} cannot stand in dialplan: ${JSON.stringify(text)}`);
}

export const safeName = (name: string): string => safe(name, /^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'The name of a variable');
export const safeContext = (name: string): string => safe(name, /^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'A context');
export const safeTarget = (to: string): string => safe(to, /^[0-9A-Za-z_*#+-]{1,40}$/, 'Where a call is transferred');
export const safeEndpoint = (endpoint: string): string =>
  safe(endpoint, /^[A-Za-z0-9]+\/[\w.@:+/-]*\{to\}[\w.@:+/-]*$/, 'How a transfer is dialled');
export const safeZone = (zone: string): string =>
  safe(zone, /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/, 'A time zone');
export const safeLanguage = (tag: string): string => safe(tag, /^[a-z]{2}-[A-Z]{2}$/, 'A language');
export const safeFolder = (path: string): string => safe(path, /^\/[\w./@+~-]{0,160}$/, 'A folder');

/**
 * Every node has an extension of its name. Asterisk does not see `-` in an extension, so `a-b` and `ab` would be one.
 *
 * @throws HandrailError HR_FLOW_INVALID
 */
export function checkNodeNames(flow: Flow): void {
  const seen = new Map<string, string>();
  for (const id of Object.keys(flow.nodes)) {
    const asSeen = safe(id, /^[a-z][A-Za-z0-9_-]{0,63}$/, 'The name of a node').replaceAll('-', '');
    const other = seen.get(asSeen);
    if (other) {
      throw new HandrailError(
        'HR_FLOW_INVALID',
        `Nodes "${other}" and "${id}" have the same name for Asterisk; rename one.`,
      );
    }
    seen.set(asSeen, id);
  }
}

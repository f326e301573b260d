/** Spellings of one sound in English and German names, in the order in which they are put into one. */
const SAME: readonly (readonly [RegExp, string])[] = [
  [/sch|sh/g, 'x'],
  [/ph/g, 'f'],
  [/[td]h|dt|tt/g, 't'],
  [/ck|c(?![eiyh])|q/g, 'k'],
  [/c(?=[eiy])|z/g, 's'],
  [/(?<=[aeiou])h/g, ''],
  [/ai|ay|ei|ey|ie|ee|ea|y/g, 'i'],
  [/oo|ou|ow|au|aw/g, 'o'],
  [/(.)\1+/g, '$1'],
  [/e\b/g, ''],
];

/** A key that names have in common which sound alike: Meyer, Maier and Mayer. Rough, for hints. */
export function soundOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('ß', 'ss').toLowerCase();
  return SAME.reduce((text, [from, to]) => text.replace(from, to), plain).replace(/[^\p{L}\p{N} ]/gu, '');
}

/** A sentence in another language, by what the English one is made of. */
export type Translate = (sentence: string) => string;

/**
 * Knows sentences by their English ones, with `{}` for what stands in them. In the other language `{}` is what stands there, in turn,
 * `{2}` the third of it, and `{*}` the same in the other language. What is not known stays as it is.
 *
 * @param things what may stand in a `{*}`
 */
export function translator(
  sentences: Readonly<Record<string, string>>,
  things: Readonly<Record<string, string>> = {},
): Translate {
  const known = Object.entries(sentences).map(([english, other]) => ({ english: matcher(english), other }));
  const thing = Object.keys(things).length === 0 ? undefined : translator(things);
  return (sentence) => {
    for (const { english, other } of known) {
      const parts = english.exec(sentence)?.slice(1);
      if (!parts) continue;
      let next = 0;
      return other.replace(HOLE, (_hole, at: string, isThing: string) => {
        const part = parts[at === '' ? next++ : Number(at)] ?? '';
        return isThing === '' ? part : (thing?.(part) ?? part);
      });
    }
    return sentence;
  };
}

const HOLE = /\{(\d?)(\*?)\}/g;

function matcher(english: string): RegExp {
  const parts = english.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('([^]*)')}$`);
}

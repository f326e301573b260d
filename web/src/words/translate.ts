/** A sentence in another language, by what the English one is made of. */
export type Translate = (sentence: string) => string;

const HOLE = /\{(\d?)(\*?)\}/g;

/**
 * Knows sentences by their English ones, with `{}` for what stands in them. In the other language `{}` is what stands there, in turn,
 * `{2}` the third of it, and `{*}` the same in the other language. The first that fits counts; what is not known stays as it is.
 */
export function translator(sentences: Readonly<Record<string, string>>): Translate {
  const known = Object.entries(sentences).map(([english, other]) => ({ english: matcher(english), other }));
  const translate: Translate = (sentence) => {
    for (const { english, other } of known) {
      const parts = english.exec(sentence)?.slice(1);
      if (!parts) continue;
      let next = 0;
      return other.replace(HOLE, (_hole, at: string, isOurs: string) => {
        const part = parts[at === '' ? next++ : Number(at)] ?? '';
        return isOurs === '' ? part : translate(part);
      });
    }
    return sentence;
  };
  return translate;
}

function matcher(english: string): RegExp {
  const parts = english.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('([^]*)')}$`);
}

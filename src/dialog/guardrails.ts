/**
 * What a language model may say to a caller is checked, not asked for in the prompt: small models invent fees, times and
 * names. A sentence passes when every number in it, and every capitalised name, stands in what people wrote or in what the
 * caller said, and when it does not turn in circles. Pure.
 */
export interface GuardrailSources {
  /** Instructions and knowledge of the node. */
  readonly written: string;
  /** What the caller said on this call. */
  readonly caller: string;
}

export type Verdict =
  { readonly ok: true } | { readonly ok: false; readonly why: 'number' | 'name' | 'length' | 'empty' | 'repetition' };

const MAX_SENTENCE_CHARACTERS = 240;

const numberWords = new Set(
  (
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen ' +
    'eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million half quarter'
  ).split(' '),
);

export function checkSentence(sentence: string, sources: GuardrailSources): Verdict {
  const text = sentence.trim();
  if (!/[a-z]/i.test(text)) return { ok: false, why: 'empty' };
  if (text.length > MAX_SENTENCE_CHARACTERS) return { ok: false, why: 'length' };
  if (repeatsItself(text)) return { ok: false, why: 'repetition' };
  const known = new Set(tokens(`${sources.written} ${sources.caller}`).map((t) => t.toLowerCase()));
  for (const [i, token] of tokens(text).entries()) {
    const word = token.toLowerCase();
    // “One of our people” is no figure: a lone “one” passes.
    const isNumber = /[0-9]/.test(word) || (numberWords.has(word) && word !== 'one');
    if (isNumber && !known.has(word)) return { ok: false, why: 'number' };
    if (i > 0 && /^[A-Z][a-z]/.test(token) && !isSentenceStart(text, token) && !known.has(word))
      return { ok: false, why: 'name' };
  }
  return { ok: true };
}

const digitWords = new Map(
  'zero one two three four five six seven eight nine'.split(' ').map((word, digit) => [word, String(digit)]),
).set('oh', '0');

/**
 * Whether the caller has said what a language model wants to send somewhere: every digit in this order, every word. A
 * model that misses an argument invents one. Pure.
 */
export function isSaidByCaller(value: string, caller: string): boolean {
  const said = tokens(caller).map((token) => token.toLowerCase());
  const digits = said.map((word) => digitWords.get(word) ?? word.replaceAll(/[^0-9]/g, '')).join('');
  const words = new Set(said);
  return tokens(value).every((token) =>
    /[0-9]/.test(token) ? digits.includes(token.replaceAll(/[^0-9]/g, '')) : words.has(token.toLowerCase()),
  );
}

function tokens(text: string): string[] {
  return text.match(/[A-Za-z]+(?:'[a-z]+)?|[0-9]+(?:[.:,][0-9]+)*/g) ?? [];
}

/** Two words in a row that come three times: small models fall into loops. */
function repeatsItself(text: string): boolean {
  const words = tokens(text.toLowerCase());
  const counts = new Map<string, number>();
  for (let i = 1; i < words.length; i++) {
    const pair = `${words[i - 1] ?? ''} ${words[i] ?? ''}`;
    const count = (counts.get(pair) ?? 0) + 1;
    if (count >= 3) return true;
    counts.set(pair, count);
  }
  return false;
}

/** Whether the word stands only after a full stop or a quotation mark, where everybody writes a capital. */
function isSentenceStart(text: string, token: string): boolean {
  return new RegExp(`(^|[.!?"“:]\\s*)${token}\\b`).test(text);
}

/**
 * “That’s” and “that is” are one phrase: callers say either, and the recogniser writes what it hears. Flows list one.
 * Forms with several senses (“she’d”: had, would) stay as they are.
 */
const pairs: readonly (readonly [short: string, long: string])[] = [
  ["i'm", 'i am'],
  ["i'd", 'i would'],
  ["i'll", 'i will'],
  ["i've", 'i have'],
  ["we're", 'we are'],
  ["we'd", 'we would'],
  ["we'll", 'we will'],
  ["we've", 'we have'],
  ["you're", 'you are'],
  ["they're", 'they are'],
  ["it's", 'it is'],
  ["it'll", 'it will'],
  ["that's", 'that is'],
  ["that'll", 'that will'],
  ["that'd", 'that would'],
  ["there's", 'there is'],
  ["here's", 'here is'],
  ["what's", 'what is'],
  ["where's", 'where is'],
  ["when's", 'when is'],
  ["who's", 'who is'],
  ["how's", 'how is'],
  ["don't", 'do not'],
  ["doesn't", 'does not'],
  ["didn't", 'did not'],
  ["isn't", 'is not'],
  ["aren't", 'are not'],
  ["wasn't", 'was not'],
  ["can't", 'can not'],
  ["couldn't", 'could not'],
  ["won't", 'will not'],
  ["wouldn't", 'would not'],
  ["haven't", 'have not'],
  ["hasn't", 'has not'],
];

const longOf = new Map<string, string>([['cannot', 'can not'], ...pairs]);
const shortOf = new Map(pairs.map(([short, long]) => [long, short]));

/** Written words with every contraction in full. */
export function expanded(words: readonly string[]): string[] {
  return words.flatMap((word) => longOf.get(word)?.split(' ') ?? [word]);
}

/** Written words with everything contracted that can be. */
export function contracted(words: readonly string[]): string[] {
  const found: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const short = shortOf.get(`${words[at]} ${words[at + 1]}`);
    found.push(short ?? words[at] ?? '');
    if (short !== undefined) at++;
  }
  return found;
}

/** How values are said in a language. */
export interface SpokenValues {
  /**
   * A value in words that can be heard: digits and codes sign by sign, dates, times and amounts as people say them;
   * anything else as it stands.
   */
  readBack(value: string): string;
  readonly months: readonly string[];
  /** The day of a month, 1 to 31. */
  day(day: number): string;
  /** In which order the parts of a date are said. */
  readonly dateOrder: readonly ('month' | 'day' | 'year')[];
  /** How a time of day is said: `noon` and `midnight` and the half of the day, or the word between hour and minutes. */
  readonly clock:
    | { readonly hours: 12; readonly am: string; readonly pm: string; readonly noon: string; readonly midnight: string }
    | { readonly hours: 24; readonly hour: string };
  /** Between the whole of an amount and its decimals, where there is no currency; and between the two where there is one. */
  readonly point: string;
  readonly and: string;
  readonly currencies: Readonly<Record<'USD' | 'EUR' | 'GBP', Currency>>;
}

export interface Currency {
  readonly one: string;
  readonly many: string;
  readonly part: string;
  readonly parts: string;
}

/** The bot's own sentences in one language. Everything else it says was written by the admin in the flow. */
export interface OwnWords {
  readonly notUnderstood: string;
  readonly notHeard: string;
  readonly toKeypad: string;
  readonly invalidKey: string;
  readonly yesOrNo: string;
  readonly denied: string;
  readonly forOperator: string;
  didYouMean(what: string): string;
  isThatRight(what: string): string;
  readonly anythingElse: string;
  readonly unknown: string;
  readonly whereWereWe: string;
  readonly goodbye: string;
  /** Said while a language model or a web service has not answered. */
  readonly filler: string;
  /** Said after it, when a web service takes long: the same words twice in a row sound broken. */
  readonly stillWaiting: string;
  /** The sentences of the keypad face. */
  readonly keys: KeyWords;
  readonly directory: DirectoryWords;
  readonly values: SpokenValues;
}

/** What is said about people whom somebody asks for. */
export interface DirectoryWords {
  /** Before the name of a person who is called. */
  readonly putThrough: string;
  /** Where too many have the name that was said. */
  readonly wholeName: string;
}

export interface KeyWords {
  press(label: string, key: string): string;
  more(key: string): string;
  /** After what the key is for. */
  pressKey(key: string): string;
  readonly yes: string;
  readonly no: string;
  readonly skip: string;
  readonly use: string;
  readonly thenPound: string;
  readonly directDial: string;
  readonly date: Readonly<Record<'MMDD' | 'DDMM', string>>;
  readonly year: string;
  readonly time: string;
  readonly am: string;
  readonly pm: string;
  readonly amount: string;
  /** How letters are keyed. */
  readonly letters: readonly string[];
  readonly digits: string;
  /** How the name of a person is keyed in. */
  readonly lastName: string;
  readonly moreLetters: string;
  readonly otherName: string;
}

/** The sentences that are the same on every call of every flow. */
export function alwaysSaid(words: OwnWords): string[] {
  return Object.values(words).filter((text) => typeof text === 'string');
}

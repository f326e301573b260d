import type { ErrorCode } from '../../../src/kernel/errors.js';
import { chosenLanguage } from '../kit/look.js';
import { germanDetails, germanErrors } from './errors-german.js';
import { translator } from './translate.js';

/** What the API says when it refuses. */
export interface Refusal {
  readonly code: string | undefined;
  readonly message: string;
  /** What it is about, with the details. */
  readonly where: string | undefined;
  readonly mend: string | undefined;
}

const details = translator(germanDetails);

/** What went wrong and what to do, in German. What there are no words for stays as the controller says it. */
export function germanError({ code, message, where = '', mend }: Refusal): string {
  const known = germanErrors[code as ErrorCode];
  if (known) return [known.what, details(where), known.mend].filter((part) => part !== '').join(' ');
  return sentence(details(message), mend);
}

function sentence(message: string, mend: string | undefined): string {
  return mend ? `${message} ${mend}` : message;
}

/** The same in the language of the page. */
export const errorText: (refusal: Refusal) => string = {
  en: ({ message, mend }: Refusal) => sentence(message, mend),
  de: germanError,
}[chosenLanguage()];

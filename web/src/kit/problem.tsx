import { inWords } from './in-words.js';

/** Why something did not work: an error, or words; nothing where all is well. Read out as soon as it stands there. */
export function Problem({ of }: { readonly of: Error | string | null | undefined }) {
  return (
    <p className="problem" role="alert">
      {of instanceof Error ? inWords(of) : of}
    </p>
  );
}

import { errorCatalogue } from '../../kernel/errors.js';
import { madeFrom, page, table } from './markdown.js';

/** docs/reference/errors.md, made from the catalogue that API, CLI and logs use. */
export function errorsPage(): string {
  return page(
    '# Errors',
    madeFrom('src/kernel/errors.ts'),
    `Every error that Handrail tells has a code. A command prints one line for it (code, what happened, where, what to do) and ends
with a non-zero exit status. Logs and the API carry the same code and the same words.`,
    table(
      ['Code', 'What happened', 'What to do'],
      Object.entries(errorCatalogue).map(([code, { what, mend }]) => [`\`${code}\``, what, mend]),
    ),
  );
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import prettier from 'prettier';
import { projectRoot } from './lib/where.mjs';

/** Writes the pages of docs/reference that are made from the program. Needs a build: `npm run docs` makes one first. */
const { referencePages } = await import(join(projectRoot, 'dist/src/cli/reference/pages.js'));
const style = JSON.parse(readFileSync(join(projectRoot, '.prettierrc.json'), 'utf8'));

for (const [path, text] of Object.entries(referencePages())) {
  writeFileSync(join(projectRoot, path), await prettier.format(text, { ...style, parser: 'markdown' }));
  console.log(path);
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeSchemas } from '../../../src/flow/schema.js';
import { projectRoot } from '../../../src/kernel/paths.js';

const sheet = readFileSync(join(projectRoot, 'web/src/styles/editor.css'), 'utf8');

test.each(Object.keys(nodeSchemas))('%s has the colour of its kind', (kind) => {
  expect(sheet).toMatch(new RegExp(`^\\.kind-${kind}(,| \\{)$`, 'm'));
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HandrailError } from '../../../src/kernel/errors.js';
import { projectRoot } from '../../../src/kernel/paths.js';
import { germanError } from './error-text.js';
import { germanDetails } from './errors-german.js';

const sources = ['src/admin', 'src/audio', 'src/store'].flatMap((folder) =>
  readdirSync(join(projectRoot, folder))
    .filter((name) => /(?<!\.test)\.ts$/.test(name))
    .map((name) => readFileSync(join(projectRoot, folder, name), 'utf8')),
);

test.each(Object.entries(germanDetails))('what is translated is said somewhere: %s', (english, german) => {
  const parts = english.split('{}').map((part) => part.replace(/^: /, ''));
  expect(sources.some((source) => parts.every((part) => source.includes(part)))).toBe(true);
  expect(german.split('{}')).toHaveLength(english.split('{}').length);
});

test('an error of the catalogue is told in German with its place, one without words as it is', () => {
  const { code, message, mend, where } = new HandrailError('HR_WAV_INVALID', 'hi: there is nothing to hear in it.');
  expect(germanError({ code, message, mend, where })).toMatch(
    /^Die Tondatei ist nicht zu gebrauchen\. hi: Es ist nichts darin zu hören\. Nehmen Sie ein WAV/,
  );
  const refused = { code: undefined, mend: undefined, where: undefined };
  expect(germanError({ ...refused, message: 'no such call is up' })).toBe('Diesen Anruf gibt es nicht mehr.');
  expect(germanError({ ...refused, message: 'Something else.' })).toBe('Something else.');
});

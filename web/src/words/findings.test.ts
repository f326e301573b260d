import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../../src/kernel/paths.js';
import { germanFindings, germanThings } from './findings-german.js';
import { translator } from './translate.js';

const german = translator({ ...germanFindings, ...germanThings });

/** As xgettext does it: every sentence that the lint can say, with `{}` for what stands in it. */
function sentencesOf(file: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node, isSaid: boolean): void => {
    const says =
      isSaid ||
      ((ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) &&
        ts.isIdentifier(node.name) &&
        (node.name.text === 'message' || node.name.text === 'mend'));
    if (says && ts.isStringLiteralLike(node)) found.push(node.text);
    else if (says && ts.isTemplateExpression(node))
      found.push([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('{}'));
    else ts.forEachChild(node, (child) => visit(child, says));
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext), false);
  return found;
}

const folder = join(projectRoot, 'src/flow');
const sentences = readdirSync(folder)
  .filter((name) => /^lint.*(?<!\.test)\.ts$/.test(name))
  .flatMap((name) => sentencesOf(join(folder, name)));

describe('the sentences of the lint', () => {
  test('are found', () => expect(sentences.length).toBeGreaterThan(40));

  test.each([...new Set(sentences)])('in German: %s', (sentence) => {
    expect(germanFindings, 'web/src/words/findings-german.ts').toHaveProperty([sentence]);
  });

  test.each(Object.entries(germanFindings))('what is translated is said: %s', (english, other) => {
    expect(sentences).toContain(english);
    const holes = english.split('{}').length;
    expect(other.split(/\{\d?\*?\}/).length, 'as many holes').toBe(holes);
  });

  test('are told with what stands in them', () => {
    expect(german('next leads to “(x) {}”, which is no node of this flow.')).toBe(
      'next führt zu „(x) {}“: Diesen Knoten gibt es im Ablauf nicht.',
    );
    expect(german('“a coffee” of order is taken for menu with 81 %, for order with 40 %.')).toBe(
      '„a coffee“ von order wird mit 81 % für menu gehalten, mit 40 % für order.',
    );
    expect(german('The option id “x” is there twice.')).toBe('Name der Möglichkeit „x“ ist zweimal da.');
    expect(german('Give each value of size once.')).toBe('Nennen Sie jedes nur einmal: Wert von size.');
    expect(german('The example “a {size}” names {size}, which is no slot here.')).toBe(
      'Das Beispiel „a {size}“ nennt {size}: Diesen Wert gibt es hier nicht.',
    );
    expect(german('de-DE: The time zone x is not known.')).toBe('de-DE: Die Zeitzone x ist nicht bekannt.');
    expect(german('Something that nobody says.')).toBe('Something that nobody says.');
  });
});

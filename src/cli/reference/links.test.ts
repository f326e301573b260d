import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../kernel/paths.js';

const pages = [
  ...markdownIn(projectRoot),
  ...readdirSync(join(projectRoot, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(projectRoot, 'docs', file)),
];

function markdownIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));
}

/** As GitHub makes them: lower case, marks dropped, blanks to hyphens. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Relative targets of links and pictures, outside of code. */
function targetsOf(text: string): string[] {
  const prose = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)]
    .map(([, link, attribute]) => link ?? attribute ?? '')
    .filter((target) => !/^[a-z]+:/.test(target));
}

describe('links between the pages', () => {
  it.each(pages.map((file) => relative(projectRoot, file)))('%s leads to what is there', (page) => {
    const file = join(projectRoot, page);
    const text = readFileSync(file, 'utf8');
    const broken = targetsOf(text).filter((target) => {
      const [path = '', anchor] = target.split('#');
      const goal = path === '' ? file : resolve(dirname(file), path);
      if (!existsSync(goal)) return true;
      return anchor !== undefined && goal.endsWith('.md') && !anchorsOf(readFileSync(goal, 'utf8')).has(anchor);
    });
    expect(broken).toEqual([]);
  });
});

describe('tables', () => {
  it.each(pages.map((file) => relative(projectRoot, file)))('%s: none has a second head in its middle', (page) => {
    const lines = readFileSync(join(projectRoot, page), 'utf8').split('\n');
    expect(lines.filter((line, at) => /^\| :?-{3}/.test(line) && lines[at - 2]?.startsWith('|'))).toEqual([]);
  });

  it('every decision stands once in the list of decisions, in order', () => {
    const decisions = readdirSync(join(projectRoot, 'docs/adr')).filter((file) => /^\d/.test(file));
    const list = readFileSync(join(projectRoot, 'docs/adr/README.md'), 'utf8');
    expect([...list.matchAll(/^\|.*\]\((\d[^)]+)\)/gm)].map(([, file]) => file)).toEqual(decisions.sort());
  });
});

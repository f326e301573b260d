import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as prettier from 'prettier';
import { describe, expect, it, vi } from 'vitest';
import { nodeSchemas } from '../../flow/schema.js';
import { errorCatalogue } from '../../kernel/errors.js';
import { projectRoot } from '../../kernel/paths.js';
import { run as help } from '../help.js';
import { referencePages } from './pages.js';

const pages = referencePages();

function read(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

describe('reference pages', () => {
  it.each(Object.entries(pages))('%s is what `npm run docs` writes', async (path, text) => {
    const style: prettier.Options = JSON.parse(read('.prettierrc.json'));
    expect(read(path)).toBe(await prettier.format(text, { ...style, parser: 'markdown' }));
  });

  it('list every error code and every kind of node', () => {
    for (const code of Object.keys(errorCatalogue)) expect(pages['docs/reference/errors.md']).toContain(`\`${code}\``);
    for (const kind of Object.keys(nodeSchemas)) expect(pages['docs/reference/flow.md']).toContain(`## \`${kind}\``);
  });

  it('cli.md names every command that is there, and those that help prints', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await help();
    const printed = log.mock.calls.flat().join('\n');
    log.mockRestore();
    const commands = [...printed.matchAll(/npx handrail (\w+(?: (?:list|fetch|verify|import|lint))?)/g)].map(
      ([, c]) => c,
    );

    const modules = [...read('src/cli/main.ts').matchAll(/^ {2}'?([\w-]+)'?: \(\) => import/gm)].map(
      ([, name]) => name,
    );
    expect(modules).toContain('start');
    commands.push(...modules);
    for (const command of commands) expect(read('docs/reference/cli.md')).toContain(`handrail ${command ?? ''}`);
  });

  it('api.md names every route', () => {
    const files = readdirSync(join(projectRoot, 'src/admin')).filter((file) => /(?<!\.test)\.ts$/.test(file));
    const routes = files.flatMap((file) => {
      const text = read(`src/admin/${file}`);
      const plain = [...text.matchAll(/app\.get\(\s*'([^']+)'/g)].map(([, url]) => `GET ${url ?? ''}`);
      const guarded = [...text.matchAll(/method: '(\w+)',\s*url: '([^']+)'/g)];
      return [...plain, ...guarded.map(([, method, url]) => `${method ?? ''} ${url ?? ''}`)];
    });
    expect(routes).toContain('GET /api/calls');
    expect(routes).toContain('POST /api/flow/publish');
    for (const route of routes) expect(read('docs/reference/api.md')).toContain(`\`${route}\``);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HandrailError } from '../../kernel/errors.js';
import { readServersFile } from './servers-file.js';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'handrail-mcp-file-'))));
afterEach(() => rmSync(dir, { recursive: true }));

function read(text: string) {
  const file = join(dir, 'mcp.json');
  writeFileSync(file, text);
  return readServersFile(file);
}

test('a server has an address or a command', () => {
  const shop = { url: 'https://shop.example/mcp', secrets: { authorization: { name: 'shop', prefix: 'Bearer ' } } };
  const stock = { command: 'stock-mcp', args: ['--read-only'], env: { BRANCH: '7' } };
  const servers = read(JSON.stringify({ mcpServers: { shop, stock } }));
  expect(Object.fromEntries(servers)).toEqual({ shop, stock });
});

test.each([
  ['no JSON', '{', /JSON/],
  ['nothing', '{}', /mcpServers/],
  ['neither', '{"mcpServers":{"shop":{}}}', /\/mcpServers\/shop/],
  ['both', '{"mcpServers":{"shop":{"url":"https://a.example","command":"x"}}}', /\/mcpServers\/shop/],
  ['a name that cannot stand in a flow', '{"mcpServers":{"my shop":{"command":"x"}}}', /\/mcpServers/],
  [
    'a secret that leads out of its folder',
    '{"mcpServers":{"s":{"command":"x","secrets":{"K":{"name":"../k"}}}}}',
    /\/s/,
  ],
])('%s is told with its place', (_what, text, where) => {
  expect(() => read(text)).toThrow(HandrailError);
  expect(() => read(text)).toThrow(where);
});

test('a file that is not there is told', () =>
  expect(() => readServersFile(join(dir, 'none.json'))).toThrow(/none\.json/));

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { unpack } from './archive.js';
import { targetOf } from './manifest.js';
import { filesUnder, type Part } from './part.js';
import { writeBundle } from './write-bundle.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-bundle-'));
  mkdirSync(join(dir, 'from/lib'), { recursive: true });
  writeFileSync(join(dir, 'from/lib/one.js'), 'one');
  writeFileSync(join(dir, 'from/two words.js'), 'two');
  symlinkSync('lib/one.js', join(dir, 'from/link.js'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const parts = (): Part[] => [
  {
    type: 'application',
    name: 'handrail',
    version: '1.0.0',
    licence: 'Apache-2.0',
    source: 'this project',
    files: filesUnder(join(dir, 'from'), ''),
  },
  {
    type: 'library',
    name: '@scope/x',
    version: '2.0.0',
    licence: '(MIT OR CC0-1.0)',
    source: 'pkg:npm/%40scope/x@2.0.0',
    hash: { alg: 'SHA-512', hex: 'ab' },
    files: [],
  },
  { type: 'library', name: 'y', version: '1', licence: 'MIT License', source: 'https://example.org/y', files: [] },
];

const write = (name: string, more: { expected?: ReadonlyMap<string, string> } = {}) =>
  writeBundle({
    parts: parts(),
    version: '1.0.0',
    target: targetOf('linux', 'x64', '3.11'),
    schema: 2,
    out: join(dir, name),
    ...more,
  });

it('gives the same bytes for the same files', async () => {
  await write('a.tar.gz');
  await write('b.tar.gz');
  expect(readFileSync(join(dir, 'a.tar.gz')).equals(readFileSync(join(dir, 'b.tar.gz')))).toBe(true);
  const before = (await write('a.tar.gz')).build;
  writeFileSync(join(dir, 'from/lib/one.js'), 'another');
  expect((await write('a.tar.gz')).build).not.toBe(before);
});

it('lists every file with its sum, size, licence and source', async () => {
  const manifest = await write('a.tar.gz');
  await unpack(join(dir, 'a.tar.gz'), dir, 'HR_BUNDLE');
  const folder = join(dir, `handrail-${manifest.id}`);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  expect(execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder }).toString().split('\n').sort()).toEqual(
    [
      '',
      'BUNDLE: OK',
      'LINKS: OK',
      'MANIFEST.json: OK',
      'SBOM.cdx.json: OK',
      'lib/one.js: OK',
      'two words.js: OK',
    ].sort(),
  );
  expect(read('LINKS')).toBe('link.js\tlib/one.js\n');
  expect(read('BUNDLE')).toBe(`id=${manifest.id}\nmachine=x86_64\npython=3.11\nkilobytes=1\n`);
  expect(JSON.parse(read('MANIFEST.json'))).toMatchObject({
    target: { os: 'linux', machine: 'x86_64', python: '3.11' },
    schema: 2,
    parts: [
      {
        name: 'handrail',
        licence: 'Apache-2.0',
        source: 'this project',
        files: [
          { path: 'lib/one.js', bytes: 3, sha256: '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed' },
          { path: 'link.js', link: 'lib/one.js' },
          { path: 'two words.js', bytes: 3 },
        ].sort((a, b) => (a.path < b.path ? -1 : 1)),
      },
      { name: '@scope/x' },
      { name: 'y' },
    ],
  });
});

it('writes a bill of materials in CycloneDX', async () => {
  const manifest = await write('a.tar.gz');
  await unpack(join(dir, 'a.tar.gz'), dir, 'HR_BUNDLE');
  expect(JSON.parse(readFileSync(join(dir, `handrail-${manifest.id}`, 'SBOM.cdx.json'), 'utf8'))).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: expect.stringMatching(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    ),
    metadata: { component: { name: 'handrail', licenses: [{ license: { id: 'Apache-2.0' } }] } },
    components: [
      {
        name: '@scope/x',
        purl: 'pkg:npm/%40scope/x@2.0.0',
        licenses: [{ expression: '(MIT OR CC0-1.0)' }],
        hashes: [{ alg: 'SHA-512', content: 'ab' }],
      },
      {
        name: 'y',
        licenses: [{ license: { name: 'MIT License' } }],
        externalReferences: [{ url: 'https://example.org/y' }],
      },
    ],
  });
});

it('refuses a file that is not what it must be, and leaves nothing behind', async () => {
  const expected = new Map([['lib/one.js', 'not-this']]);
  await expect(write('a.tar.gz', { expected })).rejects.toMatchObject({ code: 'HR_WEIGHT_HASH' });
  expect(filesUnder(dir, '').map(({ path }) => path)).toEqual(['from/lib/one.js', 'from/link.js', 'from/two words.js']);
});

it('tells an archive that was cut off', async () => {
  await write('a.tar.gz');
  const bytes = readFileSync(join(dir, 'a.tar.gz'));
  writeFileSync(join(dir, 'half.tar.gz'), bytes.subarray(0, bytes.length / 2));
  await expect(unpack(join(dir, 'half.tar.gz'), dir, 'HR_BUNDLE')).rejects.toMatchObject({ code: 'HR_BUNDLE' });
});

it('is made for Linux on processors that there are engines for', () => {
  expect(() => targetOf('darwin', 'arm64', '3.11')).toThrow(/darwin/);
  expect(() => targetOf('linux', 'ia32', '3.11')).toThrow(/ia32/);
  expect(targetOf('linux', 'arm64', '3.12')).toMatchObject({ machine: 'aarch64', python: '3.12' });
});

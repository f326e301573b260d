import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fixedPrompts } from '../dialog/fixed-prompts.js';
import { loadFlow } from '../flow/load.js';
import { projectRoot } from '../kernel/paths.js';
import { promptKey } from '../local-models/prompt-file.js';
import { loadManifest } from '../local-models/model-store-manifest.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { debianParts } from './debian-parts.js';
import { modelPart, renderedPrompts } from './model-parts.js';
import { npmParts } from './npm-parts.js';
import type { Part } from './part.js';
import { nodePart, projectPart } from './project-parts.js';
import { pythonPackages } from './python-parts.js';

let dir = '';
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'handrail-parts-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
}

const pathsOf = (part: Part | undefined): string[] => (part?.files ?? []).map(({ path }) => path);

describe('node_modules', () => {
  it('gives the packages that run, each without those below it', () => {
    const sha512 = `sha512-${Buffer.from('ab', 'hex').toString('base64')}`;
    write({
      'package-lock.json': JSON.stringify({
        packages: {
          '': { version: '1' },
          'node_modules/@s/a': { version: '1.0.0', license: 'MIT', integrity: sha512 },
          'node_modules/@s/a/node_modules/b': { version: '2.0.0' },
          'node_modules/alias': { version: '3.0.0', name: 'real', license: 'ISC' },
          'node_modules/tool': { version: '1.0.0', dev: true },
          'node_modules/absent': { version: '1.0.0', optional: true },
        },
      }),
      'node_modules/@s/a/index.js': '',
      'node_modules/@s/a/node_modules/b/index.js': '',
      'node_modules/@s/a/node_modules/b/package.json': '{"license":{"type":"Apache2"}}',
      'node_modules/alias/index.js': '',
      'node_modules/tool/index.js': '',
    });
    const found = npmParts(dir);
    expect(found).toMatchObject([
      { name: '@s/a', licence: 'MIT', source: 'pkg:npm/%40s/a@1.0.0', hash: { alg: 'SHA-512', hex: 'ab' } },
      { name: 'b', licence: 'Apache2', source: 'pkg:npm/b@2.0.0' },
      { name: 'real', version: '3.0.0' },
    ]);
    expect(pathsOf(found[0])).toEqual(['node_modules/@s/a/index.js']);
  });

  it('leaves out the binaries of other platforms and what SQLite was compiled from', () => {
    const packages = {
      'node_modules/onnxruntime-node': { version: '1' },
      'node_modules/better-sqlite3': { version: '1' },
    };
    const here = `node_modules/onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}/x.node`;
    write({
      'package-lock.json': JSON.stringify({ packages }),
      'node_modules/onnxruntime-node/package.json': '{}',
      [here]: '',
      'node_modules/onnxruntime-node/bin/napi-v6/win32/mips/x.node': '',
      'node_modules/better-sqlite3/package.json': '{}',
      'node_modules/better-sqlite3/build/Release/better_sqlite3.node': '',
      'node_modules/better-sqlite3/build/Release/sqlite3.a': '',
      'node_modules/better-sqlite3/deps/sqlite3.c': '',
      'node_modules/better-sqlite3/lib/index.js': '',
    });
    const [onnx, sqlite] = npmParts(dir);
    expect(pathsOf(onnx)).toEqual([here, 'node_modules/onnxruntime-node/package.json']);
    expect(pathsOf(sqlite)).toEqual([
      'node_modules/better-sqlite3/build/Release/better_sqlite3.node',
      'node_modules/better-sqlite3/lib/index.js',
      'node_modules/better-sqlite3/package.json',
    ]);
  });
});

describe('a Python environment', () => {
  const site = 'lib/python3.12/site-packages';
  const installed = (name: string, metadata: string): Record<string, string> => ({
    [`${site}/${name}-1.0.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n${metadata}\n\nName: in the description`,
    [`${site}/${name}-1.0.dist-info/RECORD`]: [
      `${name}/__init__.py,sha256=x,1`,
      `"${name}/a,b.py",sha256=x,1`,
      `${name}/__pycache__/__init__.pyc,,`,
      `../../../bin/${name},sha256=x,1`,
      `${name}-1.0.dist-info/RECORD,,`,
      '',
    ].join('\n'),
    [`${site}/${name}/__init__.py`]: '',
    [`${site}/${name}/a,b.py`]: '',
  });

  it('gives its packages by their own records, without what makes environments', () => {
    write({
      ...installed('Some_Thing', 'License-Expression: MIT'),
      ...installed('older', 'Classifier: License :: OSI Approved :: BSD License'),
      ...installed('pip', 'License: MIT'),
    });
    const { minor, parts } = pythonPackages(dir, 'venv');
    expect(minor).toBe('3.12');
    expect(parts).toMatchObject([
      { name: 'some-thing', version: '1.0', licence: 'MIT', source: 'pkg:pypi/some-thing@1.0' },
      { name: 'older', licence: 'BSD License' },
    ]);
    expect(pathsOf(parts[0])).toEqual([
      `venv/${site}/Some_Thing-1.0.dist-info/RECORD`,
      `venv/${site}/Some_Thing/__init__.py`,
      `venv/${site}/Some_Thing/a,b.py`,
    ]);
  });

  it('is refused when there is none', () => {
    expect(() => pythonPackages(dir, 'venv')).toThrow(/HR_BUNDLE|not one finished Python environment/);
  });
});

it('a prefix gives its files once and each Debian package with its version and sum', () => {
  const sum = 'a'.repeat(64);
  write({
    'DEBS.sha256': `${sum}  asterisk_1%3a22.10-1_amd64.deb\n${sum}  libstdc++6_16.2.0-3_amd64.deb\n`,
    'usr/sbin/asterisk': '',
    'usr/share/doc/asterisk/copyright': '',
  });
  symlinkSync('gcc-16-base', join(dir, 'usr/share/doc/libstdc++6'));
  const found = debianParts({ name: 'private-asterisk', mainPackage: 'asterisk', folder: dir, as: 'pbx' });
  expect(found).toMatchObject([
    { name: 'private-asterisk', version: '1:22.10-1' },
    {
      name: 'asterisk',
      version: '1:22.10-1',
      licence: 'see usr/share/doc/asterisk/copyright',
      source: 'pkg:deb/debian/asterisk@1%3A22.10-1?arch=amd64',
      hash: { alg: 'SHA-256', hex: sum },
    },
    {
      name: 'libstdc++6',
      licence: expect.stringContaining('gcc-16-base'),
      source: expect.stringContaining('libstdc%2B%2B6'),
    },
  ]);
  expect(pathsOf(found[0])).toContain('pbx/usr/share/doc/libstdc++6');
  expect(found.slice(1).flatMap(pathsOf)).toEqual([]);
});

it('Node goes with its licence, or not at all', () => {
  write({ 'bin/node': '', LICENSE: '' });
  expect(pathsOf(nodePart(join(dir, 'bin/node')))).toEqual(['node/LICENSE', 'node/bin/node']);
  rmSync(join(dir, 'LICENSE'));
  expect(() => nodePart(join(dir, 'bin/node'))).toThrow(/licence/);
});

it('a project that is not built is refused', () => {
  write({ 'dist/src/cli/main.js': '' });
  expect(() => projectPart(dir, '1.0.0')).toThrow(/web\/dist\/index\.html is missing/);
});

describe('what the engines need', () => {
  const [whisper] = loadManifest().models;

  it('weights: every file of the manifest, or an error that names one', () => {
    if (!whisper) throw new Error('no model');
    expect(() => modelPart(whisper, dir, 'm')).toThrow(/model\.bin/);
    write(Object.fromEntries(whisper.files.map(({ path }) => [path, ''])));
    expect(modelPart(whisper, dir, 'm')).toMatchObject({ licence: 'MIT', source: expect.stringMatching(/^https:/) });
    expect(pathsOf(modelPart(whisper, dir, 'm'))).toEqual(whisper.files.map(({ path }) => `m/${path}`));
  });

  it('prompts: those of the flows in this voice, and how many are not spoken yet', async () => {
    write({ 'of-another-flow.pcm': '' });
    const flows = join(projectRoot, 'flows');
    const [spoken = ''] = fixedPrompts(await loadFlow(join(flows, 'cafe.json')));
    const before = await renderedPrompts(flows, '/voices/x.onnx', dir, 'p');
    expect(before.part.files).toEqual([]);
    expect(before.missing).toBeGreaterThan(20);
    const name = `${promptKey(spoken, before.part.version)}.pcm`;
    write({ [name]: '' });
    const after = await renderedPrompts(flows, '/voices/x.onnx', dir, 'p');
    expect(pathsOf(after.part)).toEqual([`p/${name}`]);
    expect(after.missing).toBe(before.missing - 1);
  });
});

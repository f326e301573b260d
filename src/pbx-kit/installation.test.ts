import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Installation } from './installation.js';
import { planInstall } from './plan.js';
import type { KitSettings } from './settings.js';

const settings: KitSettings = {
  app: 'handrail',
  ariUser: 'handrail',
  ariPassword: 'secret-secret',
  menu: { context: 'menu', extension: 's', priority: '1' },
  agents: 'from-internal',
  dialplanDir: '/srv/dialplan',
};
/** Latin-1, a byte-order mark in the middle and no newline at the end: what people's files look like. */
const extensions = Buffer.from('[menu]\nexten => s,1,Answer() ; B\xfcro \xef\xbb\xbf', 'latin1');

let dir = '';
let installation: Installation;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-kit-'));
  writeFileSync(join(dir, 'extensions.conf'), extensions, { mode: 0o604 });
  writeFileSync(join(dir, 'ari.conf'), '[general]\n');
  installation = new Installation(dir);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const install = (changed: Partial<KitSettings> = {}): void =>
  installation.apply(planInstall({ ...settings, ...changed }, installation.read).changes);
const bytes = (file: string): Buffer => readFileSync(join(dir, file));
const snapshot = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(dir).map((file) => [file, `${bytes(file).toString('hex')} ${String(statSync(join(dir, file)).mode)}`]),
  );

it('comes and goes without a trace', () => {
  const before = snapshot();
  install();
  expect(bytes('extensions.conf').subarray(0, extensions.length)).toEqual(extensions);
  expect(installation.exists).toBe(true);
  expect(installation.undo()).toEqual([]);
  expect(snapshot()).toEqual(before);
});

it('comes twice, with other settings, and still goes without a trace', () => {
  const before = snapshot();
  install();
  install({ app: 'other' });
  expect(bytes('handrail_extensions.conf').toString()).toContain('Stasis(other)');
  expect(installation.undo()).toEqual([]);
  expect(snapshot()).toEqual(before);
});

it('leaves what somebody wrote meanwhile, and says so', () => {
  install();
  writeFileSync(
    join(dir, 'extensions.conf'),
    Buffer.concat([bytes('extensions.conf'), Buffer.from('exten => 9,1,NoOp()\n')]),
  );
  writeFileSync(join(dir, 'handrail_extensions.conf'), '[handrail-agents]\n');
  expect(installation.undo()).toEqual([
    expect.stringContaining('handrail_extensions.conf was changed'),
    expect.stringContaining('extensions.conf was changed'),
  ]);
  expect(bytes('extensions.conf').toString('latin1')).toBe(`${extensions.toString('latin1')}\nexten => 9,1,NoOp()\n`);
  expect(bytes('handrail_extensions.conf').toString()).toBe('[handrail-agents]\n');
  expect(readFileSync(join(dir, 'handrail-backup/extensions.conf'))).toEqual(extensions);
});

it('comes again into a file that somebody has written anew, and leaves that one as it was', () => {
  install();
  writeFileSync(join(dir, 'extensions.conf'), '[menu]\nexten => s,1,NoOp() ; newer\n');
  const rewritten = bytes('extensions.conf');
  install();
  expect(bytes('extensions.conf').toString()).toContain('#include "handrail_extensions.conf"');
  expect(installation.undo()).toEqual([]);
  expect(bytes('extensions.conf')).toEqual(rewritten);
});

it('reads what a pattern includes, as Asterisk does', () => {
  mkdirSync(join(dir, 'd'));
  writeFileSync(join(dir, 'd/10-a.conf'), '[a]');
  writeFileSync(join(dir, 'd/20-b.conf'), '[b]');
  writeFileSync(join(dir, 'd/notes.txt'), '[c]');
  expect(installation.read('d/*.conf')).toBe('[a]\n[b]');
});

it('takes back an installation that was cut off half-way', () => {
  const before = snapshot();
  const { changes } = planInstall(settings, installation.read);
  const broken = changes.map((change, index) => (index === 2 ? { ...change, file: 'no/such/folder.conf' } : change));
  expect(() => installation.apply(broken)).toThrow(expect.objectContaining({ code: 'HR_PBX_KIT' }) as Error);
  expect(installation.undo()).toEqual([]);
  expect(snapshot()).toEqual(before);
});

import { expect, it } from 'vitest';
import { damageOf } from './damage.js';
import { planInstall } from './plan.js';
import type { KitSettings } from './settings.js';

const settings: KitSettings = {
  app: 'handrail',
  ariUser: 'handrail',
  ariPassword: 'secret-secret',
  menu: { context: 'ivr-1', extension: 's', priority: '1' },
  agents: 'from-internal',
  dialplanDir: '/srv/dialplan',
};

type Files = Readonly<Record<string, string | undefined>>;

const freepbx: Files = {
  'extensions.conf': '#include extensions_additional.conf\n#include extensions_custom.conf\n',
  'extensions_additional.conf': '[ivr-1]\nexten => s,1,Background(x)\n',
  'extensions_custom.conf': '',
  'ari.conf': '[general]\n#include ari_additional_custom.conf\n',
  'http.conf': '[general]\nenabled=yes\n',
  'modules.conf': '[modules]\nautoload=yes\n',
};

const { changes } = planInstall(settings, (name) => freepbx[name]);
const installed: Files = { ...freepbx, ...Object.fromEntries(changes.map(({ file, after }) => [file, after])) };
const written = changes.map(({ file }) => file);

const damage = (changed: Files) => damageOf(written, (name) => ({ ...installed, ...changed })[name]);

it('finds nothing after an “Apply Config”, which leaves the custom files alone', () => {
  const { 'extensions_additional.conf': generated = '' } = freepbx;
  const applied = { 'extensions_additional.conf': `; generated\n${generated}` };
  expect(damage(applied)).toEqual({ lost: [], barred: [], unnamed: [] });
});

it.each([
  [
    'our line was written over',
    { 'extensions_custom.conf': '; as it came\n' },
    /^extensions_custom\.conf does not inc/,
  ],
  ['our own file was taken away', { 'handrail_ari.conf': undefined }, /^handrail_ari\.conf is gone/],
  [
    'the way to our line was cut',
    { 'extensions.conf': '[other]\n' },
    /^extensions\.conf does not lead to \[handrail-l/,
  ],
] as const)('tells that %s', (_what, changed, words) => {
  expect(damage(changed).lost).toEqual([expect.stringMatching(words)]);
});

it('tells the modules that a changed modules.conf forbids, or does not name', () => {
  const forbidding = { 'modules.conf': '[modules]\nautoload=yes\nnoload = chan_rtp.so\nnoload = app_other.so\n' };
  expect(damage(forbidding)).toEqual({ lost: [], barred: ['chan_rtp'], unnamed: [] });
  const byHand = damage({ 'modules.conf': '[modules]\nautoload=no\nload = res_ari.so\n' });
  expect(byHand.unnamed).toContain('chan_rtp');
  expect(byHand.unnamed).not.toContain('res_ari');
});

it('is mended by another installation', () => {
  const broken: Files = { ...installed, 'extensions_custom.conf': '; as it came\n', 'handrail_ari.conf': undefined };
  const again = planInstall(settings, (name) => broken[name]).changes;
  expect(again.map(({ file }) => file).sort()).toEqual(['extensions_custom.conf', 'handrail_ari.conf']);
  const mended: Files = { ...broken, ...Object.fromEntries(again.map(({ file, after }) => [file, after])) };
  expect(damageOf(written, (name) => mended[name])).toEqual({ lost: [], barred: [], unnamed: [] });
  expect(mended['extensions_custom.conf']).toMatch(/^; as it came\n/);
});

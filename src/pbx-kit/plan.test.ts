import { describe, expect, it } from 'vitest';
import { planInstall } from './plan.js';
import { placeOf, type KitSettings } from './settings.js';
import { showChange } from './show-change.js';

const settings: KitSettings = {
  app: 'handrail',
  ariUser: 'handrail',
  ariPassword: 'a-long-secret',
  menu: { context: 'mainmenu', extension: 's', priority: '1' },
  agents: undefined,
  dialplanDir: '/srv/handrail/dialplan',
};

const menu = '[mainmenu]\nexten => s,1,Answer()\n same => n,Background(hello)\n same => n,WaitExten(5)\n';
const plain = {
  'extensions.conf': `[from-trunk]\nexten => 100,1,Goto(mainmenu,s,1)\n${menu}`,
  'ari.conf': '[general]\nenabled = yes\n',
  'http.conf': '[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = 9088\n',
  'modules.conf': '[modules]\nautoload = yes\n',
};

type Files = Readonly<Record<string, string>>;

const plan = (files: Files, changed: Partial<KitSettings> = {}) =>
  planInstall({ ...settings, ...changed }, (name) => files[name]);

function after(files: Files): Files {
  return { ...files, ...Object.fromEntries(plan(files).changes.map((change) => [change.file, change.after])) };
}

const touched = (files: Files): string[] => plan(files).changes.map(({ file }) => file);

describe('a plain Asterisk', () => {
  it('is given one line in two files, and two files of our own', () => {
    expect(touched(plain)).toEqual(['handrail_ari.conf', 'ari.conf', 'handrail_extensions.conf', 'extensions.conf']);
    expect(plan(plain)).toMatchObject({ kind: 'plain', obstacles: [], remarks: [], ariUrl: 'http://127.0.0.1:9088' });
  });

  it('keeps every byte that was there', () => {
    for (const { before = '', after } of plan(plain).changes) expect(after.startsWith(before)).toBe(true);
  });

  it('needs nothing more when it has everything', () => expect(touched(after(plain))).toEqual([]));

  it('is given HTTP where it is off, on the port that is named there', () => {
    const off = { ...plain, 'http.conf': '[general]\n; enabled = yes\nbindport = 9088' };
    const http = plan(off).changes.find(({ file }) => file === 'handrail_http.conf')?.after;
    expect(http).toContain('[general](+)\nenabled = yes\nbindaddr = 127.0.0.1\n');
    expect(http).not.toContain('bindport');
    expect(touched(after(off))).toEqual([]);
  });

  it('is given ARI where it is off, and the files that it lacks', () => {
    const off = { ...plain, 'ari.conf': '[general]\nenabled = no\n' };
    expect(after(off)['handrail_ari.conf']).toContain('[general](+)\nenabled = yes');
    const { 'http.conf': _http, 'ari.conf': _ari, ...bare } = plain;
    expect(after(bare)['ari.conf']).toMatch(/^\[general\]\nenabled = yes\n/);
    expect(after(bare)['handrail_http.conf']).toContain('[general]\nenabled = yes');
  });

  it('is given the modules that a list of its own lacks', () => {
    const listed = { ...plain, 'modules.conf': '[modules]\nautoload = no\nload = app_stasis.so\nload => res_ari.so' };
    const modules = after(listed)['handrail_modules.conf'];
    expect(modules).toContain('load = chan_rtp.so');
    expect(modules).not.toMatch(/app_stasis|res_ari\.so/);
  });
});

describe('what stands in the way', () => {
  it.each([
    [
      'a menu that is not there, with those that are',
      { menu: { context: 'ivr', extension: 's', priority: '1' } },
      plain,
      /\[ivr\].*mainmenu,s,1/,
    ],
    [
      'contexts of ours that somebody wrote by hand',
      {},
      { ...plain, 'extensions.conf': `[handrail-line]\n${menu}` },
      /\[handrail-line\]/,
    ],
    ['another user of the same name', {}, { ...plain, 'ari.conf': '[general]\n[handrail]\ntype = user' }, /--user/],
    [
      'a module that is forbidden',
      {},
      { ...plain, 'modules.conf': '[modules]\nautoload=yes\nnoload => chan_rtp.so' },
      /chan_rtp/,
    ],
  ] as const)('%s', (_name, changed, files, words) => {
    expect(plan(files, changed).obstacles).toEqual([expect.stringMatching(words)]);
  });

  it('an open network is named', () => {
    const open = { ...plain, 'http.conf': '[general]\nenabled=yes\nbindaddr=0.0.0.0' };
    expect(plan(open)).toMatchObject({
      remarks: [expect.stringContaining('0.0.0.0')],
      ariUrl: 'http://127.0.0.1:8088',
    });
  });
});

describe('FreePBX', () => {
  const files = {
    'extensions.conf': '#include extensions_additional.conf\n#include extensions_custom.conf\n',
    'extensions_additional.conf': menu.replace('mainmenu', 'ivr-1'),
    'extensions_custom.conf': '; yours\n',
    'ari.conf': '[general]\n#include ari_general_additional.conf\n#include ari_additional_custom.conf\n',
    'ari_general_additional.conf': 'enabled=yes\n',
    'ari_additional_custom.conf': '',
    'http.conf': '[general]\n#include http_additional.conf\n#include http_custom.conf\n',
    'http_additional.conf': 'enabled=yes\nbindaddr=127.0.0.1\nbindport=8088\n',
    'http_custom.conf': '',
    'modules.conf': '[modules]\nautoload=yes\n',
  };

  it('has its own files rewritten, so only the custom ones are touched', () => {
    const { kind, changes, obstacles } = planInstall(
      { ...settings, menu: { context: 'ivr-1', extension: 's', priority: '1' } },
      (name) => (files as Files)[name],
    );
    expect({ kind, obstacles }).toEqual({ kind: 'freepbx', obstacles: [] });
    expect(changes.map(({ file }) => file)).toEqual([
      'handrail_ari.conf',
      'ari_additional_custom.conf',
      'handrail_extensions.conf',
      'extensions_custom.conf',
    ]);
  });
});

it('shows what it adds, and no password', () => {
  const shown = plan(plain).changes.map(showChange).join('\n');
  expect(shown).toContain('+++ ari.conf (at the end)\n+; Handrail begin');
  expect(shown).toContain('+password = (hidden)');
  expect(shown).not.toContain(settings.ariPassword);
});

it.each([
  ['mainmenu', 'mainmenu,s,1'],
  ['ivr-1,s,1', 'ivr-1,s,1'],
  ['app-x,200,top', 'app-x,200,top'],
])('reads the place %s', (text, place) => {
  expect(Object.values(placeOf(text) ?? {}).join(',')).toBe(place);
});

it.each(['', 'a,b,c,d', 'menu)\nexten => x', 'menu,s,1;'])('takes “%s” for no place', (text) => {
  expect(placeOf(text)).toBeUndefined();
});

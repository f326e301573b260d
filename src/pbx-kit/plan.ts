import { confLines, isTrue, sectionsOf, settingOf, type ReadConf } from './conf-text.js';
import { ariConf, contexts, extensionsConf, httpConf, modulesConf } from './files.js';
import type { KitSettings } from './settings.js';

/** A file of the configuration folder as it is and as it shall be. */
export interface Change {
  /** Relative to the configuration folder. */
  readonly file: string;
  /** `undefined`: there is none. */
  readonly before: string | undefined;
  readonly after: string;
}

export interface Plan {
  readonly kind: PbxKind;
  readonly changes: readonly Change[];
  /** What the admin should know, or must do by hand. */
  readonly remarks: readonly string[];
  /** What stands in the way: nothing may be written. */
  readonly obstacles: readonly string[];
  /** Where ARI listens afterwards. */
  readonly ariUrl: string;
}

/** `freepbx` rewrites its files when somebody presses “Apply Config”; only its `_custom` files are left alone. */
export type PbxKind = 'plain' | 'freepbx';

/** The file of each kind that is given one line. */
const hosts = {
  plain: { ari: 'ari.conf', extensions: 'extensions.conf', http: 'http.conf', modules: 'modules.conf' },
  freepbx: {
    ari: 'ari_additional_custom.conf',
    extensions: 'extensions_custom.conf',
    http: 'http_custom.conf',
    modules: 'modules.conf',
  },
} as const;

const blockBegin = '; Handrail begin: `npx handrail uninstall --pbx` takes this out';
const blockEnd = '; Handrail end';

/** Modules without which no call can come, and those that they link against. */
const neededModules = [
  'res_http_websocket',
  'res_stasis',
  'res_stasis_answer',
  'res_stasis_playback',
  'res_stasis_recording',
  'app_stasis',
  'res_ari',
  'res_ari_model',
  'res_ari_applications',
  'res_ari_asterisk',
  'res_ari_bridges',
  'res_ari_channels',
  'res_ari_events',
  'res_rtp_asterisk',
  'res_rtp_multicast',
  'chan_rtp',
  'bridge_simple',
  'bridge_softmix',
  'codec_ulaw',
  'codec_alaw',
] as const;

export function kindOf(read: ReadConf): PbxKind {
  return read('extensions_additional.conf') !== undefined && read('extensions_custom.conf') !== undefined
    ? 'freepbx'
    : 'plain';
}

/** What has to be written so that calls can come. Pure: reads, and decides. A second look after the first was written plans nothing. */
export function planInstall(settings: KitSettings, read: ReadConf, kind: PbxKind = kindOf(read)): Plan {
  const files = hosts[kind];
  const changes: Change[] = [];
  const remarks: string[] = [];
  const obstacles = [...foreignContexts(settings, read), ...missingMenu(settings, read)];

  /** Our file, and the line in the file of the PBX that includes it. */
  const bring = (host: string, own: string, text: string, ifMissing = ''): void => {
    const before = read(own);
    if (before !== text) changes.push({ file: own, before, after: text });
    const hostText = read(host);
    const block = `${blockBegin}\n#include "${own}"\n${blockEnd}\n`;
    if (hostText?.includes(block)) return;
    const rest = hostText ?? ifMissing;
    changes.push({
      file: host,
      before: hostText,
      after: `${rest}${rest === '' || rest.endsWith('\n') ? '' : '\n'}${block}`,
    });
  };

  const seen = others(read);
  const ariIsOff =
    sectionsOf('ari.conf', seen).includes('general') && isFalse(settingOf('ari.conf', 'general', 'enabled', seen));
  bring(files.ari, 'handrail_ari.conf', ariConf(settings, ariIsOff), '[general]\nenabled = yes\n\n');
  bring(files.extensions, 'handrail_extensions.conf', extensionsConf(settings));

  if (!isTrue(settingOf('http.conf', 'general', 'enabled', seen))) {
    const there = sectionsOf('http.conf', seen).includes('general');
    const given = new Set(confLines('http.conf', seen).map(({ key }) => key));
    bring(files.http, 'handrail_http.conf', httpConf(there ? '[general](+)' : '[general]', given));
  }
  const { missing, barred } = modulesToLoad(seen);
  if (missing.length > 0) bring(files.modules, 'handrail_modules.conf', modulesConf(missing));
  if (barred.length > 0) {
    obstacles.push(`modules.conf forbids ${barred.join(', ')} (noload): take these lines out, Handrail needs them.`);
  }

  const address = settingOf('http.conf', 'general', 'bindaddr', seen) ?? '127.0.0.1';
  if (!isLoopback(address)) {
    remarks.push(
      `http.conf binds ${address}: who reaches that address and has a password controls calls. Bind 127.0.0.1 where Handrail runs on this machine.`,
    );
  }
  const port = settingOf('http.conf', 'general', 'bindport', seen) ?? '8088';
  const prefix = (settingOf('http.conf', 'general', 'prefix', seen) ?? '').replace(/^\/?/, '/').replace(/\/$/, '');
  const reached = isLoopback(address) || /^(0\.0\.0\.0|::|\[::\])$/.test(address) ? '127.0.0.1' : address;
  return { kind, changes, remarks, obstacles, ariUrl: `http://${reached}:${port}${prefix}` };
}

/** Whether a file is one of the kit's own. */
export function isOurs(file: string): boolean {
  return file.startsWith('handrail_');
}

/** Whether a file of the PBX has our lines. */
export function hasBlock(text: string): boolean {
  return withoutBlock(text) !== text;
}

/** The text of a file of the PBX without our block: what `uninstall` writes when somebody changed the file since. */
export function withoutBlock(text: string): string {
  const begin = text.indexOf(blockBegin);
  const end = text.indexOf(blockEnd, begin);
  if (begin < 0 || end < 0) return text;
  return text.slice(0, begin) + text.slice(end + blockEnd.length).replace(/^\n/, '');
}

/** Places that look like a keypad menu: `context,extension,1`, for who does not know what to name. */
export function menusOf(read: ReadConf): string[] {
  const found = new Set<string>();
  let extension = 's';
  for (const { section, key, value } of confLines('extensions.conf', others(read))) {
    if (key === 'exten') extension = value.split(',')[0] ?? 's';
    if (/^(exten|same)$/.test(key) && /,\s*(BackGround|WaitExten)\(/i.test(value))
      found.add(`${section},${extension},1`);
  }
  return [...found];
}

/** The configuration without what an earlier installation brought: a second look must decide as the first did. */
function others(read: ReadConf): ReadConf {
  return (name) => (isOurs(name) ? undefined : read(name));
}

function foreignContexts(settings: KitSettings, read: ReadConf): string[] {
  const there = sectionsOf('extensions.conf', others(read));
  const taken = Object.values(contexts).filter((name) => there.includes(name));
  const users = sectionsOf('ari.conf', others(read)).filter((name) => name === settings.ariUser);
  return [
    ...taken.map(
      (name) =>
        `The dialplan has a context [${name}] already, which this kit did not write: take it out, or keep it and do not install.`,
    ),
    ...users.map(
      (name) => `ari.conf has a user [${name}] already, which this kit did not write: choose another with --user.`,
    ),
  ];
}

function missingMenu({ menu }: KitSettings, read: ReadConf): string[] {
  if (sectionsOf('extensions.conf', others(read)).includes(menu.context)) return [];
  const known = menusOf(read);
  const hint = known.length > 0 ? ` Menus that were found: ${known.join('; ')}.` : '';
  return [`There is no context [${menu.context}] in the dialplan: callers could not be sent to it.${hint}`];
}

/** What modules.conf keeps from running. */
export function modulesToLoad(read: ReadConf): { readonly missing: string[]; readonly barred: string[] } {
  const lines = confLines('modules.conf', read).filter(({ section }) => section === 'modules');
  const named = (keys: readonly string[]): string[] =>
    lines.filter(({ key }) => keys.includes(key)).map(({ value }) => value.replace(/\.so$/, ''));
  const barred = named(['noload']).filter((name) => (neededModules as readonly string[]).includes(name));
  const autoload = lines.findLast(({ key }) => key === 'autoload')?.value;
  if (read('modules.conf') === undefined || isTrue(autoload)) return { missing: [], barred };
  const loaded = named(['load', 'preload', 'require', 'preload-require']);
  return { missing: neededModules.filter((name) => !loaded.includes(name)), barred };
}

function isFalse(value: string | undefined): boolean {
  return value !== undefined && !isTrue(value);
}

function isLoopback(address: string): boolean {
  return /^(127\.|::1$|\[::1\]$|localhost$)/.test(address);
}

import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Value } from 'typebox/value';
import { HandrailError } from '../kernel/errors.js';
import { sensitive } from '../kernel/sensitive.js';
import { findJsonMistake } from './json-mistake.js';
import { nearest } from './nearest.js';
import { legalValues, sectionNames, settings } from './schema.js';
import type { Config, Setting } from './schema.js';

export interface LoadOptions {
  /** Path from `--config`. Absent: `HANDRAIL_CONFIG`, else `handrail.config.json` in `cwd` if it exists. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @defaultValue process.cwd() */
  readonly cwd?: string;
}

/**
 * Reads file and environment; the environment wins.
 *
 * @throws HandrailError HR_CONFIG_UNREADABLE when the file cannot be read or is not JSON, with line and column;
 * HR_CONFIG_INVALID with one line a mistake in `where`, all mistakes at once. Secrets are never quoted.
 */
export function loadConfig(options: LoadOptions): Config {
  const mistakes: string[] = [];
  const file = configFile(options);
  const raw = new Map<Setting, Found>();
  if (file !== undefined) readFile(file, raw, mistakes);
  readEnvironment(options, raw, mistakes);

  const config: Record<string, Record<string, unknown>> = {};
  for (const setting of settings) {
    const group = (config[setting.section] ??= {});
    const found = raw.get(setting);
    if (!found) {
      if (setting.schema.default !== undefined) group[setting.key] = setting.schema.default;
      continue;
    }
    if (Value.Check(setting.schema, found.value)) {
      group[setting.key] = setting.schema.secret ? sensitive(found.value) : found.value;
    } else {
      const shown = setting.schema.secret ? 'a secret that cannot be used' : show(found.value);
      mistakes.push(`${found.where}: found ${shown}; legal: ${legalValues(setting.schema)}`);
      if (setting.schema.default !== undefined) group[setting.key] = setting.schema.default;
    }
  }
  // Every setting has been checked against its own schema above, so the shape holds wherever there is no mistake.
  const checked = config as unknown as Config;
  if (mistakes.length === 0) mistakes.push(...contradictions(checked, (section, key) => whereOf(raw, section, key)));
  if (mistakes.length > 0) {
    const list = mistakes.length === 1 ? mistakes[0] : `\n  ${mistakes.join('\n  ')}`;
    throw new HandrailError('HR_CONFIG_INVALID', list ?? '');
  }
  for (const group of Object.values(config)) Object.freeze(group);
  return Object.freeze(checked);
}

/** A value with the place that it was found at: `handrail.config.json /ari/url` or `HANDRAIL_ARI_URL`. */
interface Found {
  readonly value: unknown;
  readonly where: string;
}

function configFile({ file, env, cwd = process.cwd() }: LoadOptions): string | undefined {
  const named = file ?? (env['HANDRAIL_CONFIG'] || undefined);
  if (named !== undefined) return resolve(cwd, named);
  const usual = join(cwd, 'handrail.config.json');
  return existsSync(usual) ? usual : undefined;
}

function readFile(file: string, raw: Map<Setting, Found>, mistakes: string[]): void {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new HandrailError('HR_CONFIG_UNREADABLE', `${file}: ${reasonOf(error)}`, { cause: error });
  }
  const mistake = findJsonMistake(text);
  if (mistake) {
    throw new HandrailError('HR_CONFIG_UNREADABLE', `${file}:${mistake.line}:${mistake.column}: ${mistake.problem}`);
  }
  const root: unknown = JSON.parse(text);
  if (!isObject(root)) {
    mistakes.push(`${file} /: found ${show(root)}; legal: an object with sections ${sectionNames.join(', ')}`);
    return;
  }
  for (const [section, group] of Object.entries(root)) {
    // Editors look for "$schema"; it is no setting.
    if (section === '$schema') continue;
    const where = `${file} /${pointer(section)}`;
    if (!sectionNames.includes(section)) mistakes.push(unknown(where, 'section', section, sectionNames));
    else if (!isObject(group)) mistakes.push(`${where}: found ${show(group)}; legal: an object with settings`);
    else readSection(file, section, group, raw, mistakes);
  }
}

function readSection(
  file: string,
  section: string,
  group: Readonly<Record<string, unknown>>,
  raw: Map<Setting, Found>,
  mistakes: string[],
): void {
  const ours = settings.filter((setting) => setting.section === section);
  for (const [key, value] of Object.entries(group)) {
    const where = `${file} /${section}/${pointer(key)}`;
    const setting = ours.find((candidate) => candidate.key === key);
    const secret = ours.find((candidate) => candidate.schema.secret && `${candidate.key}File` === key);
    if (setting) raw.set(setting, { value, where });
    else if (!secret) mistakes.push(unknown(where, 'setting', key, keysOf(ours)));
    else if (typeof value !== 'string') mistakes.push(`${where}: found ${show(value)}; legal: the path of a file`);
    else readSecret(resolve(dirname(file), value), where, secret, raw, mistakes);
  }
}

function keysOf(group: readonly Setting[]): string[] {
  return group.flatMap(({ key, schema }) => (schema.secret ? [key, `${key}File`] : [key]));
}

/** An empty variable counts as not set, as in compose files that pass variables on. */
function readEnvironment(
  { env, cwd = process.cwd() }: LoadOptions,
  raw: Map<Setting, Found>,
  mistakes: string[],
): void {
  for (const setting of settings) {
    const value = env[setting.variable];
    const file = env[`${setting.variable}_FILE`];
    const credential = credentialOf(setting, env);
    if (value) raw.set(setting, { value: fromText(setting, value), where: setting.variable });
    else if (file && setting.schema.secret) {
      readSecret(resolve(cwd, file), `${setting.variable}_FILE`, setting, raw, mistakes);
    } else if (credential !== undefined)
      readSecret(credential, `credential ${basename(credential)}`, setting, raw, mistakes);
  }
  const known = settings.flatMap(({ variable, schema }) =>
    schema.secret ? [variable, `${variable}_FILE`] : [variable],
  );
  for (const name of Object.keys(env)) {
    // HANDRAIL_HOME, HANDRAIL_SPEECH and the like are not settings; under the name of a section it must be a slip.
    if (!name.startsWith('HANDRAIL_') || !env[name] || known.includes(name)) continue;
    const ofSection = sectionNames.some((section) => name.startsWith(`HANDRAIL_${section.toUpperCase()}_`));
    if (ofSection) mistakes.push(unknown(name, 'variable', name, known));
  }
}

/** What systemd hands over (`LoadCredential=ari.password:…`): a file of the setting’s name in a folder for us alone. */
function credentialOf({ section, key, schema }: Setting, env: LoadOptions['env']): string | undefined {
  const dir = env['CREDENTIALS_DIRECTORY'];
  if (!dir || !schema.secret) return undefined;
  const path = join(dir, `${section}.${key}`);
  return existsSync(path) ? path : undefined;
}

function readSecret(path: string, where: string, setting: Setting, raw: Map<Setting, Found>, mistakes: string[]): void {
  try {
    raw.set(setting, { value: readFileSync(path, 'utf8').trim(), where });
  } catch (error) {
    mistakes.push(`${where}: found ${path}, ${reasonOf(error)}; legal: a readable file with the secret in it`);
  }
}

function fromText({ schema }: Setting, text: string): unknown {
  if (schema.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  const numeric = schema.type === 'integer' || schema.type === 'number';
  return numeric && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}

/** What no single setting can tell. */
function contradictions(config: Config, where: (section: string, key: string) => string): string[] {
  const { admin, ari, oidc, pbx, stt, tts, llm, dialog } = config;
  const found: string[] = [];
  if (ari.url !== undefined && ari.password === undefined) {
    found.push(
      `${where('ari', 'password')}: found nothing; legal: the password of ${ari.user}, because ari.url is set`,
    );
  }
  if (stt.engine === 'whisper-server' && stt.url === undefined) {
    found.push(`${where('stt', 'url')}: found nothing; legal: the server’s URL, because stt.engine is whisper-server`);
  }
  if (llm.engine === 'openai' && llm.url === undefined) {
    found.push(`${where('llm', 'url')}: found nothing; legal: the server’s URL, because llm.engine is openai`);
  }
  if ((admin.certFile === undefined) !== (admin.keyFile === undefined)) {
    const [missing, given] = admin.certFile === undefined ? ['certFile', 'keyFile'] : ['keyFile', 'certFile'];
    found.push(`${where('admin', missing)}: found nothing; legal: the path of a file, because admin.${given} is set`);
  }
  if (oidc.issuer !== undefined && oidc.redirectUrl === undefined) {
    found.push(
      `${where('oidc', 'redirectUrl')}: found nothing; legal: the page’s URL with /api/session/oidc/callback, because oidc.issuer is set`,
    );
  }
  if (oidc.issuer?.startsWith('http:') && !isThisMachine(new URL(oidc.issuer).hostname)) {
    found.push(`${where('oidc', 'issuer')}: found ${oidc.issuer}; legal: https, but for a provider on this machine`);
  }
  const voiced = (tts.voices ?? '').split(/, */).map((entry) => entry.slice(0, entry.indexOf('=')));
  const twice = voiced.find((language, index) => language !== '' && voiced.indexOf(language) !== index);
  if (twice !== undefined)
    found.push(`${where('tts', 'voices')}: found ${twice} twice; legal: one voice for each language`);
  if (pbx.rtpEnd < pbx.rtpStart + 1) {
    found.push(`${where('pbx', 'rtpEnd')}: found ${pbx.rtpEnd}; legal: above pbx.rtpStart, which is ${pbx.rtpStart}`);
  }
  if (dialog.turnDeadlineMs <= dialog.maxEndpointMs) {
    found.push(
      `${where('dialog', 'turnDeadlineMs')}: found ${dialog.turnDeadlineMs}; legal: above dialog.maxEndpointMs, which is ${dialog.maxEndpointMs}`,
    );
  }
  if (dialog.maxEndpointMs < dialog.minEndpointMs) {
    found.push(
      `${where('dialog', 'maxEndpointMs')}: found ${dialog.maxEndpointMs}; legal: at least dialog.minEndpointMs, which is ${dialog.minEndpointMs}`,
    );
  }
  return found;
}

function whereOf(raw: ReadonlyMap<Setting, Found>, section: string, key: string): string {
  const setting = settings.find((candidate) => candidate.section === section && candidate.key === key);
  return (setting && raw.get(setting)?.where) ?? `${section}.${key} (${setting?.variable})`;
}

function unknown(where: string, kind: string, name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  const legal = known.length <= 20 ? `; legal: ${known.join(', ')}` : '; docs/reference/configuration.md lists all';
  return `${where}: found an unknown ${kind}${meant ? `, did you mean ${meant}?` : ''}${legal}`;
}

function show(value: unknown): string {
  if (isObject(value)) return 'an object';
  if (Array.isArray(value)) return 'a list';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 6901 escapes. */
function pointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function reasonOf(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'no such file';
    case 'EACCES':
      return 'this user may not read it';
    case 'EISDIR':
      return 'this is a folder';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

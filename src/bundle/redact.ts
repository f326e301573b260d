import { settings, type Config } from '../config/schema.js';
import { Sensitive } from '../kernel/sensitive.js';

/** Shorter secrets would blot out ordinary words. */
const LEAST_SECRET = 4;
/**
 * So many digits in a row, perhaps parted as people write them, may be a telephone number; also as `sip:…@`, as `%2B…` and
 * in a channel's name, which goes on with `-` and eight hexadecimal digits. Times, versions and addresses are none.
 */
const phoneLike = /(?<![\w.+-]|(?<![a-z]):)(?:\+|%2B)?\d(?:[ /()-]?\d){6,}(?!\w|[.:]\d|-(?![\da-f]{8}\b))/gi;
/** `user:password@` of a URL, as a setting or a message may have it. */
const userInUrl = /(?<=\bhttps?:\/\/)[^\s/"]+(?=@)/gi;

/** The settings that differ from their defaults; of a secret only that it is set. */
export function shownConfig(config: Config): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const shown: Record<string, Record<string, unknown>> = {};
  for (const { section, key, schema, value } of valuesOf(config)) {
    if (value === undefined || value === schema.default) continue;
    (shown[section] ??= {})[key] = value instanceof Sensitive ? '(a secret is set)' : value;
  }
  return shown;
}

/**
 * Takes out of a text what nobody else shall read: every secret of the configuration, as it is, in JSON, in a URL or in its
 * query, users and passwords in URLs, and what may be a telephone number. What callers said or pressed is in no log to
 * begin with (`Sensitive`).
 */
export function redactor(config: Config): (text: string) => string {
  const secrets = valuesOf(config).flatMap(({ value }) => (value instanceof Sensitive ? [String(value.reveal())] : []));
  const forms = secrets
    .filter(({ length }) => length >= LEAST_SECRET)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ '': secret }).toString().slice(1),
      JSON.stringify(secret).slice(1, -1),
    ])
    // One may be the beginning of another, whose end would be left.
    .sort((a, b) => b.length - a.length);
  return (text) =>
    forms
      .reduce((rest, form) => rest.replaceAll(form, '[secret]'), text)
      .replace(userInUrl, '[secret]')
      .replace(phoneLike, '[number]');
}

function valuesOf(config: Config) {
  const groups = config as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  return settings.map((setting) => ({ ...setting, value: groups[setting.section]?.[setting.key] }));
}

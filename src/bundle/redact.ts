import { settings, type Config } from '../config/schema.js';
import { Sensitive } from '../kernel/sensitive.js';

/** Shorter secrets would blot out ordinary words. */
const LEAST_SECRET = 4;
/** So many digits in a row, perhaps parted as people write them, may be a telephone number. Times and versions are not. */
const phoneLike = /(?<![\w.:+-])\+?\d(?:[ /()-]?\d){6,}(?![\w.:-])/g;

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
 * Takes out of a text what nobody else shall read: every secret of the configuration, whatever form it has there, and what
 * may be a telephone number. What callers said or pressed is in no log to begin with (`Sensitive`).
 */
export function redactor(config: Config): (text: string) => string {
  const secrets = valuesOf(config).flatMap(({ value }) => (value instanceof Sensitive ? [String(value.reveal())] : []));
  const forms = secrets
    .filter(({ length }) => length >= LEAST_SECRET)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  return (text) => forms.reduce((rest, form) => rest.replaceAll(form, '[secret]'), text).replace(phoneLike, '[number]');
}

function valuesOf(config: Config) {
  const groups = config as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  return settings.map((setting) => ({ ...setting, value: groups[setting.section]?.[setting.key] }));
}

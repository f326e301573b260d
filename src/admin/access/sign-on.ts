import type { Role } from '../../store/access-port.js';
import { roles } from './permissions.js';

/** Logging in at an identity provider. */
export interface SignOn {
  /** The provider, as people know it: its host name. */
  readonly name: string;
  /** Whether browsers come back by `https`, though a proxy may hand it on to us as `http`. */
  readonly returnsByTls: boolean;
  /** @throws HandrailError HR_SIGN_ON_UNREACHABLE */
  begin(): Promise<Departure>;
  /**
   * @param returned the address to which the provider has sent the browser back
   * @throws HandrailError HR_SIGN_ON_FAILED for an answer that is not to be trusted, HR_SIGN_ON_UNREACHABLE
   */
  finish(returned: URL, attempt: SignOnAttempt): Promise<Identity>;
}

/** Where the browser is sent, and what its return is held against. */
export interface Departure {
  readonly url: string;
  readonly attempt: SignOnAttempt;
}

/** Known to us and, as hashes, to the provider alone. Secrets. */
export interface SignOnAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Who somebody is at the provider. */
export interface Identity {
  /** Issuer and subject: the same for ever, whatever the name becomes. */
  readonly external: string;
  /** As the provider writes it; undefined where the claim is missing. */
  readonly name: string | undefined;
  readonly groups: readonly string[];
}

/** Which group of the provider has which role here. */
export type RoleMap = ReadonlyMap<string, Role>;

/** @param text `handrail-admins=admin, desk=editor` */
export function roleMap(text: string): RoleMap {
  return new Map(
    text.split(',').map((pair) => {
      const at = pair.lastIndexOf('=');
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim() as Role];
    }),
  );
}

/** The highest role that one of the groups has; undefined when none has one. */
export function roleOf(groups: readonly string[], map: RoleMap): Role | undefined {
  const found = groups.map((group) => map.get(group));
  return [...roles].reverse().find((role) => found.includes(role));
}

/** A name as users have it here: `Ada.Lovelace@example.com` is `ada.lovelace`. Undefined when nothing is left of it. */
export function userName(told: string | undefined): string | undefined {
  const name = told
    ?.split('@')[0]
    ?.toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 32);
  return name === '' ? undefined : name;
}

/** A claim by its path: `groups`, or `realm_access.roles`. One text counts as a list of one. */
export function textsAt(claims: unknown, path: string): readonly string[] {
  const found = path
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined,
      claims,
    );
  if (typeof found === 'string') return [found];
  return Array.isArray(found) ? found.filter((text): text is string => typeof text === 'string') : [];
}

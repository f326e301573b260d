import type { AccessStore, Role, User } from '../../store/access-port.js';
import type { Clock } from '../../kernel/clock.js';
import { HandrailError } from '../../kernel/errors.js';
import type { Sensitive } from '../../kernel/sensitive.js';
import { LOCAL } from './local-token.js';
import { Lockout } from './lockout.js';
import { checkPassword, hashPassword } from './passwords.js';
import { allPermissions, isPermission, rolePermissions, type Permission } from './permissions.js';
import type { Principal } from './principal.js';
import { hashOfSecret, newSecret, sameSecret } from './secrets.js';

export interface GateOptions {
  readonly store: AccessStore;
  /** See `keepLocalToken`. */
  readonly localToken: Sensitive<string>;
  readonly clock: Clock;
}

/** What a browser gets when it has logged in. `secret` is for the cookie. */
export interface NewSession {
  readonly secret: string;
  readonly principal: Principal;
}

const HOUR_MS = 3_600_000;
/** A session ends when it was not used for so long, and in any case after so long. An invitation is good for so long. */
export const sessionLimits = { idleMs: 8 * HOUR_MS, longestMs: 7 * 24 * HOUR_MS, invitationMs: 48 * HOUR_MS } as const;
/** Written down at most so often. */
const TOUCH_MS = 60_000;
/** The user that the first start invites. */
export const FIRST_USER = 'admin';

/** Who is who: passwords, sessions, invitations, tokens. What each may do is in `permissions.ts`. */
export class Gate {
  readonly #lockout = new Lockout();
  readonly #local: { readonly secret: Sensitive<string>; readonly principal: Principal };

  constructor(private readonly options: GateOptions) {
    const secret = options.localToken;
    const hash = hashOfSecret(secret.reveal());
    this.#local = { secret, principal: { kind: 'token', name: LOCAL, may: new Set(allPermissions), hash } };
  }

  /** @returns undefined for a token that is none (any more) */
  async ofToken(token: string): Promise<Principal | undefined> {
    const local = this.#local;
    if (sameSecret(token, local.secret.reveal())) return local.principal;
    return this.#ofTokenHash(hashOfSecret(token));
  }

  /** @returns undefined for a session that is none (any more) */
  async ofSession(secret: string): Promise<Principal | undefined> {
    return this.#ofSessionHash(hashOfSecret(secret));
  }

  /** The same one as they are now; undefined when they were logged out, removed, or it has run out. */
  async again(principal: Principal): Promise<Principal | undefined> {
    if (principal.kind === 'user') return this.#ofSessionHash(principal.sessionHash);
    const local = this.#local.principal;
    return principal.name === LOCAL ? local : this.#ofTokenHash(principal.hash);
  }

  /** @throws HandrailError HR_LOGIN_LOCKED, HR_LOGIN_FAILED; never says whether the name exists */
  async login(name: string, password: string): Promise<NewSession> {
    const nowMs = this.options.clock.nowMs();
    const waitMs = this.#lockout.waitMs(name, nowMs);
    if (waitMs > 0) throw new HandrailError('HR_LOGIN_LOCKED', `Wait ${String(Math.ceil(waitMs / 1_000))} s.`);
    // Counted before the check, so that many at once are not all let through.
    this.#lockout.failed(name, nowMs);
    const user = await this.options.store.user(name);
    if (!(await checkPassword(password, user?.passwordHash)) || !user) throw new HandrailError('HR_LOGIN_FAILED', '');
    this.#lockout.succeeded(name);
    return this.#begin(user);
  }

  logout(principal: Principal): Promise<void> {
    return principal.kind === 'user' ? this.options.store.endSession(principal.sessionHash) : Promise.resolve();
  }

  /**
   * A link by which a user sets their own password, once.
   * @returns the secret of the link
   */
  async invite(user: string): Promise<string> {
    const secret = newSecret();
    const expiresAtWallMs = Math.round(this.options.clock.wallMs()) + sessionLimits.invitationMs;
    await this.options.store.invite({ hash: hashOfSecret(secret), user, expiresAtWallMs });
    return secret;
  }

  /** @returns the secret of the link by which the first person comes in; undefined when somebody has a password already */
  async firstInvitation(): Promise<string | undefined> {
    const { clock, store } = this.options;
    const users = await store.users();
    if (users.some(({ passwordHash }) => passwordHash !== undefined)) return undefined;
    const createdAtWallMs = Math.round(clock.wallMs());
    await store.addUser({ name: FIRST_USER, role: 'admin', passwordHash: undefined, createdAtWallMs });
    return this.invite(FIRST_USER);
  }

  /** Whom a link is for. @throws HandrailError HR_INVITATION when it was used or has run out */
  async invited(secret: string): Promise<User> {
    const { clock, store } = this.options;
    const invitation = await store.invitation(hashOfSecret(secret));
    const user = invitation && (await store.user(invitation.user));
    if (!user || invitation.expiresAtWallMs < clock.wallMs()) throw new HandrailError('HR_INVITATION', '');
    return user;
  }

  /** Sets the password and logs in. @throws HandrailError HR_INVITATION */
  async accept(secret: string, password: string): Promise<NewSession> {
    const user = await this.invited(secret);
    const hashed = await hashPassword(password);
    // Once: whoever came first in the meantime has it.
    await this.invited(secret);
    await this.options.store.setPassword(user.name, hashed);
    this.#lockout.succeeded(user.name);
    return this.#begin(user);
  }

  /** @throws HandrailError HR_NAME_TAKEN */
  async addUser(name: string, role: Role): Promise<void> {
    const createdAtWallMs = Math.round(this.options.clock.wallMs());
    const user = { name, role, passwordHash: undefined, createdAtWallMs };
    if (!(await this.options.store.addUser(user))) throw new HandrailError('HR_NAME_TAKEN', name);
  }

  /**
   * Logs in whom the identity provider has sent, with the role that it says. Who comes for the first time becomes a user.
   * @returns the session, and the role of before
   * @throws HandrailError HR_SIGN_ON_REFUSED when the name belongs to somebody else here
   */
  async signOn(user: {
    readonly external: string;
    readonly name: string;
    readonly role: Role;
  }): Promise<{ readonly session: NewSession; readonly was: Role | undefined }> {
    const { clock, store } = this.options;
    const known = await store.userOf(user.external);
    if (known) await store.setRole(known.name, user.role);
    else {
      const added = { ...user, passwordHash: undefined, createdAtWallMs: Math.round(clock.wallMs()) };
      if (!(await store.addUser(added))) throw new HandrailError('HR_SIGN_ON_REFUSED', `${user.name} is a user here.`);
    }
    const session = await this.#begin({ name: known?.name ?? user.name, role: user.role });
    return { session, was: known?.role };
  }

  /** @throws HandrailError HR_LAST_ADMIN when nobody could manage access any more */
  async requireOtherAdmin(name: string): Promise<void> {
    const users = await this.options.store.users();
    const others = users.filter((u) => u.name !== name && u.role === 'admin' && u.passwordHash !== undefined);
    const is = users.find((u) => u.name === name)?.role === 'admin';
    if (is && others.length === 0) throw new HandrailError('HR_LAST_ADMIN', name);
  }

  /** @returns the token, which is shown once. @throws HandrailError HR_NAME_TAKEN */
  async addToken(name: string, scopes: readonly Permission[], createdBy: string): Promise<string> {
    if (name === LOCAL) throw new HandrailError('HR_NAME_TAKEN', name);
    const token = `hr_${newSecret()}`;
    const createdAtWallMs = Math.round(this.options.clock.wallMs());
    const added = await this.options.store.addToken({
      name,
      hash: hashOfSecret(token),
      scopes,
      createdBy,
      createdAtWallMs,
    });
    if (!added) throw new HandrailError('HR_NAME_TAKEN', name);
    return token;
  }

  /** Removes what has run out. */
  async purge(): Promise<void> {
    const nowWallMs = Math.round(this.options.clock.wallMs());
    const { idleMs, longestMs } = sessionLimits;
    await this.options.store.purgeAccess({
      begunBefore: nowWallMs - longestMs,
      seenBefore: nowWallMs - idleMs,
      nowWallMs,
    });
  }

  async #begin(user: Pick<User, 'name' | 'role'>): Promise<NewSession> {
    await this.purge();
    const secret = newSecret();
    const nowWallMs = Math.round(this.options.clock.wallMs());
    const session = {
      hash: hashOfSecret(secret),
      user: user.name,
      csrf: newSecret(),
      begunAtWallMs: nowWallMs,
      seenAtWallMs: nowWallMs,
    };
    await this.options.store.addSession(session);
    return { secret, principal: principalOf(user, session) };
  }

  async #ofSessionHash(hash: string): Promise<Principal | undefined> {
    const { clock, store } = this.options;
    const session = await store.session(hash);
    if (!session) return undefined;
    const nowWallMs = Math.round(clock.wallMs());
    const { idleMs, longestMs } = sessionLimits;
    if (nowWallMs - session.seenAtWallMs > idleMs || nowWallMs - session.begunAtWallMs > longestMs) return undefined;
    if (nowWallMs - session.seenAtWallMs > TOUCH_MS) await store.touchSession(hash, nowWallMs);
    const user = await store.user(session.user);
    return user && principalOf(user, session);
  }

  /** A token can never do more than the one who made it may at this moment. */
  async #ofTokenHash(hash: string): Promise<Principal | undefined> {
    const { store } = this.options;
    const token = await store.tokenByHash(hash);
    if (!token) return undefined;
    const maker = await store.user(token.createdBy);
    const limit = new Set(token.createdBy === localAuthor ? allPermissions : maker ? rolePermissions[maker.role] : []);
    const may = new Set(token.scopes.filter(isPermission).filter((scope) => limit.has(scope)));
    return { kind: 'token', name: token.name, may, hash };
  }
}

/** How the local token is written as the maker of others. */
const localAuthor = `token ${LOCAL}`;

function principalOf(
  user: Pick<User, 'name' | 'role'>,
  session: { readonly hash: string; readonly csrf: string },
): Principal {
  const may = new Set(rolePermissions[user.role]);
  return { kind: 'user', name: user.name, role: user.role, may, sessionHash: session.hash, csrf: session.csrf };
}

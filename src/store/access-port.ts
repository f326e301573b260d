/**
 * Who may do what, as it is kept. Secrets (of sessions, tokens and invitations) are kept as SHA-256 only, passwords as argon2id.
 * All methods reject with HR_STORE_FAILED when the store fails.
 */
export interface AccessStore {
  users(): Promise<readonly User[]>;
  user(name: string): Promise<User | undefined>;
  /** By who they are at the identity provider. */
  userOf(external: string): Promise<User | undefined>;
  /** @returns false when the name is taken */
  addUser(user: User): Promise<boolean>;
  setRole(name: string, role: Role): Promise<void>;
  /** Sets the password; sessions and invitations of the user end. */
  setPassword(name: string, passwordHash: string): Promise<void>;
  /** Removes the user with sessions and invitations. */
  removeUser(name: string): Promise<void>;

  /** Replaces the user's invitation of before. */
  invite(invitation: Invitation): Promise<void>;
  invitation(hash: string): Promise<Invitation | undefined>;

  addSession(session: Session): Promise<void>;
  session(hash: string): Promise<Session | undefined>;
  touchSession(hash: string, seenAtWallMs: number): Promise<void>;
  endSession(hash: string): Promise<void>;
  /** Removes sessions that were begun or last seen before, and invitations that have run out. */
  purgeAccess(limits: {
    readonly begunBefore: number;
    readonly seenBefore: number;
    readonly nowWallMs: number;
  }): Promise<void>;

  tokens(): Promise<readonly ApiToken[]>;
  tokenByHash(hash: string): Promise<ApiToken | undefined>;
  /** @returns false when the name is taken */
  addToken(token: ApiToken): Promise<boolean>;
  removeToken(name: string): Promise<boolean>;
}

export type Role = 'viewer' | 'editor' | 'publisher' | 'admin';

export interface User {
  readonly name: string;
  readonly role: Role;
  /** Absent until the invitation was accepted. */
  readonly passwordHash: string | undefined;
  /** Who it is at the identity provider; absent of those who are only known here. */
  readonly external?: string;
  readonly createdAtWallMs: number;
}

export interface Invitation {
  readonly hash: string;
  readonly user: string;
  readonly expiresAtWallMs: number;
}

export interface Session {
  readonly hash: string;
  readonly user: string;
  /** What a page has to send with everything that changes something. */
  readonly csrf: string;
  readonly begunAtWallMs: number;
  readonly seenAtWallMs: number;
}

export interface ApiToken {
  readonly name: string;
  readonly hash: string;
  readonly scopes: readonly string[];
  /** The user who made it: it can never do more than they may. */
  readonly createdBy: string;
  readonly createdAtWallMs: number;
}

import type { Database } from 'better-sqlite3';
import type { AccessStore, ApiToken, Invitation, Role, Session, User } from './access-port.js';
import type { Ask } from './port.js';

interface UserRow {
  readonly name: string;
  readonly role: Role;
  readonly password_hash: string | null;
  readonly created_at_ms: number;
  readonly external: string | null;
}

interface InvitationRow {
  readonly hash: string;
  readonly user: string;
  readonly expires_at_ms: number;
}

interface SessionRow {
  readonly hash: string;
  readonly user: string;
  readonly csrf: string;
  readonly begun_at_ms: number;
  readonly seen_at_ms: number;
}

interface TokenRow {
  readonly name: string;
  readonly hash: string;
  readonly scopes: string;
  readonly created_by: string;
  readonly created_at_ms: number;
}

/** Users, sessions, invitations and API tokens; what belongs to a user goes with them (foreign keys). */
export class SqliteAccess implements AccessStore {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(
    private readonly database: Database,
    private readonly ask: Ask,
  ) {
    this.#sql = prepare(database);
  }

  users(): Promise<readonly User[]> {
    return this.ask(() => this.#sql.users.all().map(userFromRow));
  }

  user(name: string): Promise<User | undefined> {
    return this.ask(() => {
      const row = this.#sql.user.get(name);
      return row && userFromRow(row);
    });
  }

  userOf(external: string): Promise<User | undefined> {
    return this.ask(() => {
      const row = this.#sql.userOf.get(external);
      return row && userFromRow(row);
    });
  }

  addUser({ name, role, passwordHash, createdAtWallMs, external }: User): Promise<boolean> {
    const row = {
      name,
      role,
      password_hash: passwordHash ?? null,
      created_at_ms: createdAtWallMs,
      external: external ?? null,
    };
    return this.ask(() => this.#sql.addUser.run(row).changes === 1);
  }

  setRole(name: string, role: Role): Promise<void> {
    return this.ask(() => void this.#sql.setRole.run(role, name));
  }

  setPassword(name: string, passwordHash: string): Promise<void> {
    return this.ask(
      this.database.transaction(() => {
        this.#sql.setPassword.run(passwordHash, name);
        this.#sql.endSessionsOf.run(name);
        this.#sql.endInvitationsOf.run(name);
      }),
    );
  }

  removeUser(name: string): Promise<void> {
    return this.ask(() => void this.#sql.removeUser.run(name));
  }

  invite({ hash, user, expiresAtWallMs }: Invitation): Promise<void> {
    return this.ask(
      this.database.transaction(() => {
        this.#sql.endInvitationsOf.run(user);
        this.#sql.invite.run({ hash, user, expires_at_ms: expiresAtWallMs });
      }),
    );
  }

  invitation(hash: string): Promise<Invitation | undefined> {
    return this.ask(() => {
      const row = this.#sql.invitation.get(hash);
      return row && { hash: row.hash, user: row.user, expiresAtWallMs: row.expires_at_ms };
    });
  }

  addSession({ hash, user, csrf, begunAtWallMs, seenAtWallMs }: Session): Promise<void> {
    const row = { hash, user, csrf, begun_at_ms: begunAtWallMs, seen_at_ms: seenAtWallMs };
    return this.ask(() => void this.#sql.addSession.run(row));
  }

  session(hash: string): Promise<Session | undefined> {
    return this.ask(() => {
      const row = this.#sql.session.get(hash);
      return (
        row && {
          hash: row.hash,
          user: row.user,
          csrf: row.csrf,
          begunAtWallMs: row.begun_at_ms,
          seenAtWallMs: row.seen_at_ms,
        }
      );
    });
  }

  touchSession(hash: string, seenAtWallMs: number): Promise<void> {
    return this.ask(() => void this.#sql.touchSession.run(seenAtWallMs, hash));
  }

  endSession(hash: string): Promise<void> {
    return this.ask(() => void this.#sql.endSession.run(hash));
  }

  purgeAccess(limits: Parameters<AccessStore['purgeAccess']>[0]): Promise<void> {
    return this.ask(
      this.database.transaction(() => {
        this.#sql.purgeSessions.run(limits.begunBefore, limits.seenBefore);
        this.#sql.purgeInvitations.run(limits.nowWallMs);
      }),
    );
  }

  tokens(): Promise<readonly ApiToken[]> {
    return this.ask(() => this.#sql.tokens.all().map(tokenFromRow));
  }

  tokenByHash(hash: string): Promise<ApiToken | undefined> {
    return this.ask(() => {
      const row = this.#sql.tokenByHash.get(hash);
      return row && tokenFromRow(row);
    });
  }

  addToken({ name, hash, scopes, createdBy, createdAtWallMs }: ApiToken): Promise<boolean> {
    const row = { name, hash, scopes: JSON.stringify(scopes), created_by: createdBy, created_at_ms: createdAtWallMs };
    return this.ask(() => this.#sql.addToken.run(row).changes === 1);
  }

  removeToken(name: string): Promise<boolean> {
    return this.ask(() => this.#sql.removeToken.run(name).changes === 1);
  }
}

function prepare(database: Database) {
  return {
    users: database.prepare<[], UserRow>('SELECT * FROM users ORDER BY name'),
    user: database.prepare<[string], UserRow>('SELECT * FROM users WHERE name = ?'),
    userOf: database.prepare<[string], UserRow>('SELECT * FROM users WHERE external = ?'),
    addUser: database.prepare<UserRow>(
      'INSERT INTO users VALUES (@name, @role, @password_hash, @created_at_ms, @external) ON CONFLICT DO NOTHING',
    ),
    setRole: database.prepare<[Role, string]>('UPDATE users SET role = ? WHERE name = ?'),
    setPassword: database.prepare<[string, string]>('UPDATE users SET password_hash = ? WHERE name = ?'),
    removeUser: database.prepare<[string]>('DELETE FROM users WHERE name = ?'),
    invite: database.prepare<InvitationRow>('INSERT INTO invitations VALUES (@hash, @user, @expires_at_ms)'),
    invitation: database.prepare<[string], InvitationRow>('SELECT * FROM invitations WHERE hash = ?'),
    endInvitationsOf: database.prepare<[string]>('DELETE FROM invitations WHERE user = ?'),
    addSession: database.prepare<SessionRow>(
      'INSERT INTO sessions VALUES (@hash, @user, @csrf, @begun_at_ms, @seen_at_ms)',
    ),
    session: database.prepare<[string], SessionRow>('SELECT * FROM sessions WHERE hash = ?'),
    touchSession: database.prepare<[number, string]>('UPDATE sessions SET seen_at_ms = ? WHERE hash = ?'),
    endSession: database.prepare<[string]>('DELETE FROM sessions WHERE hash = ?'),
    endSessionsOf: database.prepare<[string]>('DELETE FROM sessions WHERE user = ?'),
    purgeSessions: database.prepare<[number, number]>('DELETE FROM sessions WHERE begun_at_ms < ? OR seen_at_ms < ?'),
    purgeInvitations: database.prepare<[number]>('DELETE FROM invitations WHERE expires_at_ms < ?'),
    tokens: database.prepare<[], TokenRow>('SELECT * FROM api_tokens ORDER BY name'),
    tokenByHash: database.prepare<[string], TokenRow>('SELECT * FROM api_tokens WHERE hash = ?'),
    addToken: database.prepare<TokenRow>(
      'INSERT INTO api_tokens VALUES (@name, @hash, @scopes, @created_by, @created_at_ms) ON CONFLICT DO NOTHING',
    ),
    removeToken: database.prepare<[string]>('DELETE FROM api_tokens WHERE name = ?'),
  };
}

function userFromRow(row: UserRow): User {
  return {
    name: row.name,
    role: row.role,
    passwordHash: row.password_hash ?? undefined,
    createdAtWallMs: row.created_at_ms,
    ...(row.external === null ? {} : { external: row.external }),
  };
}

function tokenFromRow(row: TokenRow): ApiToken {
  return {
    name: row.name,
    hash: row.hash,
    scopes: JSON.parse(row.scopes) as readonly string[],
    createdBy: row.created_by,
    createdAtWallMs: row.created_at_ms,
  };
}

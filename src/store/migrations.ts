import type { Database } from 'better-sqlite3';
import { HandrailError } from '../kernel/errors.js';
import { keepCopy } from './kept-database.js';

/**
 * The schema, as the steps that led to it. A step that was released is never edited; the database's `schema_version` says
 * how many have been taken.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE calls (
     call_id       TEXT PRIMARY KEY,
     channel_id    TEXT NOT NULL,
     caller_number TEXT NOT NULL,
     dialled       TEXT NOT NULL,
     flow_id       TEXT NOT NULL,
     flow_version  INTEGER NOT NULL,
     started_at_ms INTEGER NOT NULL,
     ended_at_ms   INTEGER,
     ending        TEXT
   ) STRICT;
   CREATE INDEX calls_by_start ON calls (started_at_ms);
   CREATE INDEX calls_by_caller ON calls (caller_number, started_at_ms);
   CREATE TABLE turns (
     turn_id       TEXT PRIMARY KEY,
     call_id       TEXT NOT NULL REFERENCES calls (call_id) ON DELETE CASCADE,
     position      INTEGER NOT NULL,
     node_id       TEXT NOT NULL,
     face          TEXT NOT NULL,
     started_at_ms INTEGER NOT NULL,
     input         TEXT NOT NULL,
     outcome       TEXT NOT NULL,
     fallback      TEXT,
     said          TEXT NOT NULL,
     next_node_id  TEXT NOT NULL,
     marks         TEXT NOT NULL
   ) STRICT;
   CREATE INDEX turns_by_call ON turns (call_id, position);`,
  `CREATE TABLE flow_versions (
     flow_id       TEXT NOT NULL,
     version       INTEGER NOT NULL,
     json          TEXT NOT NULL,
     created_at_ms INTEGER NOT NULL,
     note          TEXT NOT NULL,
     state         TEXT NOT NULL CHECK (state IN ('draft', 'published')),
     PRIMARY KEY (flow_id, version)
   ) STRICT;
   CREATE UNIQUE INDEX flow_versions_published ON flow_versions (flow_id) WHERE state = 'published';`,
  `CREATE TABLE flow_history (
     flow_id         TEXT NOT NULL,
     version         INTEGER NOT NULL,
     json            TEXT NOT NULL,
     author          TEXT NOT NULL,
     why             TEXT NOT NULL,
     published_at_ms INTEGER NOT NULL,
     origin          TEXT NOT NULL CHECK (origin IN ('file', 'draft', 'rollback')),
     restores        INTEGER,
     PRIMARY KEY (flow_id, version)
   ) STRICT;
   INSERT INTO flow_history
     SELECT flow_id, version, json, 'handrail', note, created_at_ms, 'file', NULL FROM flow_versions;
   DROP TABLE flow_versions;
   ALTER TABLE flow_history RENAME TO flow_versions;
   CREATE TABLE flow_drafts (
     flow_id     TEXT PRIMARY KEY,
     json        TEXT NOT NULL,
     revision    INTEGER NOT NULL,
     based_on    INTEGER NOT NULL,
     author      TEXT NOT NULL,
     saved_at_ms INTEGER NOT NULL
   ) STRICT;`,
  `CREATE TABLE users (
     name          TEXT PRIMARY KEY,
     role          TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'publisher', 'admin')),
     password_hash TEXT,
     created_at_ms INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE invitations (
     hash          TEXT PRIMARY KEY,
     user          TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
     expires_at_ms INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE sessions (
     hash        TEXT PRIMARY KEY,
     user        TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
     csrf        TEXT NOT NULL,
     begun_at_ms INTEGER NOT NULL,
     seen_at_ms  INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE api_tokens (
     name          TEXT PRIMARY KEY,
     hash          TEXT NOT NULL UNIQUE,
     scopes        TEXT NOT NULL,
     created_by    TEXT NOT NULL,
     created_at_ms INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE audit (
     seq     INTEGER PRIMARY KEY,
     at_ms   INTEGER NOT NULL,
     who     TEXT NOT NULL,
     action  TEXT NOT NULL,
     subject TEXT NOT NULL,
     before  TEXT NOT NULL,
     after   TEXT NOT NULL,
     hash    TEXT NOT NULL
   ) STRICT;
   CREATE TRIGGER audit_keeps_entries BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
   CREATE TRIGGER audit_keeps_all BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;`,
  `CREATE TABLE call_media (
     call_id  TEXT PRIMARY KEY REFERENCES calls (call_id) ON DELETE CASCADE,
     counters TEXT NOT NULL
   ) STRICT;`,
  `CREATE TABLE call_states (
     call_id TEXT PRIMARY KEY,
     state   TEXT NOT NULL
   ) STRICT;`,
  `CREATE TABLE flow_history (
     flow_id         TEXT NOT NULL,
     version         INTEGER NOT NULL,
     json            TEXT NOT NULL,
     author          TEXT NOT NULL,
     why             TEXT NOT NULL,
     published_at_ms INTEGER NOT NULL,
     origin          TEXT NOT NULL CHECK (origin IN ('file', 'draft', 'rollback', 'canary', 'promotion')),
     restores        INTEGER,
     PRIMARY KEY (flow_id, version)
   ) STRICT;
   INSERT INTO flow_history SELECT * FROM flow_versions;
   DROP TABLE flow_versions;
   ALTER TABLE flow_history RENAME TO flow_versions;
   CREATE TABLE flow_canaries (
     flow_id     TEXT NOT NULL,
     version     INTEGER NOT NULL,
     plan        TEXT NOT NULL,
     author      TEXT NOT NULL,
     why         TEXT NOT NULL,
     begun_at_ms INTEGER NOT NULL,
     ending      TEXT,
     PRIMARY KEY (flow_id, version)
   ) STRICT;`,
  `CREATE TABLE caller_languages (
     caller       TEXT PRIMARY KEY,
     language     TEXT NOT NULL,
     chosen_at_ms INTEGER NOT NULL
   ) STRICT;`,
  `CREATE TABLE flow_scenarios (
     flow_id     TEXT NOT NULL,
     name        TEXT NOT NULL,
     scenario    TEXT NOT NULL,
     author      TEXT NOT NULL,
     saved_at_ms INTEGER NOT NULL,
     PRIMARY KEY (flow_id, name)
   ) STRICT;`,
  `ALTER TABLE users ADD COLUMN external TEXT;
   CREATE UNIQUE INDEX users_external ON users (external) WHERE external IS NOT NULL;`,
  `CREATE TABLE line_switches (
     name  TEXT PRIMARY KEY,
     value TEXT NOT NULL
   ) STRICT;`,
  `CREATE TABLE call_consents (
     call_id TEXT PRIMARY KEY REFERENCES calls (call_id) ON DELETE CASCADE,
     agreed  INTEGER NOT NULL,
     at_ms   INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE callbacks (
     id         INTEGER PRIMARY KEY,
     call_id    TEXT NOT NULL,
     number     TEXT NOT NULL,
     about      TEXT NOT NULL,
     at_ms      INTEGER NOT NULL,
     done_at_ms INTEGER,
     done_by    TEXT
   ) STRICT;`,
  'ALTER TABLE callbacks ADD COLUMN delivery TEXT;',
];

/**
 * Brings a database to the newest schema, each step in a transaction with its version number. Of one with an older schema a
 * copy is kept first.
 * @throws HandrailError HR_STORE_FAILED when the file was written by a newer Handrail, by one before the first release, or by
 * another program: it is left as it is
 */
export function migrate(database: Database, steps: readonly string[] = migrations): void {
  const tables = database.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
  if (tables.length > 0 && !tables.includes('schema_version')) {
    throw new HandrailError(
      'HR_STORE_FAILED',
      `${database.name} tells no version: it is older than any that this Handrail can migrate, or another program’s`,
    );
  }
  database.exec('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT');
  const row = database.prepare<[], { version: number }>('SELECT version FROM schema_version').get();
  const taken = row?.version ?? 0;
  if (!row) database.exec('INSERT INTO schema_version VALUES (0)');
  if (taken > steps.length) {
    throw new HandrailError(
      'HR_STORE_FAILED',
      `${database.name} has schema ${taken}, this Handrail knows ${steps.length}`,
    );
  }
  if (taken > 0 && taken < steps.length && !database.memory) keepCopy(database, taken);
  const advance = database.prepare('UPDATE schema_version SET version = ?');
  for (const [index, step] of steps.entries()) {
    if (index < taken) continue;
    database.transaction(() => {
      database.exec(step);
      advance.run(index + 1);
    })();
  }
}

import type { Database } from 'better-sqlite3';
import type { FlowDraft, FlowVersion, NewDraft, NewVersion, VersionBook } from '../flow/version-book.js';
import type { Ask } from './port.js';

interface VersionRow {
  readonly flow_id: string;
  readonly version: number;
  readonly json: string;
  readonly author: string;
  readonly why: string;
  readonly published_at_ms: number;
  readonly origin: NewVersion['origin'];
  readonly restores: number | null;
}

interface DraftRow {
  readonly flow_id: string;
  readonly json: string;
  readonly revision: number;
  readonly based_on: number;
  readonly author: string;
  readonly saved_at_ms: number;
}

/** Versions and drafts in the tables `flow_versions`, to which rows are only added, and `flow_drafts`. */
export class SqliteFlowBook implements VersionBook {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(
    database: Database,
    private readonly ask: Ask,
  ) {
    this.#sql = prepare(database);
  }

  append(version: NewVersion): Promise<FlowVersion> {
    return this.ask(() => {
      const row = this.#sql.append.get({
        flow_id: version.flowId,
        json: version.json,
        author: version.author,
        why: version.why,
        published_at_ms: version.publishedAtWallMs,
        origin: version.origin,
        restores: version.restores ?? null,
      });
      return versionFromRow(row as VersionRow);
    });
  }

  newest(flowId: string): Promise<FlowVersion | undefined> {
    return this.ask(() => this.#found(this.#sql.newest.get(flowId)));
  }

  newestFromFile(flowId: string): Promise<FlowVersion | undefined> {
    return this.ask(() => this.#found(this.#sql.newestFromFile.get(flowId)));
  }

  version(flowId: string, version: number): Promise<FlowVersion | undefined> {
    return this.ask(() => this.#found(this.#sql.version.get(flowId, version)));
  }

  versions(flowId: string): Promise<readonly FlowVersion[]> {
    return this.ask(() => this.#sql.versions.all(flowId).map(versionFromRow));
  }

  draft(flowId: string): Promise<FlowDraft | undefined> {
    return this.ask(() => {
      const row = this.#sql.draft.get(flowId);
      return row && draftFromRow(row);
    });
  }

  saveDraft(draft: NewDraft, seen: number): Promise<FlowDraft | undefined> {
    const values = {
      flow_id: draft.flowId,
      json: draft.json,
      based_on: draft.basedOn,
      author: draft.author,
      saved_at_ms: draft.savedAtWallMs,
    };
    return this.ask(() => {
      const row = seen === 0 ? this.#sql.beginDraft.get(values) : this.#sql.saveDraft.get({ ...values, seen });
      return row && draftFromRow(row);
    });
  }

  dropDraft(flowId: string): Promise<void> {
    return this.ask(() => void this.#sql.dropDraft.run(flowId));
  }

  #found(row: VersionRow | undefined): FlowVersion | undefined {
    return row && versionFromRow(row);
  }
}

function prepare(database: Database) {
  return {
    append: database.prepare<Omit<VersionRow, 'version'>, VersionRow>(
      `INSERT INTO flow_versions (flow_id, version, json, author, why, published_at_ms, origin, restores)
         VALUES (@flow_id, (SELECT coalesce(max(version), 0) + 1 FROM flow_versions WHERE flow_id = @flow_id),
           @json, @author, @why, @published_at_ms, @origin, @restores) RETURNING *`,
    ),
    newest: database.prepare<[string], VersionRow>(
      `SELECT * FROM flow_versions WHERE flow_id = ? AND origin <> 'canary' ORDER BY version DESC LIMIT 1`,
    ),
    newestFromFile: database.prepare<[string], VersionRow>(
      `SELECT * FROM flow_versions WHERE flow_id = ? AND origin = 'file' ORDER BY version DESC LIMIT 1`,
    ),
    version: database.prepare<[string, number], VersionRow>(
      'SELECT * FROM flow_versions WHERE flow_id = ? AND version = ?',
    ),
    versions: database.prepare<[string], VersionRow>(
      'SELECT * FROM flow_versions WHERE flow_id = ? ORDER BY version DESC',
    ),
    draft: database.prepare<[string], DraftRow>('SELECT * FROM flow_drafts WHERE flow_id = ?'),
    beginDraft: database.prepare<Omit<DraftRow, 'revision'>, DraftRow>(
      `INSERT INTO flow_drafts (flow_id, json, revision, based_on, author, saved_at_ms)
         VALUES (@flow_id, @json, 1, @based_on, @author, @saved_at_ms) ON CONFLICT DO NOTHING RETURNING *`,
    ),
    saveDraft: database.prepare<Omit<DraftRow, 'revision'> & { readonly seen: number }, DraftRow>(
      `UPDATE flow_drafts SET json = @json, revision = revision + 1, author = @author, saved_at_ms = @saved_at_ms
         WHERE flow_id = @flow_id AND revision = @seen RETURNING *`,
    ),
    dropDraft: database.prepare<[string]>('DELETE FROM flow_drafts WHERE flow_id = ?'),
  };
}

function versionFromRow(row: VersionRow): FlowVersion {
  return {
    flowId: row.flow_id,
    version: row.version,
    json: row.json,
    author: row.author,
    why: row.why,
    publishedAtWallMs: row.published_at_ms,
    origin: row.origin,
    restores: row.restores ?? undefined,
  };
}

function draftFromRow(row: DraftRow): FlowDraft {
  return {
    flowId: row.flow_id,
    json: row.json,
    revision: row.revision,
    basedOn: row.based_on,
    author: row.author,
    savedAtWallMs: row.saved_at_ms,
  };
}

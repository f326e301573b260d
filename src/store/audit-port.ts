/** Who did what, when. Append-only: each entry's hash covers the entry before it, so that a change in the middle shows. */
export interface AuditLog {
  append(entry: NewAuditEntry): Promise<AuditEntry>;
  /** Newest first. @param before only entries with a smaller number */
  entries(query: { readonly limit: number; readonly before?: number }): Promise<readonly AuditEntry[]>;
  /** Walks the whole chain, from the first entry. */
  verify(): Promise<AuditVerdict>;
}

export interface NewAuditEntry {
  readonly atWallMs: number;
  /** User, or `token NAME`. */
  readonly who: string;
  /** Such as `flow.publish`. */
  readonly action: string;
  /** What it was done to: a flow, a user, a token. */
  readonly subject: string;
  /** In words, where something changed. */
  readonly from: string;
  readonly to: string;
}

export interface AuditEntry extends NewAuditEntry {
  /** From 1, without a gap. */
  readonly seq: number;
  readonly hash: string;
}

/** What the check of the chain has found. */
export type AuditVerdict =
  | { readonly ok: true; readonly entries: number; readonly head: string }
  | { readonly ok: false; readonly seq: number; readonly what: string };

/**
 * Where versions and drafts of flows are kept. A version is what went live once: it is never changed, its number counts
 * from 1 for each flow, and the newest is the one in force, canaries apart. A draft is what people work on, one for each flow.
 *
 * All methods reject with HR_STORE_FAILED when the store fails: these are an operator's acts.
 */
export interface VersionBook {
  append(version: NewVersion): Promise<FlowVersion>;
  /** Of those that went live for everybody. */
  newest(flowId: string): Promise<FlowVersion | undefined>;
  /** The newest version that was read from the flow's file. */
  newestFromFile(flowId: string): Promise<FlowVersion | undefined>;
  version(flowId: string, version: number): Promise<FlowVersion | undefined>;
  /** Newest first. */
  versions(flowId: string): Promise<readonly FlowVersion[]>;
  draft(flowId: string): Promise<FlowDraft | undefined>;
  /**
   * Saves the draft if its revision is still the one that the author saw.
   * @param seen the revision before, 0 for a draft that is new
   * @returns undefined when somebody else has saved in between
   */
  saveDraft(draft: NewDraft, seen: number): Promise<FlowDraft | undefined>;
  dropDraft(flowId: string): Promise<void>;
}

export interface NewVersion {
  readonly flowId: string;
  /** The flow as JSON text. */
  readonly json: string;
  readonly author: string;
  /** Why it went live, in its author's words. */
  readonly why: string;
  readonly publishedAtWallMs: number;
  /** `canary`: only some callers got it; `promotion`: of a canary, to everybody. */
  readonly origin: 'file' | 'draft' | 'rollback' | 'canary' | 'promotion';
  /** With `rollback` and `promotion`: the version whose content it has. */
  readonly restores: number | undefined;
}

export interface FlowVersion extends NewVersion {
  readonly version: number;
}

export interface NewDraft {
  readonly flowId: string;
  /** JSON text of a document that need not be sound, or not even a flow yet. */
  readonly json: string;
  /** The version that it was begun from. */
  readonly basedOn: number;
  readonly author: string;
  readonly savedAtWallMs: number;
}

export interface FlowDraft extends NewDraft {
  /** Counts every save. */
  readonly revision: number;
}

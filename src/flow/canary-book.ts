import type { CanaryPlan } from './canary.js';

/** A version that some callers get, beside the one that is live. */
export interface CanaryRecord extends CanaryPlan {
  readonly flowId: string;
  readonly version: number;
  readonly author: string;
  /** Why it was begun, in its author's words. */
  readonly why: string;
  readonly begunAtWallMs: number;
  /** Absent while it runs. */
  readonly end: CanaryEnd | undefined;
}

export interface CanaryEnd {
  /** `taken-back`: by its guard; `replaced`: another version went live. */
  readonly how: 'promoted' | 'stopped' | 'taken-back' | 'replaced';
  readonly why: string;
  readonly who: string;
  readonly atWallMs: number;
}

/** Where canaries are kept: one a version, at most one that runs. All methods reject with HR_STORE_FAILED. */
export interface CanaryBook {
  begin(canary: Omit<CanaryRecord, 'end'>): Promise<void>;
  end(flowId: string, version: number, end: CanaryEnd): Promise<void>;
  /** The one that was begun last, ended or not. */
  latest(flowId: string): Promise<CanaryRecord | undefined>;
}

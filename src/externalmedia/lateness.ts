/** 0.25 ms a bucket, up to 128 ms; the last bucket takes the rest. */
const BUCKET_MS = 0.25;
const BUCKETS = 512;

/** A histogram of latenesses that can be sent across threads and added up. */
export interface LatenessSnapshot {
  readonly counts: Uint32Array;
  readonly maxMs: number;
}

/** Counts how late ticks were, without allocation. */
export class LatenessHistogram {
  #counts = new Uint32Array(BUCKETS);
  #maxMs = 0;

  add(lateMs: number): void {
    const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.floor(lateMs / BUCKET_MS)));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    if (lateMs > this.#maxMs) this.#maxMs = lateMs;
  }

  /** What was counted since the last call. */
  take(): LatenessSnapshot {
    const snapshot = { counts: this.#counts, maxMs: this.#maxMs };
    this.#counts = new Uint32Array(BUCKETS);
    this.#maxMs = 0;
    return snapshot;
  }
}

/** Percentiles over several threads' histograms, as upper bucket borders; zeros when nothing was counted. */
export function summariseLateness(snapshots: readonly LatenessSnapshot[]): {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
} {
  const counts = new Uint32Array(BUCKETS);
  let maxMs = 0;
  for (const snapshot of snapshots) {
    snapshot.counts.forEach((count, bucket) => (counts[bucket] = (counts[bucket] ?? 0) + count));
    maxMs = Math.max(maxMs, snapshot.maxMs);
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const percentile = (share: number): number => {
    let seen = 0;
    for (const [bucket, count] of counts.entries()) {
      seen += count;
      if (total > 0 && seen >= share * total) return Math.min(maxMs, (bucket + 1) * BUCKET_MS);
    }
    return 0;
  };
  return { p50Ms: percentile(0.5), p99Ms: percentile(0.99), maxMs };
}

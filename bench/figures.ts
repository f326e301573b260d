import type { Distribution } from '../src/sip-caller/index.js';

/** In milliseconds. `null` when nothing was measured: no figure is better than a 0 that looks like a fast one. */
export interface LatencyFigures {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
}

/** The same, with how many values there were. */
export interface CountedFigures extends LatencyFigures {
  readonly n: number;
}

export function latencyFigures(all: Distribution): LatencyFigures {
  const at = (share: number): number | null => (all.count === 0 ? null : Math.round(all.percentile(share)));
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

export function countedFigures(all: Distribution): CountedFigures {
  return { n: all.count, ...latencyFigures(all) };
}

export function describeLatency({ p50, p95, max }: LatencyFigures): string {
  return p50 === null ? 'not measured' : `p50 ${p50} ms, p95 ${p95} ms, max ${max} ms`;
}

export function describeCounted(figures: CountedFigures): string {
  return figures.n === 0 ? describeLatency(figures) : `${describeLatency(figures)} (${figures.n})`;
}

import type { CallEnd, CallerStats, Played, Segment } from '../sip-caller/index.js';

/** What happened in one test call; moments as in `CallerCall`. */
export interface CallReport {
  readonly answeredMs: number;
  readonly answeredAfterMs: number;
  readonly played: Played | undefined;
  /** When the last key had been sent. */
  readonly keysSentMs: number | undefined;
  readonly heard: readonly HeardSegment[];
  readonly end: CallEnd;
  readonly stats: CallerStats;
}

export interface HeardSegment extends Segment {
  /** Present where a recogniser was at hand. */
  readonly text?: string;
}

interface Line {
  readonly atMs: number;
  readonly text: string;
}

/** The call as lines for people, in the order of time, in milliseconds after the answer. */
export function describeCall(report: CallReport): string[] {
  const lines: Line[] = [{ atMs: report.answeredMs, text: `answered, ${ms(report.answeredAfterMs)} after the INVITE` }];
  const { played, keysSentMs } = report;
  if (played) {
    const saidMs = played.lastVoicedSentMs - played.startedMs;
    lines.push({ atMs: played.startedMs, text: `we speak for ${ms(saidMs)}` });
    lines.push(reaction(report, played.lastVoicedSentMs, 'the end of our speech'));
  }
  if (keysSentMs !== undefined) lines.push(reaction(report, keysSentMs, 'the last key'));
  for (const segment of report.heard) lines.push({ atMs: segment.fromMs, text: describeSegment(segment) });
  lines.push({ atMs: report.end.atMs, text: `ended by ${report.end.by === 'us' ? 'us' : 'the other side'}` });

  const { received, lost, latenessMs } = report.stats;
  return [
    ...lines
      .sort((a, b) => a.atMs - b.atMs)
      .map(({ atMs, text }) => `${String(Math.round(atMs - report.answeredMs)).padStart(7)} ms  ${text}`),
    `  ${received} packets heard, ${lost} lost; our own 20 ms clock was late by ${latenessMs.p99.toFixed(1)} ms (p99)`,
  ];
}

function reaction(report: CallReport, afterMs: number, what: string): Line {
  const answer = report.heard.find((segment) => segment.toMs > afterMs);
  if (!answer) return { atMs: afterMs, text: `${what}; nothing was heard after it` };
  if (answer.fromMs < afterMs) return { atMs: afterMs, text: `${what}; the other side was already speaking` };
  return { atMs: afterMs, text: `${what}; first voice heard ${ms(answer.fromMs - afterMs)} later` };
}

function describeSegment({ fromMs, toMs, dbfs, text }: HeardSegment): string {
  const words = text === undefined ? '' : `  "${text}"`;
  return `heard ${((toMs - fromMs) / 1_000).toFixed(2)} s at ${dbfs.toFixed(0)} dBFS${words}`;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}

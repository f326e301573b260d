import type { CanaryReport } from '../flow/canary-desk.js';
import { guardFigures, type CanaryPlan, type VersionFigures } from '../flow/canary.js';
import type { AskController } from './controller-address.js';

/** The options of `flow canary start`, as they were typed. */
export interface PlanWords {
  readonly share?: string | undefined;
  readonly callers?: string | undefined;
  readonly guard?: string | undefined;
}

/** Shares are typed in percent and points. @returns undefined for words that are no plan */
export function planFrom({ share = '0', callers = '', guard }: PlanWords): CanaryPlan | undefined {
  const plan = { share: Number(share) / 100, callers: callers.split(',').filter((number) => number !== '') };
  if (!Number.isFinite(plan.share)) return undefined;
  if (guard === undefined) return plan;
  const [name, worse, calls = '30'] = guard.split(':');
  const figure = guardFigures.find((known) => known === name);
  const [worseBy, minCalls] = [Number(worse) / (figure === 'p95Ms' ? 1 : 100), Number(calls)];
  if (!figure || !Number.isFinite(worseBy) || !Number.isInteger(minCalls)) return undefined;
  return { ...plan, guard: { figure, worseBy, minCalls } };
}

/** @returns what was done; undefined for an act that is none */
export async function canaryAct(act: string, why: string, ask: AskController): Promise<string | undefined> {
  if (act !== 'promote' && act !== 'stop') return undefined;
  const entry = (await ask(`/api/flow/canary/${act}`, { method: 'POST', body: { why } })) as { version: number };
  return act === 'promote' ? `version ${String(entry.version)} is live` : 'the canary has ended';
}

/** The answer of `GET /api/flow/canary`, for people. */
export function canaryLines(answer: unknown): readonly string[] {
  const report = answer as CanaryReport | null;
  if (!report) return ['there was no canary yet'];
  const { version, share, callers, guard, author, why, end } = report.canary;
  const who = `${percent(share)} of callers${callers.length > 0 ? ` and ${String(callers.length)} listed` : ''}`;
  return [
    `version ${String(version)} for ${who}, by ${author}: ${why}`,
    ...(guard ? [`taken back when ${guard.figure} is worse by ${worse(guard.figure, guard.worseBy)}`] : []),
    ...(end ? [`${end.how} by ${end.who}: ${end.why}`] : []),
    ...(report.figures
      ? table([
          ['', `version ${String(report.figures.stable.version)}`, `version ${String(version)}`],
          ...rows(report.figures.stable, report.figures.canary),
        ])
      : []),
  ];
}

function rows(stable: VersionFigures, canary: VersionFigures): string[][] {
  const both = (what: string, of: (figures: VersionFigures) => string): string[] => [what, of(stable), of(canary)];
  const part = (count: number, { calls }: VersionFigures): string => (calls === 0 ? '–' : percent(count / calls));
  const reasons = [...new Set([...Object.keys(stable.reasons), ...Object.keys(canary.reasons)])].sort();
  return [
    both('calls', ({ calls }) => String(calls)),
    both('containment', (figures) => part(figures.contained, figures)),
    both('fallbackRate', (figures) => part(figures.fellBack, figures)),
    ...reasons.map((reason) => both(`  turns: ${reason}`, (figures) => String(figures.reasons[reason] ?? 0))),
    both('hangUpRate', (figures) => part(figures.hungUpByCaller, figures)),
    both('p50Ms', ({ p50Ms }) => String(p50Ms ?? '–')),
    both('p95Ms', ({ p95Ms }) => String(p95Ms ?? '–')),
  ];
}

function worse(figure: string, by: number): string {
  return figure === 'p95Ms' ? `${String(by)} ms` : `${percent(by)}`;
}

function percent(share: number): string {
  return `${String(Math.round(share * 1000) / 10)} %`;
}

function table(lines: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines.map((cells) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

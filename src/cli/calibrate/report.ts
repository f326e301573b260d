import { byKind, byRecording, calibrationError, crossValidated, reliability, type Judged } from './fit.js';

export interface Thresholds {
  readonly accept: number;
  readonly confirm: number;
}

/** The reliability table before and after (cross-validated), and what the thresholds do, for all and for each kind. */
export function describeFit(judged: readonly Judged[], thresholds: Thresholds): string[] {
  const after = crossValidated(judged, byRecording);
  const unseen = crossValidated(judged, byKind);
  const right = judged.map((one) => one.right);
  const before = judged.map(({ said }) => said);
  const [old, fitted] = [reliability(before, right), reliability(after, right)];
  const cell = (value: number): string => value.toFixed(3);
  const rows = old.map(({ from, n, said, right: share }, at) => {
    const then = fitted[at] ?? { n: 0, said: 0, right: 0 };
    const half = (count: number, p: number, q: number): string =>
      count === 0 ? '     –' : `${String(count).padStart(6)} ${cell(p).padStart(6)} ${cell(q).padStart(6)}`;
    return `${from.toFixed(1)} to ${(from + 0.1).toFixed(1)}  ${half(n, said, share).padEnd(22)}  ${half(then.n, then.said, then.right)}`;
  });
  return [
    'probability  before: n, said, right  after: n, said, right',
    ...rows,
    `expected calibration error: ${cell(calibrationError(old))} before, ${cell(calibrationError(fitted))} after (cross-validated), ` +
      `${cell(calibrationError(reliability(unseen, right)))} where each kind is judged by a model of the others`,
    describeThresholds('before', judged, before, thresholds),
    describeThresholds('after', judged, after, thresholds),
    ...[...new Set(judged.map(byKind))].flatMap((kind) => {
      const of = judged.flatMap((one, at) => (one.kind === kind ? [at] : []));
      const pick = (said: readonly number[]): number[] => of.map((at) => said[at] ?? 0);
      const some = of.flatMap((at) => judged[at] ?? []);
      return [
        `${kind} (${of.length})`,
        describeThresholds('  before', some, pick(before), thresholds),
        describeThresholds('  by a model of the other kinds', some, pick(unseen), thresholds),
      ];
    }),
  ];
}

function describeThresholds(
  when: string,
  judged: readonly Judged[],
  said: readonly number[],
  { accept, confirm }: Thresholds,
): string {
  const share = (holds: (p: number, right: boolean) => boolean): string => {
    const count = judged.filter(({ right }, at) => holds(said[at] ?? 0, right)).length;
    return `${((100 * count) / judged.length).toFixed(1)} %`;
  };
  return [
    `${when}: acted on from ${accept}: right ${share((p, right) => p >= accept && right)}, wrong ${share((p, right) => p >= accept && !right)}`,
    `read back from ${confirm}: right ${share((p, right) => p >= confirm && p < accept && right)}, wrong ${share((p, right) => p >= confirm && p < accept && !right)}`,
    `refused: right ${share((p, right) => p < confirm && right)}, wrong ${share((p, right) => p < confirm && !right)}`,
  ].join('; ');
}

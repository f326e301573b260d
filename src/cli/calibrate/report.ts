import { calibrationError, reliability, type Judged } from './fit.js';

export interface Thresholds {
  readonly accept: number;
  readonly confirm: number;
}

/** The reliability table before and after, and what the thresholds do. @param after cross-validated, in the order of `judged` */
export function describeFit(judged: readonly Judged[], after: readonly number[], thresholds: Thresholds): string[] {
  const right = judged.map((one) => one.right);
  const before = judged.map(({ said }) => said);
  const [old, fitted] = [reliability(before, right), reliability(after, right)];
  const cell = (value: number): string => value.toFixed(3).padStart(6);
  const rows = old.map(({ from, n, said, right: share }, at) => {
    const then = fitted[at] ?? { n: 0, said: 0, right: 0 };
    const half = (count: number, p: number, q: number): string =>
      count === 0 ? '     –' : `${String(count).padStart(6)} ${cell(p)} ${cell(q)}`;
    return `${from.toFixed(1)} to ${(from + 0.1).toFixed(1)}  ${half(n, said, share).padEnd(22)}  ${half(then.n, then.said, then.right)}`;
  });
  return [
    'probability  before: n, said, right  after: n, said, right',
    ...rows,
    `expected calibration error: ${calibrationError(old).toFixed(3)} before, ${calibrationError(fitted).toFixed(3)} after (cross-validated)`,
    describeThresholds('before', judged, before, thresholds),
    describeThresholds('after', judged, after, thresholds),
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

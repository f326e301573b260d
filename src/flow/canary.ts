import { createHash } from 'node:crypto';
import { Type, type Static } from 'typebox';

/** What can get worse. The first three are shares of a version's calls that have ended. */
export const guardFigures = ['containment', 'fallbackRate', 'hangUpRate', 'p95Ms'] as const;
export type GuardFigure = (typeof guardFigures)[number];

const strict = { additionalProperties: false } as const;

const Guard = Type.Object(
  {
    figure: Type.Unsafe<GuardFigure>(Type.Enum([...guardFigures])),
    worseBy: Type.Number({
      exclusiveMinimum: 0,
      maximum: 60_000,
      description: 'How much worse it may be: of a share 0.05 is five points; of `p95Ms` milliseconds.',
    }),
    minCalls: Type.Integer({
      minimum: 5,
      maximum: 100_000,
      description: 'Ended calls that both versions need before they are compared.',
    }),
  },
  { ...strict, description: 'The canary is taken back by itself when this figure gets worse.' },
);

/** Who gets a canary, and when it is taken back. */
export const canaryPlanSchema = Type.Object(
  {
    share: Type.Number({ minimum: 0, maximum: 1, description: 'Share of callers, 0 to 1.' }),
    callers: Type.Array(Type.String({ pattern: '^[0-9+*#]{1,32}$' }), {
      maxItems: 1_000,
      description: 'Caller numbers that get it in any case.',
    }),
    guard: Type.Optional(Guard),
  },
  strict,
);

export type CanaryPlan = Static<typeof canaryPlanSchema>;
export type CanaryGuard = Static<typeof Guard>;

/** How callers fared on one version. */
export interface VersionFigures {
  /** Calls that have ended; all counts are of these. */
  readonly calls: number;
  /** Ended in the flow, by it or by the caller: no person, no dialplan, no failure. */
  readonly contained: number;
  readonly hungUpByCaller: number;
  /** In which the bot fell back at least once; a caller who only pressed a key is none of these. */
  readonly fellBack: number;
  /** Turns that fell back, by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Voice to voice of spoken turns; undefined without any. */
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
}

/**
 * Whether a call gets the canary. The same caller always gets the same answer, and a greater share only adds callers. A call
 * without a number counts as a caller of its own.
 */
export function takesCanary(
  { share, callers }: CanaryPlan,
  canary: string,
  call: { readonly callId: string; readonly callerNumber: string },
): boolean {
  if (callers.includes(call.callerNumber)) return true;
  const who = /[0-9]/.test(call.callerNumber) ? call.callerNumber : call.callId;
  const place = createHash('sha256').update(`${canary}\n${who}`).digest().readUInt32BE() / 2 ** 32;
  return place < share;
}

/** One-sided, 5 %: https://www.itl.nist.gov/div898/handbook/prc/section3/prc33.htm */
const Z_LIMIT = 1.645;

/**
 * Why a canary has to be taken back; undefined while there is no reason. A share must be worse by more than the guard allows,
 * and the difference more than chance explains (two-proportion z-test, one-sided, 5 %); `p95Ms` is compared plainly.
 */
export function reasonToTakeBack(
  { figure, worseBy, minCalls }: CanaryGuard,
  stable: VersionFigures,
  canary: VersionFigures,
): string | undefined {
  if (stable.calls < minCalls || canary.calls < minCalls) return undefined;
  if (figure === 'p95Ms') {
    if (stable.p95Ms === undefined || canary.p95Ms === undefined) return undefined;
    if (canary.p95Ms - stable.p95Ms <= worseBy) return undefined;
    return `p95Ms is ${String(canary.p95Ms)}, on the version beside it ${String(stable.p95Ms)}`;
  }
  // Counted as what is bad, so that more is worse in each of them.
  const [bad, was] = [badCalls(figure, canary), badCalls(figure, stable)];
  const [share, before] = [bad / canary.calls, was / stable.calls];
  const pooled = (bad + was) / (canary.calls + stable.calls);
  const spread = Math.sqrt(pooled * (1 - pooled) * (1 / canary.calls + 1 / stable.calls));
  if (share - before <= worseBy || (share - before) / spread <= Z_LIMIT) return undefined;
  const percent = (value: number): string =>
    `${String(Math.round(1000 * (figure === 'containment' ? 1 - value : value)) / 10)} %`;
  return `${figure} is ${percent(share)} of ${String(canary.calls)} calls, on the version beside it ${percent(before)} of ${String(stable.calls)}`;
}

function badCalls(figure: Exclude<GuardFigure, 'p95Ms'>, figures: VersionFigures): number {
  switch (figure) {
    case 'containment':
      return figures.calls - figures.contained;
    case 'fallbackRate':
      return figures.fellBack;
    case 'hangUpRate':
      return figures.hungUpByCaller;
  }
}

/** What takes processor time when calls are served. `caller`: the bench itself, which the operator’s callers are not. */
export const components = ['stt', 'tts', 'llm', 'asterisk', 'controller', 'caller'] as const;
export type Component = (typeof components)[number];

/** One number of concurrent callers, as it was measured. */
export interface SizingStep {
  readonly calls: number;
  readonly turns: number;
  /** Voice to voice; `null` when no turn was answered. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** 0 … 1 of the turns. */
  readonly unanswered: number;
  /** 0 … 1 of the turns. A turn that the deadline ended, or keys, is answered in time and not understood. */
  readonly understood: number;
  /** Recognition of a turn, with its wait; `null` when there was none. */
  readonly sttP95Ms: number | null;
  /** Voice for sentences with variables; `null` when every answer was rendered before. */
  readonly ttsP95Ms: number | null;
  /** Cores that each component kept busy, on average. */
  readonly cores: Readonly<Record<Component, number>>;
  /** How late a clock of 20 ms was, 99th percentile: what RTP suffers. */
  readonly clockLateMs: number;
  /** The machine was given to others meanwhile: what broke here may have broken because of them. */
  readonly noisy: boolean;
}

export type Limit = 'processor' | 'stt' | 'tts' | 'rtp' | 'unknown';

export interface Sizing {
  /** The most calls at once that kept the promise; 0 when one was too many. */
  readonly calls: number;
  readonly p95Ms: number | null;
  /** Whether the step that broke was measured on a machine of our own. If not, `calls` may be too few, never too many. */
  readonly conclusive: boolean;
  /** What broke first; `undefined` when nothing broke within what was tried. */
  readonly limit: Limit | undefined;
  /** Cores for one call, without the bench’s own callers. */
  readonly coresPerCall: number;
  /** Of that, the recogniser’s share, 0 … 1. */
  readonly sttShare: number;
  readonly withOneMoreCore: number;
  /** With recogniser and language model elsewhere. */
  readonly withGpu: number;
}

/** `lost`: share of the turns understood when the machine is not busy that may fail under load. */
export const promise = { p95Ms: 1_200, unanswered: 0.02, lost: 0.05 } as const;
const BUSY_SHARE = 0.9;
const RTP_LATE_MS = 20;
/** Of a turn’s time, so much more than with one caller says that the component waits. */
const GROWTH = 1.5;

/** @param bestUnderstood of all steps, 0 … 1: how well callers are understood when the machine is not busy */
export function keepsPromise({ p95Ms, unanswered, understood }: SizingStep, bestUnderstood: number): boolean {
  const inTime = p95Ms !== null && p95Ms <= promise.p95Ms && unanswered <= promise.unanswered;
  return inTime && understood >= (1 - promise.lost) * bestUnderstood;
}

/** A few turns of one caller say little: the best share of all steps. */
export function bestUnderstood(steps: readonly SizingStep[]): number {
  return Math.max(0, ...steps.map(({ understood }) => understood));
}

/** @param steps in the order of their calls; the last one may be the first that broke */
export function judgeSizing(steps: readonly SizingStep[], cores: number): Sizing {
  const best = bestUnderstood(steps);
  const keeps = (step: SizingStep): boolean => keepsPromise(step, best);
  const kept = steps.filter(keeps).at(-1);
  const broken = steps.find((step) => !keeps(step));
  // The fullest step tells best what a call costs.
  const measured = kept ?? broken;
  const own = measured === undefined ? 0 : ours(measured);
  const coresPerCall = measured === undefined ? 0 : own / measured.calls;
  const elsewhere = measured === undefined || own === 0 ? 0 : (measured.cores.stt + measured.cores.llm) / own;
  const calls = kept?.calls ?? 0;
  return {
    calls,
    p95Ms: kept?.p95Ms ?? null,
    conclusive: broken?.noisy !== true,
    limit: broken && limitOf(broken, steps[0], cores),
    coresPerCall,
    sttShare: measured === undefined || own === 0 ? 0 : measured.cores.stt / own,
    withOneMoreCore: coresPerCall === 0 ? calls : Math.floor(calls + 1 / coresPerCall),
    withGpu: elsewhere >= 1 ? calls : Math.floor(calls / (1 - elsewhere)),
  };
}

function limitOf(broken: SizingStep, first: SizingStep | undefined, cores: number): Limit {
  const busy = components.reduce((sum, name) => sum + broken.cores[name], 0);
  if (busy >= BUSY_SHARE * cores) return 'processor';
  if (grew(broken.sttP95Ms, first?.sttP95Ms)) return 'stt';
  if (grew(broken.ttsP95Ms, first?.ttsP95Ms)) return 'tts';
  return broken.clockLateMs > RTP_LATE_MS ? 'rtp' : 'unknown';
}

function grew(now: number | null, before: number | null | undefined): boolean {
  return now !== null && before !== null && before !== undefined && now > GROWTH * before;
}

function ours({ cores }: SizingStep): number {
  return components.reduce((sum, name) => sum + (name === 'caller' ? 0 : cores[name]), 0);
}

const limits = {
  processor: 'the processor is full',
  stt: 'turns wait for the recogniser: more stt.workers where cores are free',
  tts: 'turns wait for the voice: more tts.workers where cores are free',
  rtp: 'the clock of the audio is late',
  unknown: 'no single part stands out',
} as const satisfies Record<Limit, string>;

/** For people. */
export function describeSizing(sizing: Sizing, cores: number): string[] {
  const { calls, p95Ms, conclusive, limit, coresPerCall, sttShare, withOneMoreCore, withGpu } = sizing;
  const percent = (share: number): string => `${String(Math.round(100 * share))} %`;
  return [
    ...(conclusive
      ? []
      : ['Inconclusive: others were busy on this machine when the promise broke. Run it again when it is quiet.']),
    calls === 0
      ? `One call alone is not answered within ${String(promise.p95Ms)} ms (p95) here.`
      : `${conclusive ? '' : 'At least '}${String(calls)} ${calls === 1 ? 'call' : 'calls'} at once by voice, at p95 ${String(p95Ms)} ms: set calls.max to ${String(calls)}.`,
    limit === undefined ? 'More were not tried: --most raises it.' : `Beyond that ${limits[limit]}.`,
    `A call takes ${coresPerCall.toFixed(2)} of ${String(cores)} cores, ${percent(sttShare)} of it recognition.`,
    // Where nothing broke, or others broke it, a core more or less would have changed nothing that was seen.
    ...(limit === undefined || !conclusive
      ? []
      : [
          `By these shares, which are no measurement: one more core, about ${String(withOneMoreCore)} calls; recogniser and language model on another machine, about ${String(withGpu)}.`,
        ]),
  ];
}

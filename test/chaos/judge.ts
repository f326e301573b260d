/** A stretch of voice at the caller's side, on the clock of the call. */
export interface Voiced {
  readonly fromMs: number;
  readonly toMs: number;
}

/** From `fromMs` to the first voice after it; `untilMs` stands for a voice that never came. Voice that is there is 0. */
export function silenceFrom(voice: readonly Voiced[], fromMs: number, untilMs: number): number {
  if (voice.some((span) => span.fromMs <= fromMs && span.toMs > fromMs)) return 0;
  const next = voice.find((span) => span.fromMs >= fromMs);
  return Math.max(0, Math.min(next?.fromMs ?? untilMs, untilMs) - fromMs);
}

/** The longest stretch without voice that begins in [fromMs, untilMs), followed to its end or to `lastMs`. */
export function longestSilence(voice: readonly Voiced[], fromMs: number, untilMs: number, lastMs: number): number {
  const starts = [fromMs, ...voice.map((span) => span.toMs)].filter((at) => at >= fromMs && at < untilMs);
  return Math.max(0, ...starts.map((at) => silenceFrom(voice, at, lastMs)));
}

/** What one caller went through. Times in milliseconds. */
export interface CallerVerdict {
  readonly role: string;
  /** Silence that nothing explains; undefined where the caller was not owed anything. */
  readonly silenceMs: number | undefined;
  readonly keyWorked: boolean;
  /** What is wrong with this call, in words; empty = nothing. */
  readonly complaint: string;
}

/** One row of the table. */
export interface FaultResult {
  readonly name: string;
  readonly calls: number;
  readonly silenceMsMax: number;
  readonly boundMs: number;
  readonly keyWorked: boolean;
  readonly leftovers: number;
  readonly ok: boolean;
  /** What the row measured besides, by name. */
  readonly figures: Readonly<Record<string, number>>;
  /** Why it is not ok, a line each. */
  readonly complaints: readonly string[];
}

export interface RowFacts {
  readonly name: string;
  readonly boundMs: number;
  readonly callers: readonly CallerVerdict[];
  /** Channels, bridges, sockets and processes that stayed. */
  readonly leftovers: readonly string[];
  /** What the row itself found missing: a state that was not told, a record that was not written. */
  readonly missing: readonly string[];
  readonly figures?: Readonly<Record<string, number>>;
}

/** Sums a row up: good only when every caller heard something in time, had working keys, and nothing stayed behind. */
export function judgeRow({ name, boundMs, callers, leftovers, missing, figures = {} }: RowFacts): FaultResult {
  const silences = callers.flatMap(({ silenceMs }) => silenceMs ?? []);
  const silenceMsMax = Math.round(Math.max(0, ...silences));
  const complaints = [
    ...callers.filter(({ complaint }) => complaint !== '').map(({ role, complaint }) => `${role}: ${complaint}`),
    ...callers
      .filter(({ silenceMs }) => (silenceMs ?? 0) > boundMs)
      .map(({ role, silenceMs }) => `${role}: ${String(Math.round(silenceMs ?? 0))} ms of silence`),
    ...callers.filter(({ keyWorked }) => !keyWorked).map(({ role }) => `${role}: the key led nowhere`),
    ...leftovers.map((one) => `left over: ${one}`),
    ...missing,
  ];
  return {
    name,
    calls: callers.length,
    silenceMsMax,
    boundMs,
    keyWorked: callers.every(({ keyWorked }) => keyWorked),
    leftovers: leftovers.length,
    figures,
    ok: callers.length > 0 && complaints.length === 0,
    complaints,
  };
}

export function tableHead(): string {
  return `${'fault'.padEnd(42)} calls  silence  bound  key  left  verdict`;
}

export function tableRow(result: FaultResult): string {
  const { name, calls, silenceMsMax, boundMs, keyWorked, leftovers, figures, ok } = result;
  return [
    name.padEnd(42),
    String(calls).padStart(5),
    String(silenceMsMax).padStart(8),
    String(boundMs).padStart(6),
    (keyWorked ? 'yes' : 'NO').padStart(4),
    String(leftovers).padStart(5),
    ok ? '  ok' : '  OUT OF BOUNDS',
    ...Object.entries(figures).map(([what, value]) => ` ${what} ${String(value)}`),
  ].join(' ');
}

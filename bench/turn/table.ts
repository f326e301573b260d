import type { BargeInResult } from '../bargein/measure.js';
import type { ConverseResult } from '../converse/command.js';
import type { EndpointingResult } from '../endpointing/command.js';
import type { LatencyFigures } from '../figures.js';
import type { RecognitionResult } from '../recognition/command.js';
import type { UnderstandingResult } from '../understanding/command.js';
import type { V2vResult } from '../v2v.js';

/** What the benches of a turn found; what was not measured is absent. */
export interface TurnFigures {
  readonly oneCall?: V2vResult | undefined;
  readonly manyCalls?: V2vResult | undefined;
  readonly converse?: ConverseResult | undefined;
  readonly bargeIn?: BargeInResult | undefined;
  readonly endpointing?: EndpointingResult | undefined;
  readonly understanding?: UnderstandingResult | undefined;
  readonly recognition?: RecognitionResult | undefined;
}

/** A line of the table: what is asked of a turn, and what was found. */
export interface TurnLine {
  readonly figure: string;
  readonly goal: string;
  readonly measured: string;
  readonly reached: boolean;
}

/** Milliseconds, or shares 0 … 1; `undefined`: nothing is asked of it. */
interface Latency {
  readonly p50?: number;
  readonly p95?: number;
  readonly max?: number;
}

const V2V_MS: Latency = { p50: 450, p95: 800, max: 1_200 };
const MANY_CALLS_MS: Latency = { p95: 1_200, max: 1_200 };
const FIRST_WORD_MS: Latency = { p50: 900, p95: 1_500 };
const SPEECH_MS: Latency = { p50: 120, p95: 200 };
const KEY_MS: Latency = { max: 60 };
const RECOGNITION_MS: Latency = { p50: 220, p95: 350 };
const FALSE_BARGE_IN = 0.02;
const CUT_OFF = 0.02;
const UNEXPLAINED_MS = 20;
const ACTED_WRONG = 0.01;
/** Right or confirmed right, by what stands in the name of the set; the first that fits. Of speech from outside: not acted on. */
const UNDERSTOOD = [
  { named: 'outside', least: 0.95 },
  { named: 'noise', least: 0.94 },
  { named: 'digit', least: 0.97 },
  { named: '', least: 0.985 },
] as const;

/** The table of what a turn must reach, a line a figure that was measured. */
export function turnTable(found: TurnFigures): readonly TurnLine[] {
  return [
    ...(found.oneCall?.runs ?? []).flatMap(({ v2vMs, unexplainedMs: { least, max } }) => [
      latencyLine('voice to voice, one call', v2vMs, V2V_MS),
      {
        figure: 'the caller’s ear above the turn’s record',
        goal: `within ${UNEXPLAINED_MS} ms`,
        measured: least === null ? 'not measured' : `${least} to ${String(max)} ms`,
        reached: least !== null && max !== null && least >= -UNEXPLAINED_MS && max <= UNEXPLAINED_MS,
      },
    ]),
    ...(found.manyCalls?.runs ?? []).map(({ calls, v2vMs }) =>
      latencyLine(`voice to voice, ${calls} calls at once`, v2vMs, MANY_CALLS_MS),
    ),
    ...(found.converse ? [latencyLine('`converse`: first word', found.converse.model.firstWordMs, FIRST_WORD_MS)] : []),
    ...bargeInLines(found.bargeIn),
    ...(found.endpointing?.runs ?? []).map(({ material, n, cutOff, notTakenBack }) => ({
      figure: `answered in a pause: ${material} (${n})`,
      goal: `≤ ${percent(CUT_OFF)}`,
      measured: `${percent(cutOff)}; not taken back ${percent(notTakenBack)}`,
      reached: cutOff <= CUT_OFF,
    })),
    ...(found.understanding?.sets ?? []).map(understandingLine),
    ...(found.recognition?.sets ?? []).map(({ name, totalMs }) =>
      latencyLine(`recognition of 3 s: ${name}`, totalMs, RECOGNITION_MS),
    ),
  ];
}

/** As Markdown. */
export function describeTurnTable(lines: readonly TurnLine[]): readonly string[] {
  return [
    '| Figure | Goal | Measured | Reached |',
    '| --- | --- | --- | --- |',
    ...lines.map(
      ({ figure, goal, measured, reached }) => `| ${figure} | ${goal} | ${measured} | ${reached ? 'yes' : '**no**'} |`,
    ),
  ];
}

function bargeInLines(found: BargeInResult | undefined): readonly TurnLine[] {
  if (!found) return [];
  return [
    latencyLine('barge-in by speech', found.speechMs, SPEECH_MS),
    latencyLine('barge-in by a key', found.keyMs, KEY_MS),
    ...found.falseBargeIn.map(({ sound, n, stopped, lost }) => ({
      figure: `prompt stopped by: ${sound} (${n})`,
      goal: `≤ ${percent(FALSE_BARGE_IN)}, none lost`,
      measured: `${percent(stopped)}, lost ${percent(lost)}`,
      reached: stopped <= FALSE_BARGE_IN && lost === 0,
    })),
  ];
}

function understandingLine(set: UnderstandingResult['sets'][number]): TurnLine {
  const { least } = UNDERSTOOD.find(({ named }) => set.name.includes(named)) ?? UNDERSTOOD[3];
  const isOutside = set.name.startsWith('outside');
  const share = isOutside ? 1 - set.actedWrong : set.right + set.confirmedRight;
  const wrongly = isOutside ? '' : `, acted on wrongly ≤ ${percent(ACTED_WRONG)}`;
  return {
    figure: `${isOutside ? 'refused or confirmed' : 'right or confirmed right'}: ${set.name} (${set.n})`,
    goal: `≥ ${percent(least)}${wrongly}`,
    measured: `${percent(share)}${isOutside ? '' : `, ${percent(set.actedWrong)}`}`,
    // Shares are rounded to a thousandth: a sum of two may miss the goal by the error of its numbers.
    reached: share >= least - 1e-9 && (isOutside || set.actedWrong <= ACTED_WRONG),
  };
}

function latencyLine(figure: string, found: LatencyFigures, goal: Latency): TurnLine {
  const asked = (['p50', 'p95', 'max'] as const).flatMap((name) => {
    const most = goal[name];
    return most === undefined ? [] : [{ name, most, value: found[name] }];
  });
  return {
    figure,
    goal: asked.map(({ name, most }) => `${name} ≤ ${most}`).join(', ') + ' ms',
    measured: asked.map(({ value }) => value ?? '–').join(' / ') + ' ms',
    reached: asked.every(({ value, most }) => value !== null && value <= most),
  };
}

function percent(share: number): string {
  return `${Math.round(1_000 * share) / 10} %`;
}

import type { LegStats } from '../../src/externalmedia/port.js';
import type { CallEnding, FallbackReason, TurnOutcome } from '../../src/observability/turn-record.js';

/** `15551234567` → `••• 567`: enough to tell callers apart, too little to call them. */
export function maskedNumber(number: string): string {
  return number === '' ? 'no number' : `••• ${number.slice(-3)}`;
}

/** `1:05`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function timeOfDay(wallMs: number): string {
  return new Date(wallMs).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** What the line did to the caller's voice. */
export function lineQuality({ received, lost, late, concealed, jitterMs }: LegStats): string {
  const parts = [`${lost} lost`, `${late} late`, `${concealed} made up`, `jitter ${jitterMs.toFixed(1)} ms`];
  return `Caller’s audio: ${received} packets, ${parts.join(', ')}.`;
}

export const endingWords = {
  'hungup-by-caller': 'caller hung up',
  'hungup-by-flow': 'finished',
  transferred: 'transferred',
  dialplan: 'went to the dialplan',
  'hungup-by-admin': 'ended from here',
  failed: 'failed',
} as const satisfies Record<CallEnding, string>;

export const outcomeWords = {
  accepted: 'understood',
  confirm: 'asked back',
  confirmed: 'confirmed',
  denied: 'denied',
  noinput: 'no input',
  nomatch: 'no match',
  keys: 'by keys',
  failed: 'failed',
} as const satisfies Record<TurnOutcome, string>;

export const fallbackWords = {
  deadline: 'the answer came too late',
  confidence: 'not sure enough',
  engine: 'an engine was down',
  noinput: 'nothing was heard',
  nomatch: 'nothing fitted',
  overload: 'too many calls',
  caller: 'the caller pressed a key',
  admin: 'somebody moved the call',
} as const satisfies Record<FallbackReason, string>;

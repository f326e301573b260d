import type { LegStats } from '../../../src/externalmedia/port.js';
import { words } from '../words/index.js';

/** `15551234567` → `••• 567`: enough to tell callers apart, too little to call them. */
export function maskedNumber(number: string): string {
  return number === '' ? words.noNumber : `••• ${number.slice(-3)}`;
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
  const parts = [words.lost(lost), words.late(late), words.concealed(concealed), words.jitter(jitterMs.toFixed(1))];
  return words.lineQuality(received, parts.join(', '));
}

import type { Copy } from './copy.js';
import type { Extension } from './dialplan-text.js';
import { overrideVariable } from './options.js';
import { safe, safeZone } from './safe-text.js';
import type { HoursNode } from '../../flow/schema.js';

/** `GotoIfTime` in the house's own time zone; Asterisk counts the last minute in, the flow does not. */
export function writeHours(copy: Copy, extension: Extension, node: HoursNode): void {
  const zone = safeZone(node.timezone);
  const open = copy.node(node.whenOpen);
  const closed = copy.node(node.whenClosed);
  const override = overrideVariable(copy.options.app);
  // What people have said counts before the calendar.
  extension
    .add(`GotoIf($["\${${override}}" = "open"]?${open},1)`)
    .add(`GotoIf($["\${${override}}" = "closed"]?${closed},1)`);
  for (const date of node.closedOn ?? []) {
    const day = safe(date, /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, 'A date');
    extension.add(`GotoIf($["d\${STRFTIME(\${EPOCH},${zone},%Y-%m-%d)}" = "d${day}"]?${closed},1)`);
  }
  for (const { days, from, to } of node.open) {
    const [start, end] = [minutesOf(from), Math.min(minutesOf(to), 24 * 60)];
    if (start >= end) continue;
    const weekdays = days.map((day) => safe(day, /^[a-z]{3}$/, 'A weekday')).join('&');
    extension.add(`GotoIfTime(${clock(start)}-${clock(end - 1)},${weekdays},*,*,${zone}?${open},1)`);
  }
  extension.goto(closed);
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = safe(time, /^[0-9]{2}:[0-9]{2}$/, 'A time')
    .split(':')
    .map(Number);
  return hours * 60 + minutes;
}

function clock(minutes: number): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

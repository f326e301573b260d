import type { HoursNode } from '../flow/schema.js';

/** Whether the house is open at a moment, in the house's own time zone. Pure. */
export function isOpen(node: Pick<HoursNode, 'timezone' | 'open' | 'closedOn'>, wallMs: number): boolean {
  const { date, day, time } = localTime(node.timezone, wallMs);
  if (node.closedOn?.includes(date)) return false;
  return node.open.some((o) => (o.days as readonly string[]).includes(day) && o.from <= time && time < o.to);
}

function localTime(timeZone: string, wallMs: number): { date: string; day: string; time: string } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(wallMs);
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? '';
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    day: part('weekday').toLowerCase(),
    time: `${part('hour')}:${part('minute')}`,
  };
}

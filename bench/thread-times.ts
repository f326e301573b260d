import { readdirSync, readFileSync } from 'node:fs';

/** What each thread of a process has had so far, in ms, by its number. */
export type ThreadTimes = ReadonlyMap<string, { readonly ranMs: number; readonly waitedMs: number }>;

/** The scheduler's own count (/proc/PID/task/TID/schedstat: ns on a processor, ns in wait for one); nothing where it keeps none. */
export function threadTimes(): ThreadTimes {
  const times = new Map<string, { ranMs: number; waitedMs: number }>();
  for (const thread of readdirSync('/proc/self/task')) {
    try {
      const [ran = '0', waited = '0'] = readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ');
      times.set(thread, { ranMs: Number(ran) / 1e6, waitedMs: Number(waited) / 1e6 });
    } catch {
      // It ended meanwhile, or the kernel keeps no such count.
    }
  }
  return times;
}

/** Of the thread that ran the most between two looks: the shares of the time in which it ran, and in which it could have and others did. */
export function busiestThread(
  before: ThreadTimes,
  after: ThreadTimes,
  passedMs: number,
): { readonly ranShare: number; readonly waitedShare: number } {
  let busiest = { ranShare: 0, waitedShare: 0 };
  for (const [thread, { ranMs, waitedMs }] of after) {
    const ranShare = (ranMs - (before.get(thread)?.ranMs ?? 0)) / passedMs;
    const waitedShare = (waitedMs - (before.get(thread)?.waitedMs ?? 0)) / passedMs;
    if (ranShare > busiest.ranShare) busiest = { ranShare, waitedShare };
  }
  return busiest;
}

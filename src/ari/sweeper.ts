import { type Cancel, type Clock, sleep } from '../kernel/clock.js';
import type { Unsubscribe } from '../kernel/emitter.js';
import type { AriLog } from './log.js';
import { callIdOf } from './ids.js';
import type { AriPort, ChannelInfo } from './port.js';
import { planSweep, runSweep, targetOf, type SweepAction, type SweepReport } from './sweep.js';

/** All in milliseconds. */
export const sweeperTimes = {
  /** Distance of two sweeps: with the second look, whatever is left over is gone within 30 s. */
  everyMs: 15_000,
  /** Asterisk's lists and its events travel apart: only what two looks so far apart agree on is acted on. */
  confirmMs: 1_000,
} as const;

export interface SweeperParts {
  readonly ari: Pick<
    AriPort,
    'connected' | 'subscribe' | 'listChannels' | 'listBridges' | 'hangup' | 'destroyBridge' | 'continueInDialplan'
  >;
  readonly app: string;
  /** Whoever serves the calls. A call's id is that of the caller's channel. */
  readonly calls: {
    /** The callers who are being served, those who have just come included. */
    liveCalls(): ReadonlySet<string>;
    /** This caller's channel is not in the application any more: end the session, and leave the channel alone. */
    lost(callId: string): void;
    /** Takes up a caller whom nobody serves; rejects when that is not possible, and the dialplan gets the caller. */
    readopt(channel: ChannelInfo): Promise<void>;
  };
  readonly clock: Clock;
  readonly log: AriLog;
  /** Told after each sweep that found something: for counting. */
  readonly onSwept?: (report: SweepReport, lostCalls: number) => void;
}

/** What one look at Asterisk finds not to fit to the calls that are served. */
interface Look {
  readonly plan: readonly SweepAction[];
  readonly lost: readonly string[];
}

/**
 * Keeps Asterisk and the calls that we serve in step: at every connect, after which nobody knows what was missed, and
 * every 15 s. Removes media channels without a call and bridges without channels, takes up callers without a session or
 * gives them to the dialplan, and ends sessions whose caller has left without our hearing of it, because the lifeline moved them while we
 * hung, or because the line to Asterisk was cut.
 *
 * @returns ends the sweeping
 */
export function keepSwept(parts: SweeperParts): Unsubscribe {
  const { ari, clock, log } = parts;
  let cancel: Cancel = () => undefined;
  let sweeping = false;
  let stopped = false;
  const sweep = async (): Promise<void> => {
    if (sweeping || !ari.connected) return;
    sweeping = true;
    try {
      await sweepOnce(parts);
    } catch (err) {
      log.warn({ err }, 'sweep failed');
    } finally {
      sweeping = false;
    }
  };
  const next = (): void => {
    cancel = clock.after(sweeperTimes.everyMs, () => {
      void sweep().finally(() => {
        if (!stopped) next();
      });
    });
  };
  next();
  const unsubscribe = ari.subscribe((event) => {
    if (event.type === 'connected') void sweep();
  });
  return () => {
    stopped = true;
    cancel();
    unsubscribe();
  };
}

async function sweepOnce(parts: SweeperParts): Promise<void> {
  const { ari, calls, clock, log, onSwept } = parts;
  const first = await look(parts);
  if (first.plan.length === 0 && first.lost.length === 0) return;
  await sleep(clock, sweeperTimes.confirmMs);
  const second = await look(parts);
  const seen = new Set(first.plan.map(nameOf));
  const plan = second.plan.filter((action) => seen.has(nameOf(action)));
  const lost = second.lost.filter((callId) => first.lost.includes(callId));
  if (plan.length === 0 && lost.length === 0) return;
  for (const callId of lost) calls.lost(callId);
  const report = await runSweep(ari, plan, { readopt: (channel) => calls.readopt(channel) });
  const { failed, ...done } = report;
  log.warn({ ...done, lostCalls: lost.length, failed: failed.length }, 'swept what was left over in Asterisk');
  onSwept?.(report, lost.length);
}

async function look({ ari, app, calls }: SweeperParts): Promise<Look> {
  // A call that comes after this line is not missed by the list, and one that ends after it is no surplus.
  const liveBefore = calls.liveCalls();
  const [channels, bridges] = await Promise.all([ari.listChannels(), ari.listBridges()]);
  const live = calls.liveCalls();
  const all = planSweep(channels, bridges, {
    app,
    liveCallIds: live,
    liveCallChannelIds: live,
  });
  // Whoever takes up a caller clears away what was left of that call, and makes it anew under the same names.
  const readopted = new Set(all.flatMap((action) => (action.type === 'readopt' ? [action.channel.id] : [])));
  const plan = all.filter((action) => !readopted.has(callIdOf(targetOf(action)) ?? ''));
  const inApp = new Set(channels.filter(({ stasisApp }) => stasisApp === app).map(({ id }) => id));
  return { plan, lost: [...liveBefore].filter((callId) => live.has(callId) && !inApp.has(callId)) };
}

function nameOf(action: SweepAction): string {
  return `${action.type} ${targetOf(action)}`;
}

import { cpus } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Headroom } from '../fallback-ivr/admission.js';
import type { Cancel, Clock } from '../kernel/clock.js';
import type { Engine } from '../local-models/ports.js';

export interface HeadroomParts {
  readonly stt: Engine;
  readonly tts: Engine;
  /** How late the media threads' packets were lately, 99th percentile. */
  readonly pacerLateMs: () => number;
  readonly clock: Clock;
  readonly onLook: (headroom: Headroom) => void;
}

const EVERY_MS = 1_000;
/** Distance of the event loop's own probes. */
const RESOLUTION_MS = 10;
const NS_PER_MS = 1e6;

/** Measures once a second what is left of the machine. @returns ends it */
export function watchHeadroom({ stt, tts, pacerLateMs, clock, onLook }: HeadroomParts): Cancel {
  const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  loop.enable();
  let before = cpuTimes();
  let cancel: Cancel = () => undefined;
  const look = (): void => {
    const now = cpuTimes();
    const total = now.total - before.total;
    const headroom: Headroom = {
      sttWaitMs: stt.waitMs ?? 0,
      ttsWaitMs: tts.waitMs ?? 0,
      // A probe that comes when it is due counts as its distance.
      loopLateMs: Math.max(0, loop.percentile(99) / NS_PER_MS - RESOLUTION_MS),
      pacerLateMs: pacerLateMs(),
      cpu: total > 0 ? (now.busy - before.busy) / total : 0,
    };
    before = now;
    loop.reset();
    onLook(headroom);
    next();
  };
  const next = (): void => void (cancel = clock.after(EVERY_MS, look));
  next();
  return () => {
    cancel();
    loop.disable();
  };
}

function cpuTimes(): { readonly busy: number; readonly total: number } {
  return cpus().reduce(
    (sum, { times }) => {
      const total = times.user + times.nice + times.sys + times.idle + times.irq;
      return { busy: sum.busy + total - times.idle, total: sum.total + total };
    },
    { busy: 0, total: 0 },
  );
}

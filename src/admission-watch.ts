import type { Engines } from './engines.js';
import type { Admission, Headroom } from './fallback-ivr/admission.js';
import type { Cancel, Clock } from './kernel/clock.js';
import type { Logger } from './kernel/log.js';
import { watchHeadroom } from './observability/headroom.js';
import type { TurnMetrics } from './observability/turn-metrics.js';

export interface AdmissionWatchParts {
  readonly admission: Admission;
  /** Whether what is left of the machine decides how new calls are served, or is only told to the metrics. */
  readonly decides: boolean;
  readonly engines: Engines;
  readonly pacerLateMs: () => number;
  readonly metrics: TurnMetrics;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Looks at what is left of the machine; a change of what new calls get is told. @returns ends it */
export function watchAdmission({ admission, decides, engines, metrics, log, ...parts }: AdmissionWatchParts): Cancel {
  const look = (headroom: Headroom): void => {
    const before = admission.service;
    admission.look(headroom);
    if (admission.service !== before)
      log.warn({ before, now: admission.service, ...headroom }, 'new calls are served otherwise');
  };
  return watchHeadroom({
    ...parts,
    stt: engines.stt,
    tts: engines.tts,
    onLook: (headroom) => {
      metrics.headroom({ ...headroom });
      if (decides) look(headroom);
    },
  });
}

import type { LegTotals, MediaPlane, MediaPlaneStats } from '../externalmedia/port.js';
import type { Cancel, Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { MetricsRegistry } from './metrics.js';

const EVERY_MS = 5_000;

export interface MediaMetrics {
  /** Takes the media plane's present sums, and its lateness since the last time. */
  update(stats: MediaPlaneStats): void;
}

export function mediaMetrics(registry: MetricsRegistry): MediaMetrics {
  const legs = registry.gauge('handrail_media_legs', 'Media legs that are open.');
  const packets = registry.counter(
    'handrail_media_packets_total',
    'Packets of all media legs, by what became of them.',
  );
  const lateness = registry.gauge(
    'handrail_media_lateness_ms',
    'How late the 20 ms clock of the media threads was in the last 5 seconds, by quantile.',
  );
  let before: LegTotals | undefined;
  return {
    update(stats) {
      legs.set(stats.legs);
      for (const [kind, count] of Object.entries(stats.packets) as [keyof LegTotals, number][]) {
        // The sums of a thread that died are gone from the total, which then falls.
        packets.add({ kind }, Math.max(0, count - (before?.[kind] ?? 0)));
      }
      before = stats.packets;
      const { p50Ms, p99Ms, maxMs } = stats.lateness;
      lateness.set(p50Ms, { quantile: '0.5' });
      lateness.set(p99Ms, { quantile: '0.99' });
      lateness.set(maxMs, { quantile: '1' });
    },
  };
}

/** Asks the media plane every 5 s from now on, until the returned function is called. */
export function keepMediaMeasured(
  media: Pick<MediaPlane, 'stats'>,
  metrics: MediaMetrics,
  clock: Clock,
  log: Logger,
): () => void {
  let stopped = false;
  let cancel: Cancel = () => undefined;
  const measure = async (): Promise<void> => {
    try {
      metrics.update(await media.stats());
    } catch (err) {
      log.warn({ err }, 'the media plane could not be measured');
    }
    if (!stopped) cancel = clock.after(EVERY_MS, () => void measure());
  };
  void measure();
  return () => {
    stopped = true;
    cancel();
  };
}

import type { LegTotals, MediaPlane, MediaPlaneStats } from '../externalmedia/port.js';
import type { Cancel, Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { MetricsRegistry } from './metrics.js';

const EVERY_MS = 1_000;

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
    'How late the 20 ms clock of the media threads was in the last second, by quantile.',
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

export interface MediaMeasured {
  /** How late the media threads' packets were in the last second, 99th percentile. */
  readonly lateMs: number;
  stop(): void;
}

/** Asks the media plane every second, and is the only one who does: its lateness counts from one question to the next. */
export function keepMediaMeasured(
  media: Pick<MediaPlane, 'stats'>,
  metrics: MediaMetrics,
  clock: Clock,
  log: Logger,
): MediaMeasured {
  let lateMs = 0;
  let stopped = false;
  let cancel: Cancel = () => undefined;
  const measure = async (): Promise<void> => {
    try {
      const stats = await media.stats();
      lateMs = stats.lateness.p99Ms;
      metrics.update(stats);
    } catch (err) {
      lateMs = 0;
      log.warn({ err }, 'the media plane could not be measured');
    }
    if (!stopped) cancel = clock.after(EVERY_MS, () => void measure());
  };
  void measure();
  return {
    get lateMs() {
      return lateMs;
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}

import { describe, expect, it } from 'vitest';
import { FakeMediaPlane } from '../externalmedia/fake-media.js';
import type { LegTotals, MediaPlaneStats } from '../externalmedia/port.js';
import { FakeClock } from '../kernel/fake-clock.js';
import { silentLogger } from '../kernel/log.js';
import { keepMediaMeasured, mediaMetrics } from './media-metrics.js';
import { MetricsRegistry } from './metrics.js';

const none = await new FakeMediaPlane(new FakeClock()).stats();

function stats(packets: Partial<LegTotals>, legs = 1): MediaPlaneStats {
  return { legs, packets: { ...none.packets, ...packets }, lateness: { p50Ms: 0.5, p99Ms: 1.5, maxMs: 4 } };
}

describe('media metrics', () => {
  it('rise with the sums, and do not fall when a thread took its own with it', () => {
    const registry = new MetricsRegistry();
    const metrics = mediaMetrics(registry);
    metrics.update(stats({ received: 100, concealed: 2 }, 3));
    metrics.update(stats({ received: 150, concealed: 2 }, 2));
    metrics.update(stats({ received: 10 }));
    metrics.update(stats({ received: 30 }));
    const page = registry.expose();
    expect(page).toContain('handrail_media_packets_total{kind="received"} 170\n');
    expect(page).toContain('handrail_media_packets_total{kind="concealed"} 2\n');
    expect(page).toContain('handrail_media_legs 1\n');
    expect(page).toContain('handrail_media_lateness_ms{quantile="0.99"} 1.5\n');
  });

  it('are taken every second, also after a time that failed, until stopped', async () => {
    const clock = new FakeClock();
    const registry = new MetricsRegistry();
    let asked = 0;
    const media = {
      stats: () => (++asked === 2 ? Promise.reject(new Error('dead')) : Promise.resolve(stats({ received: asked }))),
    };
    const measured = keepMediaMeasured(media, mediaMetrics(registry), clock, silentLogger);
    await clock.advanceAsync(2_000);
    expect(measured.lateMs).toBe(1.5);
    expect(registry.expose()).toContain('handrail_media_packets_total{kind="received"} 3\n');
    measured.stop();
    await clock.advanceAsync(10_000);
    expect(asked).toBe(3);
  });
});

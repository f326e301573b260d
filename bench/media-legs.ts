import { createMediaPlane } from '../src/externalmedia/media-plane.js';
import type { MediaLeg, MediaPlane } from '../src/externalmedia/port.js';
import { sleep, systemClock } from '../src/kernel/clock.js';
import { startFarm, type FarmHandle } from './media-farm-handle.js';
import type { FarmFigures } from './media-farm.js';

export const HOST = '127.0.0.1';
/** Until what runs for each packet is compiled, and the line's noise is known: a media thread lives for months. */
const WARM_UP_MS = 5_000;

export interface BenchLegsOptions {
  readonly vadModelPath: string | undefined;
  /** What the far ends say. */
  readonly clip: Uint8Array;
}

/** Media planes of one thread whose legs speak with a farm of far ends, for as long as a figure takes. */
export class BenchLegs {
  /** The worst 99th percentile so far of how late those were who measured. */
  latenessMs = 0;

  static async start(options: BenchLegsOptions): Promise<BenchLegs> {
    return new BenchLegs(options, await startFarm());
  }

  private constructor(
    private readonly options: BenchLegsOptions,
    private readonly farm: FarmHandle,
  ) {}

  async withPlane<T>(vad: 'on' | 'off', use: (plane: MediaPlane) => Promise<T>): Promise<T> {
    const { vadModelPath } = this.options;
    const plane = createMediaPlane({
      clock: systemClock,
      threads: 1,
      ...(vad === 'on' && vadModelPath !== undefined ? { vadModelPath } : {}),
    });
    try {
      return await use(plane);
    } finally {
      await plane.close();
    }
  }

  /** Legs that are connected to the farm, and listen when voice detection is on; they are warm when `use` begins. */
  withLegs<T>(
    count: number,
    vad: 'on' | 'off',
    use: (plane: MediaPlane, legs: readonly MediaLeg[]) => Promise<T>,
  ): Promise<T> {
    return this.withPlane(vad, async (plane) => {
      const legs: MediaLeg[] = [];
      for (let n = 0; n < count; n++)
        legs.push(await plane.openLeg({ callId: `bench-${n}`, codec: 'ulaw', host: HOST }));
      await callLegs(this.farm, legs, this.options.clip);
      if (vad === 'on') for (const leg of legs) leg.listen({ turnId: 'bench' });
      await sleep(systemClock, WARM_UP_MS);
      const result = await use(plane, legs);
      this.farm.send({ type: 'hang-up' });
      for (const leg of legs) leg.close();
      return result;
    });
  }

  /** Forgets what the far ends heard. */
  mark(): void {
    this.farm.send({ type: 'mark' });
  }

  /** What they heard since. */
  async heard(): Promise<FarmFigures> {
    const { figures } = await this.farm.ask({ type: 'report' }, 'report');
    this.wereLate(figures.latenessMsP99);
    return figures;
  }

  /** Whoever measured was late themselves by so much. */
  wereLate(latenessMsP99: number): void {
    this.latenessMs = Math.max(this.latenessMs, latenessMsP99);
  }

  stop(): void {
    this.farm.stop();
  }
}

/** Gives each leg a far end of the farm. */
export async function callLegs(farm: FarmHandle, legs: readonly MediaLeg[], clip: Uint8Array): Promise<void> {
  const { ports } = await farm.ask({ type: 'call', legs: legs.map(({ local }) => local.port), clip }, 'called');
  legs.forEach((leg, n) => leg.connect({ host: HOST, port: ports[n] ?? 0 }));
}

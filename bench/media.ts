import type { MediaLeg, MediaTransport, SharedPcm } from '../src/externalmedia/port.js';
import { toSharedPcm } from '../src/externalmedia/shared-pcm.js';
import { sleep, systemClock } from '../src/kernel/clock.js';
import { Distribution } from '../src/sip-caller/index.js';
import { startFarm } from './media-farm-handle.js';
import { measureBridged } from './media-bridged.js';
import { BenchLegs, callLegs, HOST } from './media-legs.js';
import { badLines, cleanLine, measureLines } from './media-lines.js';
import { measurePackets } from './media-packets.js';
import { measureResampling } from './media-resample.js';
import { MachineProbe, type MachineRecord } from './machine.js';
import { busiestThread, threadTimes } from './thread-times.js';

export interface MediaBenchOptions {
  /** Silero's ONNX file; without it the energy gate alone is measured, and the figures say so. */
  readonly vadModelPath: string | undefined;
  /** What the callers say again and again, µ-law in whole frames. */
  readonly clip: Uint8Array;
  /** How long each state is watched. */
  readonly watchMs: number;
  /** Numbers of legs that are tried on one media thread, rising. */
  readonly legs: readonly number[];
  /** Calls that are set up and torn down for the memory figure. */
  readonly setUps: number;
  /** Calls through a real Asterisk at once; 0: none. */
  readonly bridged: number;
  /** Recorded orders that are sent through each bad line to the recogniser; 0: none. */
  readonly orders: number;
  /** Where the orders are; without it there are none. */
  readonly speechFolder: string | undefined;
  /** Takes only the parts, and bad lines, that have this in their names; '': all. */
  readonly only: string;
  readonly print: (line: string) => void;
}

/** One line of the table. `ok` compares with `goal`, in the direction that `name` tells. */
export interface MediaFigure {
  readonly name: string;
  readonly value: number;
  readonly goal: number;
  readonly ok: boolean;
}

/** The file that `--json` writes. */
export interface MediaBenchResult {
  readonly machine: MachineRecord;
  readonly figures: readonly MediaFigure[];
}

/** Legs that the figures of CPU and memory are taken from: as many as are bridged at once. */
const CPU_LEGS = 200;
const IDLE_LEGS = 200;
/** CPU is measured so many times, and the middle one counts: a virtual machine's neighbours are felt for a second or two. */
const CPU_LOOKS = 5;
const MAX_LATENESS_MS = 2;
/** Bridged calls are watched so many times as long as other states. */
const BRIDGED_WATCH = 4;

/** Measures the media plane over loopback, against a farm of far ends in a process of its own. */
export async function measureMedia(options: MediaBenchOptions): Promise<MediaBenchResult> {
  const probe = new MachineProbe();
  const legs = await BenchLegs.start(options);
  const bench = new MediaBench(options, legs);
  try {
    await bench.run();
  } finally {
    legs.stop();
  }
  return { machine: probe.record(legs.latenessMs), figures: bench.figures };
}

class MediaBench {
  readonly figures: MediaFigure[] = [];
  constructor(
    private readonly options: MediaBenchOptions,
    private readonly legs: BenchLegs,
  ) {}

  async run(): Promise<void> {
    const { only, bridged } = this.options;
    const parts: readonly (readonly [name: string, measure: () => Promise<void>])[] = [
      ['packets', () => this.#packets()],
      ['resampling', () => this.#resampling()],
      ['memory', () => this.#memory()],
      ['cpu off', () => this.#cpu('off', 0.1)],
      ['cpu on', () => this.#cpu('on', 0.25)],
      ['pacing', () => this.#pacing()],
      ['delay', () => this.#delay()],
      ['flood by a stranger', () => this.#flood('stranger')],
      ['flood by the pinned', () => this.#flood('pinned')],
      ...(['rtp', 'websocket'] as const).map(
        (transport) => [`bridged ${transport}`, () => this.#bridged(transport)] as const,
      ),
    ];
    for (const [name, measure] of parts) {
      if (name.includes(only) && (bridged > 0 || !name.startsWith('bridged'))) await measure();
    }
    await this.#lines();
  }

  #packets(): Promise<void> {
    const { perSecond, heapBytesPerPacket } = measurePackets(1_000);
    this.#atLeast('packets parsed, buffered and decoded per second, one thread', perSecond, 1_000_000);
    this.#atMost('allocated per packet, bytes', heapBytesPerPacket, 2);
    return Promise.resolve();
  }

  /** Files and recordings go through our own resampler, Piper's voice through soxr: what each leaves of what must not be there. */
  async #resampling(): Promise<void> {
    for (const { fromHz, toHz, ours, soxr } of await measureResampling()) {
      const name = `${fromHz / 1_000} to ${toHz / 1_000} kHz`;
      this.options.print(
        `  ${name}: pass band within ${ours.worstRippleDb.toFixed(3)} dB (soxr ${soxr.worstRippleDb.toFixed(3)}), ` +
          `${ours.nsPerSample.toFixed(0)} ns a sample (soxr ${soxr.nsPerSample.toFixed(0)}); aliases of soxr ${soxr.worstAliasDb.toFixed(0)} dB`,
      );
      this.#atMost(`aliases of our resampler, ${name}, dB`, ours.worstAliasDb, -80);
    }
  }

  /** Node's CPU over all of its threads for calls whose caller speaks, or is silent, beside what it needs without any. */
  async #cpu(vad: 'on' | 'off', goal: number): Promise<void> {
    await this.legs.withLegs(CPU_LEGS, vad, async () => {
      const looks = new Distribution();
      for (let look = 0; look < CPU_LOOKS; look++) looks.add(await cpuPercent(this.options.watchMs / CPU_LOOKS));
      const percent = looks.percentile(0.5) / CPU_LEGS;
      const judge = vad === 'on' && this.options.vadModelPath === undefined ? 'on (energy alone)' : vad;
      this.#atMost(`CPU per call, voice detection ${judge}, % of a core`, percent, goal);
    });
  }

  async #pacing(): Promise<void> {
    let best = 0;
    for (const legs of this.options.legs) {
      const p99 = await this.legs.withLegs(legs, 'on', async (plane) => {
        await plane.stats();
        this.legs.mark();
        const before = threadTimes();
        await sleep(systemClock, this.options.watchMs);
        const { lateness } = await plane.stats();
        const { ranShare, waitedShare } = busiestThread(before, threadTimes(), this.options.watchMs);
        const heard = await this.legs.heard();
        this.options.print(
          `  ${legs} legs: clock late p50 ${lateness.p50Ms.toFixed(2)}, p99 ${lateness.p99Ms.toFixed(2)}, max ${lateness.maxMs.toFixed(1)} ms; ` +
            `its thread ran ${(100 * ranShare).toFixed(0)} % and waited for a processor ${(100 * waitedShare).toFixed(1)} % of the time; ` +
            `far ends: gap p99 ${heard.gapMs.p99.toFixed(1)} ms, lost ${heard.lost}, their clock late p99 ${heard.latenessMsP99.toFixed(1)} ms`,
        );
        return lateness.p99Ms;
      });
      if (p99 < MAX_LATENESS_MS) best = legs;
    }
    this.#atLeast('legs on one media thread with p99 lateness below 2 ms, voice detection on', best, 500);
  }

  /** From `play` on the main thread to the first voiced packet at the far end, at random moments of the frame. */
  async #delay(): Promise<void> {
    const delays = new Distribution();
    const prompt = tone(100);
    await this.legs.withLegs(20, 'off', async (_plane, legs) => {
      for (let round = 0; round < 10; round++) {
        this.legs.mark();
        await sleep(systemClock, 150);
        const playedMs = new Map<number, number>();
        for (const leg of legs) {
          await sleep(systemClock, 3);
          playedMs.set(leg.local.port, systemClock.nowMs());
          leg.play(`delay-${round}`, prompt);
        }
        await sleep(systemClock, 150);
        const { firstVoicedMs } = await this.legs.heard();
        for (const [port, atMs] of playedMs) {
          const heardMs = firstVoicedMs[port];
          if (heardMs !== undefined) delays.add(heardMs - atMs);
        }
      }
    });
    this.#atMost('added delay from play to packet, p99, ms', delays.percentile(0.99), 25);
  }

  async #memory(): Promise<void> {
    const { setUps } = this.options;
    await this.legs.withPlane('on', async (plane) => {
      const setUp = async (count: number): Promise<MediaLeg[]> => {
        const legs: MediaLeg[] = [];
        for (let n = 0; n < count; n++)
          legs.push(await plane.openLeg({ callId: `idle-${n}`, codec: 'ulaw', host: HOST }));
        return legs;
      };
      /** @returns the least memory that was seen, for what waits for the next collection is no leak */
      const cycle = async (count: number): Promise<number> => {
        let leastKiB = Number.POSITIVE_INFINITY;
        for (let done = 0; done < count; done += 100) {
          for (const leg of await setUp(100)) leg.close();
          leastKiB = Math.min(leastKiB, residentKiB());
        }
        return leastKiB;
      };
      await cycle(100);
      const emptyKiB = residentKiB();
      const legs = await setUp(IDLE_LEGS);
      for (const leg of legs) leg.connect({ host: HOST, port: 9 });
      await sleep(systemClock, 1_000);
      this.#atMost('memory per idle call, KiB', Math.max(0, residentKiB() - emptyKiB) / IDLE_LEGS, 100);
      for (const leg of legs) leg.close();
      const quarter = Math.ceil(setUps / 4);
      await cycle(quarter);
      const second = await cycle(quarter);
      const third = await cycle(quarter);
      const fourth = await cycle(quarter);
      // What an allocator takes, it takes in one of them; a leak goes on in both.
      const leftKiB = Math.max(0, Math.min(third - second, fourth - third)) / quarter;
      this.#atMost(`memory left by each of the last ${2 * quarter} calls set up and torn down, KiB`, leftKiB, 1);
    });
  }

  /** 50,000 packets a second at one port, beside 20 calls: what do the others hear? */
  async #flood(as: 'pinned' | 'stranger'): Promise<void> {
    await this.legs.withLegs(21, 'on', async (_plane, legs) => {
      const victim = legs[0];
      if (!victim) return;
      this.legs.mark();
      const flooder = await startFarm();
      // The flood comes from a process of its own, or the farm could not tell its own lateness from ours.
      if (as === 'pinned') await callLegs(flooder, [victim], this.options.clip);
      const { sent } = await flooder.ask(
        { type: 'flood', leg: victim.local.port, perSecond: 50_000, ms: 2_000, as },
        'flooded',
      );
      const heard = await this.legs.heard();
      const stats = await victim.stats();
      flooder.stop();
      this.options.print(`  flood of ${sent} packets by a ${as}: ${JSON.stringify(stats)}`);
      this.#atMost(`p99 gap heard by 20 calls beside a flood (${as}), ms`, heard.gapMs.p99, 30);
      this.#atMost(`packets that 20 calls missed beside a flood (${as})`, heard.lost, 0);
    });
  }

  /** A crowd of calls through a real Asterisk, and what one caller among them hears. */
  async #bridged(transport: MediaTransport): Promise<void> {
    const { bridged: calls, clip, vadModelPath, print } = this.options;
    // One caller has 50 gaps a second: of a thousand of them the 99th percentile says something.
    const watchMs = BRIDGED_WATCH * this.options.watchMs;
    const figures = await measureBridged({ transport, calls, watchMs, vadModelPath, clip, prompt: tone(2_000) });
    print(`  ${calls} calls over ${transport}: ${JSON.stringify(figures)}`);
    this.legs.wereLate(figures.probe.latenessMsP99);
    this.#atLeast(`bridged calls over ${transport} beside Asterisk`, figures.bridged, calls);
    this.#atMost(`packets lost by us, ${calls} bridged calls over ${transport}`, figures.lost, 0);
    this.#atMost(`p99 gap heard by a probe caller among them (${transport}), ms`, figures.probe.gapMsP99, 30);
    this.#atMost(
      `CPU per bridged call over ${transport}, voice detection on, % of a core`,
      (100 * figures.ourCpu) / Math.max(1, figures.bridged),
      0.25,
    );
  }

  /** The goal of each line is what a program without buffer and concealment understands: less would be worse than nothing. */
  async #lines(): Promise<void> {
    const { orders, speechFolder, only } = this.options;
    const lines = [cleanLine, ...badLines].filter(({ name }) => name.includes(only));
    if (orders === 0 || speechFolder === undefined || lines.length === 0) return;
    await measureLines(speechFolder, orders, lines, ({ name, orders: n, understood, naively }) =>
      this.#atLeast(`of ${n} orders understood through ${name}, %`, 100 * understood, 100 * naively),
    );
  }

  #atLeast(name: string, value: number, goal: number): void {
    this.#figure({ name, value: round(value), goal, ok: value >= goal });
  }

  #atMost(name: string, value: number, goal: number): void {
    this.#figure({ name, value: round(value), goal, ok: value <= goal });
  }

  #figure(figure: MediaFigure): void {
    this.figures.push(figure);
    this.options.print(`${figure.ok ? 'reached' : 'missed '}  ${figure.name}: ${figure.value} (goal ${figure.goal})`);
  }
}

function tone(ms: number): SharedPcm {
  return toSharedPcm(Int16Array.from({ length: 8 * ms }, (_, i) => (i % 8 < 4 ? 8_000 : -8_000)));
}

function residentKiB(): number {
  return process.memoryUsage.rss() / 1_024;
}

function round(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(1_000 * value) / 1_000;
}

/** What this process needs of a core in that time, over all of its threads. */
async function cpuPercent(watchMs: number): Promise<number> {
  const before = process.cpuUsage();
  const fromMs = systemClock.nowMs();
  await sleep(systemClock, watchMs);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 10 / (systemClock.nowMs() - fromMs);
}

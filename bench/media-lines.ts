import { join } from 'node:path';
import { compileExpectation } from '../src/dialog/nlu/compile.js';
import { CachingUnderstander } from '../src/dialog/understander.js';
import { modelDir } from '../src/engines.js';
import { g711 } from '../src/externalmedia/g711.js';
import { FRAME_MS, FRAME_SAMPLES } from '../src/externalmedia/port.js';
import { Receiver } from '../src/externalmedia/receiver.js';
import { RTP_HEADER_BYTES } from '../src/externalmedia/rtp.js';
import { loadFlow } from '../src/flow/load.js';
import { systemClock } from '../src/kernel/clock.js';
import { HandrailError } from '../src/kernel/errors.js';
import { silentLogger } from '../src/kernel/log.js';
import { homeDir, projectRoot } from '../src/kernel/paths.js';
import { untilStarted } from '../src/local-models/until-started.js';
import { createWhisper } from '../src/local-models/whisper.js';
import { seeded } from '../src/audio/utterance.js';
import { sampleSets, type SampleSet } from './understanding/material.js';
import { measureUnderstanding } from './understanding/measure.js';

/** A packet of 20 ms on its way: when it comes, if it comes. */
interface Transit {
  readonly sequence: number;
  readonly arrivalMs: number;
}

/** What a network does to the packets of an utterance; `random` is uniform in [0, 1). */
export interface Line {
  readonly name: string;
  carry(packets: number, random: () => number): Transit[];
}

/** Of bursty loss: the packets of a burst, on average. */
const BURST = 3;
const REORDERED_BY_MS = 30;

const onTime = (sequence: number): Transit => ({ sequence, arrivalMs: sequence * FRAME_MS });

function each(packets: number, transit: (sequence: number) => Transit | undefined): Transit[] {
  return Array.from({ length: packets }, (_, sequence) => transit(sequence)).filter((packet) => packet !== undefined);
}

const randomLoss = (share: number): Line => ({
  name: `${100 * share} % random loss`,
  carry: (packets, random) => each(packets, (n) => (random() < share ? undefined : onTime(n))),
});

/** Two states (Gilbert): what is lost is lost in bursts of three packets on average. */
const burstyLoss = (share: number): Line => ({
  name: `${100 * share} % bursty loss`,
  carry(packets, random) {
    let isBad = false;
    return each(packets, (n) => {
      isBad = random() < (isBad ? 1 - 1 / BURST : share / (1 - share) / BURST);
      return isBad ? undefined : onTime(n);
    });
  },
});

export const badLines: readonly Line[] = [
  ...[0.01, 0.03, 0.05, 0.1].flatMap((share) => [randomLoss(share), burstyLoss(share)]),
  {
    name: '60 ms jitter',
    carry: (packets, random) => each(packets, (n) => ({ sequence: n, arrivalMs: n * FRAME_MS + 60 * random() })),
  },
  {
    name: '5 % reordering',
    carry: (packets, random) =>
      each(packets, (n) => ({
        sequence: n,
        arrivalMs: n * FRAME_MS + (random() < 0.05 ? REORDERED_BY_MS : 0),
      })),
  },
];

export const cleanLine: Line = { name: 'a clean line', carry: (packets) => each(packets, onTime) };

/** What recognition gets of an utterance that came over a line, through our receiver. */
export function heardThrough(line: Line, samples: Int16Array, seed: number): Int16Array {
  const codec = g711('ulaw');
  const pieces: Int16Array[] = [];
  const receiver = new Receiver(codec, (audio) => pieces.push(audio.slice()));
  const packets = transits(line, samples, seed);
  let tickMs = 0;
  for (const { sequence, arrivalMs } of packets) {
    for (; tickMs <= arrivalMs; tickMs += FRAME_MS) receiver.tick(tickMs);
    const packet = new Uint8Array(RTP_HEADER_BYTES + FRAME_SAMPLES);
    const header = new DataView(packet.buffer);
    header.setUint16(0, 0x8000);
    header.setUint16(2, sequence);
    header.setUint32(4, sequence * FRAME_SAMPLES);
    codec.encode(frameOf(samples, sequence), packet.subarray(RTP_HEADER_BYTES));
    receiver.receive(packet, arrivalMs);
  }
  receiver.tick((packets.at(-1)?.arrivalMs ?? 0) + 2 * FRAME_MS);
  return joined(pieces);
}

/** The same as a program gets it that takes 12 bytes off each packet, as it comes. */
export function heardNaively(line: Line, samples: Int16Array, seed: number): Int16Array {
  const codec = g711('ulaw');
  const bytes = new Uint8Array(FRAME_SAMPLES);
  return joined(
    transits(line, samples, seed).map(({ sequence }) => {
      codec.encode(frameOf(samples, sequence), bytes);
      const frame = new Int16Array(FRAME_SAMPLES);
      codec.decode(bytes, 0, FRAME_SAMPLES, frame);
      return frame;
    }),
  );
}

function transits(line: Line, samples: Int16Array, seed: number): Transit[] {
  const packets = Math.ceil(samples.length / FRAME_SAMPLES);
  return line.carry(packets, seeded(seed)).sort((a, b) => a.arrivalMs - b.arrivalMs);
}

function frameOf(samples: Int16Array, sequence: number): Int16Array {
  const frame = new Int16Array(FRAME_SAMPLES);
  frame.set(samples.subarray(sequence * FRAME_SAMPLES, (sequence + 1) * FRAME_SAMPLES));
  return frame;
}

function joined(pieces: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

export interface LineFigures {
  readonly name: string;
  readonly orders: number;
  /** Shares of the orders whose meaning was right, at once or to be confirmed. */
  readonly understood: number;
  readonly naively: number;
}

/** The first recogniser of a machine builds its graphs. */
const READY_WITHIN_MS = 90_000;

/** Orders understood by the real recogniser through each line. @throws HandrailError HR_USAGE, HR_ENGINE_DOWN */
export async function measureLines(
  folder: string,
  orders: number,
  lines: readonly Line[],
  onLine: (figures: LineFigures) => void,
) {
  const flow = await loadFlow(join(projectRoot, 'flows', 'cafe.json'));
  const set = (await sampleSets(folder, flow, orders)).find(({ name }) => name === 'requests');
  if (!set) throw new HandrailError('HR_USAGE', `${folder} has no orders.`);
  const stt = createWhisper({
    python: join(homeDir, 'venv', 'bin', 'python'),
    modelDir: modelDir('whisper-tiny.en'),
    clock: systemClock,
    log: silentLogger,
  });
  const hearing = { sttFor: () => Promise.resolve(stt), understander: new CachingUnderstander(compileExpectation) };
  const share = async (through: (samples: Int16Array, index: number) => Int16Array): Promise<number> => {
    const { sets } = await measureUnderstanding(hearing, [carried(set, through)], () => undefined);
    return sets.reduce((sum, { right, confirmedRight }) => sum + right + confirmedRight, 0);
  };
  try {
    await untilStarted(stt, systemClock, READY_WITHIN_MS);
    if (stt.state !== 'ready') throw new HandrailError('HR_ENGINE_DOWN', `${stt.name}: ${stt.problem ?? 'not ready'}.`);
    for (const line of lines) {
      const understood = await share((samples, index) => heardThrough(line, samples, index));
      const naively = line === cleanLine ? understood : await share((s, index) => heardNaively(line, s, index));
      onLine({ name: line.name, orders: set.count, understood, naively });
    }
  } finally {
    await stt.close();
  }
}

function carried(set: SampleSet, through: (samples: Int16Array, index: number) => Int16Array): SampleSet {
  return {
    ...set,
    make: async (index) => {
      const sample = await set.make(index);
      return { ...sample, samples: through(sample.samples, index) };
    },
  };
}

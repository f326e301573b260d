import { expectationOf } from '../../src/dialog/expecting.js';
import { compileExpectation } from '../../src/dialog/nlu/compile.js';
import type { Understander } from '../../src/dialog/ports.js';
import { TELEPHONE_RATE_HZ } from '../../src/externalmedia/port.js';
import { systemClock } from '../../src/kernel/clock.js';
import type { SpeechToText } from '../../src/local-models/ports.js';
import { Distribution } from '../../src/sip-caller/index.js';
import { countedFigures, type CountedFigures } from '../figures.js';
import type { SampleSet } from '../understanding/material.js';
import { stateAt } from '../understanding/verdict.js';

/** Of utterances of about 3 s of one set, in ms: from the request to the worker’s answer, its parts, and from there to the meaning. */
export interface RecognitionFigures {
  readonly name: string;
  readonly totalMs: CountedFigures;
  readonly encodeMs: CountedFigures;
  readonly decodeMs: CountedFigures;
  readonly understandingMs: CountedFigures;
}

/** What a directory of very many names costs, each in whole, in part and spelled. */
export interface DirectoryFigures {
  readonly names: number;
  /** From the question to a grammar, and from there until the worker has it. */
  readonly compileMs: number;
  readonly prepareMs: number;
  readonly totalMs: CountedFigures;
}

/** Longer than any call waits: what is late is to be seen. */
const DEADLINE_MS = 10_000;
/** The first ones find grammar states that are not made yet. */
const WARM_UP = 3;
const ABOUT_3_S = { fromMs: 2_500, toMs: 3_500 } as const;

/** One at a time, over the grammar of the place where they are said. @param most utterances that count */
export async function measureRecognition(
  stt: SpeechToText,
  understander: Understander,
  set: SampleSet,
  most: number,
): Promise<RecognitionFigures> {
  const times = { total: new Distribution(), encode: new Distribution(), decode: new Distribution() };
  const understanding = new Distribution();
  let asked = 0;
  for (let index = 0; index < set.count && asked < most + WARM_UP; index++) {
    const { place, samples } = await set.make(index);
    if (!isAbout3Seconds(samples)) continue;
    const compiled = understander.compile(expectationOf(place.flow, stateAt(place)));
    const request = { samples, ...(compiled.grammar && { grammar: compiled.grammar }) };
    const { timings, ...heard } = await stt.recognise(request, { deadlineMs: DEADLINE_MS });
    const answeredMs = systemClock.nowMs();
    await compiled.understand({ ...heard, timings });
    if (++asked <= WARM_UP) continue;
    times.total.add(timings.totalMs);
    times.encode.add(timings.encodeMs);
    times.decode.add(timings.decodeMs);
    understanding.add(systemClock.nowMs() - answeredMs);
  }
  return {
    name: set.name,
    totalMs: countedFigures(times.total),
    encodeMs: countedFigures(times.encode),
    decodeMs: countedFigures(times.decode),
    understandingMs: countedFigures(understanding),
  };
}

/** @param set whose utterances are heard over the grammar of the names */
export async function measureDirectory(
  stt: SpeechToText,
  names: readonly string[],
  set: SampleSet,
  most: number,
): Promise<DirectoryFigures> {
  const beganMs = systemClock.nowMs();
  const people = names.map((name, index) => ({ name, extension: String(1_000 + index) }));
  const { grammar } = compileExpectation({ kind: 'person', name: 'who', people, among: undefined });
  const compiledMs = systemClock.nowMs();
  await stt.prepare(grammar);
  const preparedMs = systemClock.nowMs();
  const total = new Distribution();
  for (let index = 0; index < set.count && total.count < most; index++) {
    const { samples } = await set.make(index);
    if (!isAbout3Seconds(samples)) continue;
    total.add((await stt.recognise({ samples, grammar }, { deadlineMs: DEADLINE_MS })).timings.totalMs);
  }
  return {
    names: names.length,
    compileMs: Math.round(compiledMs - beganMs),
    prepareMs: Math.round(preparedMs - compiledMs),
    totalMs: countedFigures(total),
  };
}

function isAbout3Seconds(samples: Int16Array): boolean {
  const ms = (1_000 * samples.length) / TELEPHONE_RATE_HZ;
  return ms >= ABOUT_3_S.fromMs && ms <= ABOUT_3_S.toMs;
}

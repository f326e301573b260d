import type { CompiledExpectation, Understanding } from '../../src/dialog/ports.js';
import { PcmHistory } from '../../src/externalmedia/pcm-history.js';
import { FRAME_SAMPLES, TELEPHONE_RATE_HZ } from '../../src/externalmedia/port.js';
import { SampleClock } from '../../src/externalmedia/sample-clock.js';
import { SpeechDetector, type SpeechEvent } from '../../src/externalmedia/speech-detector.js';
import { GatedDetector } from '../../src/externalmedia/vad/gated-detector.js';
import type { SpeechScorer } from '../../src/externalmedia/vad/port.js';
import { sleep, systemClock } from '../../src/kernel/clock.js';
import { lastVoicedSample } from '../../src/audio/voiced.js';
import type { Spoken } from './material.js';
import type { Recognition, SpeechToText } from '../../src/local-models/ports.js';

const SAMPLES_PER_MS = TELEPHONE_RATE_HZ / 1_000;
/** Silence behind a recording: longer than any endpoint waits. */
const TAIL_MS = 2_000;
/** How often the judgement of a window is looked for. */
const LOOK_MS = 1;
/** Only what was heard counts here: another process may have the processor. */
const RECOGNITION_DEADLINE_MS = 60_000;

/** A moment at which the caller was silent, and what had been understood by then. Moments count from the recording's start. */
export interface Pause {
  readonly speechStartMs: number;
  readonly lastVoicedMs: number;
  readonly endedMs: number;
  /** When the utterance so far was handed out. */
  readonly atMs: number;
  /** When the caller was heard again; `undefined` at the end. */
  readonly resumedMs: number | undefined;
  /** When the voice may have come back before. */
  readonly signsMs: readonly number[];
  readonly recognition: Recognition;
  readonly understanding: Understanding;
  /** How long recognition and understanding took. */
  readonly recognitionMs: number;
}

/** One recorded utterance, as turn taking saw it. */
export interface Timeline {
  readonly name: string;
  /** The caller's own last voiced sample: strict, by energy. */
  readonly endMs: number;
  readonly pauses: readonly Pause[];
}

export interface DetectorParts {
  /** A scorer of its own for each recording; without one the energy gate judges. */
  readonly scorer: () => SpeechScorer | undefined;
  readonly pauseMs: number;
  readonly maxPauseMs: number;
}

export interface RecogniserParts {
  readonly stt: SpeechToText;
  readonly compiled: CompiledExpectation;
  readonly nowMs: () => number;
}

/**
 * What the recogniser makes of each pause. Time is that of the samples, so the result depends on the recording only, and on
 * `recognitionMs` not at all.
 */
export async function timelineOf(
  { name, samples }: Spoken,
  found: readonly HeardPause[],
  { compiled, nowMs, stt }: RecogniserParts,
): Promise<Timeline> {
  const pauses: Pause[] = [];
  for (const { pause, resumedMs, signsMs } of found) {
    const recognition = await stt.recognise(
      {
        samples: pause.samples,
        vocabulary: compiled.vocabulary,
        ...(compiled.grammar ? { grammar: compiled.grammar } : { mode: 'free' as const }),
      },
      { deadlineMs: RECOGNITION_DEADLINE_MS },
    );
    const recognisedMs = nowMs();
    const understanding = await compiled.understand(recognition);
    const { atMs, endedMs, lastVoicedMs, speechStartMs } = pause;
    // What was heard in an earlier run took as long as it took then.
    const recognitionMs = recognition.timings.totalMs + nowMs() - recognisedMs;
    const moments = { speechStartMs, lastVoicedMs, endedMs, atMs, resumedMs, signsMs };
    pauses.push({ ...moments, recognition, understanding, recognitionMs });
  }
  const end = lastVoicedSample(samples) ?? samples.length - 1;
  return { name, endMs: (end + 1) / SAMPLES_PER_MS, pauses };
}

type PauseEvent = Extract<SpeechEvent, { type: 'pause' }>;

export interface HeardPause {
  readonly pause: PauseEvent;
  resumedMs: number | undefined;
  readonly signsMs: number[];
}

/**
 * The pauses that the detector of the media thread tells, to which the recording is played as fast as it goes, each with the moment at
 * which the caller went on. The model judges the windows of several recordings together: play them at once.
 */
export async function pausesIn(
  samples: Int16Array,
  { scorer, pauseMs, maxPauseMs }: DetectorParts,
): Promise<readonly HeardPause[]> {
  const found: HeardPause[] = [];
  const history = new PcmHistory();
  const clock = new SampleClock();
  let nowMs = 0;
  const detector = new SpeechDetector(
    {
      spokenMs: (position) => clock.spokenMs(position),
      since: (position) => history.slice(position, history.end),
      get end() {
        return history.end;
      },
      keepFrom: (position) => (position === undefined ? history.release() : history.keepFrom(position)),
    },
    { playing: false, ownLevelDb: -90, bargeIn: () => false, hold: () => false, release: () => undefined },
    (event) => {
      const last = found.at(-1);
      if (event.type === 'pause') found.push({ pause: event, resumedMs: undefined, signsMs: [] });
      else if (event.type === 'speech-sign') last?.signsMs.push(event.atMs);
      // What is heard after an utterance was given up belongs to it all the same: the caller had not finished.
      else if (last && (event.type === 'speech-resume' || event.type === 'speech-start')) last.resumedMs ??= nowMs;
    },
  );
  const vad = new GatedDetector(history, scorer(), (window) => detector.window(window, nowMs));
  vad.setListening(true);
  detector.listen({ turnId: 'timeline', pauseMs, maxPauseMs }, 0);
  const total = samples.length + TAIL_MS * SAMPLES_PER_MS;
  for (let at = 0; at < total; at += FRAME_SAMPLES) {
    const frame = new Int16Array(FRAME_SAMPLES);
    frame.set(samples.subarray(at, at + FRAME_SAMPLES));
    nowMs = (at + FRAME_SAMPLES) / SAMPLES_PER_MS;
    clock.mark(history.end, nowMs);
    history.append(frame);
    vad.push(frame.length, false);
    while (vad.undecided > 0) await sleep(systemClock, LOOK_MS);
    detector.tick(nowMs, false);
  }
  vad.close();
  return found;
}

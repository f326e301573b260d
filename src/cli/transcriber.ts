import { untilStarted } from '../local-models/until-started.js';
import { join } from 'node:path';
import { VOICED_WINDOW_SAMPLES, voicedSpans, voicedWindows } from '../audio/voiced.js';
import { modelDir } from '../engines.js';
import { TELEPHONE_RATE_HZ } from '../externalmedia/port.js';
import type { Clock } from '../kernel/clock.js';
import { silentLogger } from '../kernel/log.js';
import { homeDir } from '../kernel/paths.js';
import type { SpeechToText } from '../local-models/ports.js';
import { createWhisper } from '../local-models/whisper.js';

export interface Transcriber {
  /** Words of PCM16 mono at 8,000 Hz; empty when there are none. @throws HandrailError HR_ENGINE_DOWN, HR_ENGINE_DEADLINE */
  transcribe(samples: Int16Array): Promise<string>;
  close(): Promise<void>;
}

/** Whisper reads 30 s at most, and short pieces cost the least. */
const LONGEST_PIECE_MS = 12_000;
const SHORTEST_PAUSE_MS = 150;
/** Room for the onset of a soft consonant. */
const MARGIN_MS = 100;
/** Nobody waits on the telephone for this. */
const PIECE_DEADLINE_MS = 20_000;
const MODEL = 'whisper-tiny.en';

/** Starts a recogniser of its own; `undefined` where its files are not installed. */
export function openTranscriber(clock: Clock): Transcriber | undefined {
  const whisper = createWhisper({
    python: join(homeDir, 'venv/bin/python'),
    modelDir: modelDir(MODEL),
    clock,
    log: silentLogger,
  });
  if (whisper.state === 'absent') return undefined;
  return { transcribe: (samples) => transcribe(whisper, clock, samples), close: () => whisper.close() };
}

/** The first recogniser of a machine builds its graphs. */
const READY_WITHIN_MS = 90_000;

async function transcribe(whisper: SpeechToText, clock: Clock, samples: Int16Array): Promise<string> {
  await untilStarted(whisper, clock, READY_WITHIN_MS);
  const words: string[] = [];
  for (const { from, to } of cutAtPauses(samples)) {
    const request = { samples: samples.slice(from, to), mode: 'free' } as const;
    const { free } = await whisper.recognise(request, { deadlineMs: PIECE_DEADLINE_MS });
    words.push(free?.text.reveal().trim() ?? '');
  }
  return words.filter(Boolean).join(' ');
}

/** A stretch of audio, in samples: `[from, to)`. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

/**
 * Cuts in the middle of pauses, so that each piece is as long as it may be; speech without a pause is cut hard. Nothing is
 * left out between the first and the last voiced sample.
 */
export function cutAtPauses(samples: Int16Array, longestMs: number = LONGEST_PIECE_MS): Piece[] {
  const perMs = TELEPHONE_RATE_HZ / 1_000;
  const longest = longestMs * perMs;
  const spans = voicedSpans(voicedWindows(samples), SHORTEST_PAUSE_MS).map(({ from, to }) => ({
    from: from * VOICED_WINDOW_SAMPLES,
    to: Math.min(to * VOICED_WINDOW_SAMPLES, samples.length),
  }));
  const first = spans[0];
  const last = spans.at(-1);
  if (!first || !last) return [];
  const pauses = spans.slice(1).map(({ from }, index) => Math.round(((spans[index]?.to ?? from) + from) / 2));
  const end = Math.min(samples.length, last.to + MARGIN_MS * perMs);
  const pieces: Piece[] = [];
  for (let from = Math.max(0, first.from - MARGIN_MS * perMs); from < end;) {
    const within = pauses.findLast((pause) => pause > from && pause <= from + longest);
    const to = end - from <= longest ? end : (within ?? from + longest);
    pieces.push({ from, to });
    from = to;
  }
  return pieces;
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AriPort } from '../ari/port.js';
import { writeWav } from '../audio/wav.js';
import type { MediaLeg } from '../externalmedia/port.js';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { CallLine } from './call-line.js';
import { recordTone } from './tones.js';

/** Silence that ends a message. */
const END_OF_MESSAGE_MS = 3_000;
/** A caller who has not begun by then leaves no message. */
const NO_MESSAGE_MS = 8_000;

export interface MessageOptions {
  readonly turnId: string;
  readonly maxMs: number;
  readonly dir: string;
  /** Of the file, without its ending. */
  readonly name: string;
}

/** Of the file of a call's nth message. A channel's id is whoever's that placed the call: no path is taken from it. */
export function messageName(callId: string, nth: number): string {
  return `${callId.replace(/[^\w.-]/g, '_')}${nth === 1 ? '' : `-${String(nth)}`}`;
}

/**
 * Takes a message after a tone: one long utterance, ended by silence, by a key, or by `maxMs`; abort `signal` to end it from outside.
 *
 * @returns the file that was written; undefined when the caller said nothing, or the disk did not take it
 */
export async function takeMessage(
  { channelId, leg }: CallLine,
  ari: AriPort,
  options: MessageOptions,
  clock: Clock,
  log: Logger,
  signal: AbortSignal,
): Promise<string | undefined> {
  leg.play('record-tone', recordTone, { bargeIn: false });
  const keyed = new AbortController();
  const unsubscribe = ari.onChannel(channelId, (event) => event.type === 'dtmf' && keyed.abort());
  const samples = await recordVoice(leg, options, clock, AbortSignal.any([signal, keyed.signal]));
  unsubscribe();
  if (!samples) return undefined;
  try {
    await mkdir(options.dir, { recursive: true });
    const file = join(options.dir, `${options.name}.wav`);
    await writeWav(file, [samples]);
    return file;
  } catch (err) {
    log.error({ err }, 'message could not be written');
    return undefined;
  }
}

/**
 * One long utterance, ended by silence, by `maxMs`, or by an abort of `signal`.
 * @returns PCM16 mono at 8,000 Hz; undefined when nothing was said
 */
export function recordVoice(
  leg: MediaLeg,
  options: Pick<MessageOptions, 'turnId' | 'maxMs'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Int16Array | undefined> {
  return new Promise<Int16Array | undefined>((resolve) => {
    let latest: Int16Array | undefined;
    const stop = (): void => {
      cancelTimer();
      unsubscribe();
      leg.listen(undefined);
      resolve(latest);
    };
    const unsubscribe = leg.subscribe((event) => {
      if (!('turnId' in event) || event.turnId !== options.turnId) return;
      if (event.type === 'speech-start') cancelTimer();
      if (event.type === 'pause') latest = event.samples;
      if (event.type === 'utterance-end') stop();
    });
    const cancelTimer = clock.after(NO_MESSAGE_MS, stop);
    leg.listen({
      turnId: options.turnId,
      pauseMs: 500,
      maxPauseMs: END_OF_MESSAGE_MS,
      maxUtteranceMs: options.maxMs,
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

import type { TapFolders } from './call-taps.js';
import type { MediaCodec, MediaTransport, TurnDeadline } from '../externalmedia/port.js';

/** What the dialog takes from the configuration. Milliseconds throughout. */
export interface DialogSettings {
  readonly app: string;
  readonly media: { readonly transport: MediaTransport; readonly host: string; readonly codec: MediaCodec };
  /** From the caller's last voiced sample to the keypad prompt that the media thread plays by itself. */
  readonly turnDeadlineMs: number;
  readonly minEndpointMs: number;
  readonly breathMs: number;
  readonly maxEndpointMs: number;
  /** Silence after which the utterance so far is recognised, speculatively. */
  readonly pauseMs: number;
  readonly maxUtteranceMs: number;
  /** Voiced time that interrupts the bot. */
  readonly bargeInMs: number;
  readonly sttDeadlineMs: number;
  /** Longest synthesis of one text. */
  readonly ttsDeadlineMs: number;
  readonly llmDeadlineMs: number;
  readonly llmMaxTokens: number;
  /** How a transfer target is dialled; `{to}` is the node's extension: `Local/{to}@handrail-agents`. */
  readonly agentEndpoint: string;
  /** What a caller hears before somebody listens in, by Asterisk's name for it; absent: nothing. */
  readonly listenInNotice?: string | undefined;
  /** Where voicemail is written. */
  readonly voicemailDir: string;
  /** Whether each call is recorded from its beginning. */
  readonly recordCalls: boolean;
  /** Whether a call is recorded once its caller has agreed. */
  readonly recordConsented: boolean;
  readonly tapFolders: TapFolders;
}

/** What is quiet at the end of one prompt and at the beginning of the next, where silence counts from prompt to prompt. */
const QUIET_EDGES_MS = 250;
/**
 * What the caller's last word takes to the media thread, and what is said back to the caller's ear. An answer that began just
 * before counts as one, and a word may begin softly for as long as 55 ms.
 */
const ON_THE_WAY_MS = 100;

/**
 * When the media thread speaks, so that the caller hears it within the turn deadline.
 *
 * @param waitingSinceMs the caller's last word, where they wait for an answer already: a filler may come before it, and then
 * silence counts from prompt to prompt
 */
export function deadlineOf(
  { turnDeadlineMs }: DialogSettings,
  waitingSinceMs?: number,
): Pick<TurnDeadline, 'afterMs' | 'waitingSinceMs'> {
  if (waitingSinceMs === undefined) return { afterMs: turnDeadlineMs - ON_THE_WAY_MS };
  // Without a filler there is no quiet edge before the silence.
  return { afterMs: turnDeadlineMs - QUIET_EDGES_MS, waitingSinceMs: waitingSinceMs + QUIET_EDGES_MS - ON_THE_WAY_MS };
}

import type { Unsubscribe } from '../kernel/emitter.js';

/**
 * The media plane, as the dialog sees it. All packets, buffers, voice activity and playout live on a media thread; what
 * crosses the thread border are the commands and events below. All times are `Clock.nowMs()` (one clock for all threads).
 *
 * Audio here is always signed 16-bit PCM, mono, at 8,000 Hz (`TELEPHONE_RATE_HZ`).
 */
export const TELEPHONE_RATE_HZ = 8_000;
/** 20 ms at 8 kHz: the only packet length that Asterisk uses on this leg. */
export const FRAME_SAMPLES = 160;
export const FRAME_MS = 20;

/** G.711, or `slin`: L16, uncompressed. */
export type MediaCodec = 'ulaw' | 'alaw' | 'slin';

/** How a call's audio comes from Asterisk: RTP that we pace, or a websocket to its `chan_websocket`, which paces itself. */
export type MediaTransport = 'rtp' | 'websocket';

/**
 * Asterisk's own end of a leg: the only address that RTP is taken from, or the websocket that it waits for; `ca` are those who
 * may have issued its certificate, in PEM, absent whom Node trusts.
 */
export type MediaRemote =
  { readonly host: string; readonly port: number } | { readonly url: string; readonly ca?: string | undefined };

/** A prompt, shared by all calls and threads without a copy: PCM16 at 8 kHz in a SharedArrayBuffer. */
export interface SharedPcm {
  readonly samples: Int16Array<SharedArrayBuffer>;
}

export interface MediaPlane {
  /** Opens one call's end, for RTP a UDP socket; sound goes both ways as soon as `connect` has been called. */
  openLeg(options: LegOptions): Promise<MediaLeg>;
  stats(): Promise<MediaPlaneStats>;
  close(): Promise<void>;
}

export interface LegOptions {
  readonly callId: string;
  readonly codec: MediaCodec;
  /** @defaultValue 'rtp' */
  readonly transport?: MediaTransport;
  /** Local address to bind, for instance 127.0.0.1. A websocket needs none. */
  readonly host: string;
}

export interface MediaLeg {
  readonly callId: string;
  /** Where Asterisk shall send RTP; port 0 where the leg calls Asterisk. */
  readonly local: { readonly host: string; readonly port: number };
  /**
   * Pins the leg to Asterisk's own end. Datagrams from any other source are counted and dropped. A websocket that was lost
   * can be followed by another one: what had not been heard is said there.
   */
  connect(remote: MediaRemote): void;
  subscribe(listener: (event: MediaEvent) => void): Unsubscribe;

  /** Appends audio to the playout queue. `id` comes back in the playout events. */
  play(id: string, audio: SharedPcm, options?: PlayOptions): void;
  /** Opens an item that is still being synthesised; feed it with `append`, end it with `finish`. */
  playStream(id: string, options?: PlayOptions): void;
  append(id: string, samples: Int16Array): void;
  finish(id: string): void;
  /** Drops everything that is queued or playing, within one frame. RTP goes on with silence. */
  flush(): void;
  /**
   * Goes on with what the caller's speech cut short (`resumable` in its `playout-end`), from the last pause before the
   * cut: it was no speech after all. After a `flush` there is nothing to go on with.
   */
  resume(): void;

  /** Starts, changes or ends (`undefined`) listening. Speech while not listening is ignored. */
  listen(options: ListenOptions | undefined): void;
  /**
   * The turn deadline: when nothing audible is playing or queued `afterMs` after the caller's last voiced sample (or,
   * before any speech, after `waitingSinceMs`), the media thread plays `prompt` itself — even when the main thread
   * is blocked — and tells with `deadline`. Arming again replaces, `undefined` disarms. New speech holds it back.
   */
  arm(deadline: TurnDeadline | undefined): void;
  /**
   * Records the call from now on to a new WAV file (stereo, 8 kHz: caller left, bot right, sample-aligned), until
   * `undefined` or the end of the leg. Written by a thread of its own, a valid file after each second. When the file
   * cannot be written (it exists, no room) that is logged, and the call goes on.
   */
  record(path: string | undefined): void;
  /** Writes every datagram of the leg to a new pcap file, for support: until `undefined`, the end, or 40 MiB. RTP only. */
  capture(path: string | undefined): void;
  /** Writes silence in place of what both sides say to the recording and the capture, until `false`. */
  redact(on: boolean): void;
  /**
   * Sends silence while there is nothing to say, until `false`, as RTP does at all times: what Asterisk mixes into our voice,
   * a whisper, is heard only while something comes from us.
   */
  steady(on: boolean): void;
  stats(): Promise<LegStats>;
  /** Kept when the leg has been closed: its last counters, for the call's record; `undefined` when its thread died. */
  readonly ended: Promise<LegStats | undefined>;
  /** Closes socket and queue. Idempotent. */
  close(): void;
}

export interface PlayOptions {
  /** Whether the caller's speech stops it. @defaultValue true */
  readonly bargeIn?: boolean;
}

export interface ListenOptions {
  readonly turnId: string;
  /** Voiced time that makes a speech start while nothing is played. @defaultValue 60 */
  readonly minSpeechMs?: number;
  /** Voiced time that counts as barge-in while the bot speaks. @defaultValue 60 */
  readonly bargeInMs?: number;
  /** Silence after speech at which the utterance so far is handed out (`pause`) for speculative recognition. @defaultValue 180 */
  readonly pauseMs?: number;
  /** Silence at which the utterance ends whatever was understood (`utterance-end`). @defaultValue 1200 */
  readonly maxPauseMs?: number;
  /** Longest utterance; then `utterance-end` comes with `cut: true`. @defaultValue 12000 */
  readonly maxUtteranceMs?: number;
}

export interface TurnDeadline {
  readonly turnId: string;
  readonly afterMs: number;
  /** Since when the caller waits who does not have to say anything more; absent: the deadline waits for speech. */
  readonly waitingSinceMs?: number;
  readonly prompt: SharedPcm;
}

export type MediaEvent =
  /** The caller began to speak; playout that allows barge-in has been flushed. `atMs` is the onset of the speech. */
  | {
      readonly type: 'speech-start';
      readonly turnId: string;
      readonly utteranceId: number;
      readonly atMs: number;
      readonly bargedIn: boolean;
    }
  /**
   * The caller has been silent for `pauseMs`: the utterance so far, with 200 ms of audio before the onset.
   * A caller who goes on gets a `speech-resume`, and later another `pause` with the whole utterance.
   */
  | {
      readonly type: 'pause';
      readonly turnId: string;
      readonly utteranceId: number;
      readonly samples: Int16Array;
      readonly speechStartMs: number;
      readonly lastVoicedMs: number;
      /** When the voice could be heard the last time, by its energy alone: what turns are timed by. */
      readonly endedMs: number;
      readonly atMs: number;
    }
  /** In a pause: perhaps the voice comes back, perhaps it was a breath. Who is about to answer waits a moment (`endsAtMs`). */
  | { readonly type: 'speech-sign'; readonly turnId: string; readonly utteranceId: number; readonly atMs: number }
  | { readonly type: 'speech-resume'; readonly turnId: string; readonly utteranceId: number; readonly atMs: number }
  | {
      readonly type: 'utterance-end';
      readonly turnId: string;
      readonly utteranceId: number;
      readonly lastVoicedMs: number;
      readonly atMs: number;
      readonly cut: boolean;
    }
  /** The first packet of an item left the socket; `audibleAtMs` is the moment of its first voiced sample. */
  | {
      readonly type: 'playout-start';
      readonly id: string;
      readonly atMs: number;
      readonly audibleAtMs: number;
    }
  | {
      readonly type: 'playout-end';
      readonly id: string;
      readonly atMs: number;
      readonly reason: 'finished' | 'flushed';
      readonly heardMs: number;
      /** Cut short by the caller's speech, and kept for `resume`. */
      readonly resumable: boolean;
    }
  /** The turn deadline fired: its prompt is being played by the media thread. */
  | { readonly type: 'deadline'; readonly turnId: string; readonly atMs: number }
  /**
   * Nothing from Asterisk for `silentMs`. Sent once, again after audio came back. With 0: the media thread, the socket or the
   * websocket is gone, and nobody is heard on this line any more.
   */
  | { readonly type: 'media-lost'; readonly atMs: number; readonly silentMs: number };

/**
 * Counters of one leg since it was opened, in packets. They are our own: Asterisk speaks no RTCP on this leg.
 *
 * Every datagram is counted in exactly one of `foreign`, `malformed` (but see there), `refused`, `jumps` and `received`.
 */
export interface LegStats {
  /** RTP of the pinned source that belongs to its stream, with late ones and duplicates. */
  readonly received: number;
  readonly sent: number;
  /** From another address or port than the pinned one, or before `connect`. */
  readonly foreign: number;
  /** No RTP, too long, or a payload that was not agreed on (which also counts as `received`: it holds its place). */
  readonly malformed: number;
  /**
   * Never came, up to now (RFC 3550 A.3). A key press counts its own packets here, about eight: Asterisk keeps the caller's
   * numbers, and takes those packets out.
   */
  readonly lost: number;
  /** Came after a packet with a higher sequence number. */
  readonly reordered: number;
  /** Came after they had been given up. Also in `reordered`, not in `lost`. */
  readonly late: number;
  /** Came again: a network that doubles packets, or a replay. */
  readonly duplicates: number;
  /** Far from the stream's sequence numbers, and not followed by a second one there. */
  readonly jumps: number;
  /** Times that the sender began anew: another SSRC, or a jump that was believed. */
  readonly restarts: number;
  /** More than twice real time: dropped unheard. */
  readonly refused: number;
  /** Frames of 20 ms that were made up for lost packets. */
  readonly concealed: number;
  /** RFC 3550 A.8 interarrival jitter. */
  readonly jitterMs: number;
  /** How long a missing packet is waited for at present. */
  readonly waitMs: number;
}

/** Sums of counters over legs. */
export type LegTotals = Omit<LegStats, 'jitterMs' | 'waitMs'>;

export interface MediaPlaneStats {
  readonly legs: number;
  /** Of all legs that there are and were, less those of a thread that died: for counters that only rise but for that. */
  readonly packets: LegTotals;
  /** How late the pacer's ticks were since the last call of `stats`. */
  readonly lateness: { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number };
}

import type { Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import type { Distribution } from './distribution.js';
import { isDtmfKey, type DtmfOptions } from './dtmf.js';
import type { Recording } from './recording.js';
import type { ReceiverStats, RtpReceiver } from './rtp-receiver.js';
import type { Played, RtpSender } from './rtp-sender.js';
import type { SipDialog } from './sip-dialog.js';

/** How a call ended: who said BYE (or refused), and the last SIP status. */
export interface CallEnd {
  readonly by: 'us' | 'them';
  readonly status: number;
  readonly reason: string;
  readonly atMs: number;
}

export interface CallerStats extends ReceiverStats {
  /** How late our own 20 ms ticks were: what a latency measured by this caller is worth. */
  readonly latenessMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

export interface CallerCallParts {
  readonly clock: Clock;
  readonly dialog: SipDialog;
  readonly sender: RtpSender;
  readonly receiver: RtpReceiver;
  readonly invitedMs: number;
  readonly answeredMs: number;
  readonly ended: Promise<CallEnd>;
}

/** How often a wait looks at the recording. The moments it returns are those of the packets, not of the look. */
const LOOK_MS = 10;

/** A call that was answered. Moments are `clock.nowMs()`. Waits resolve with `undefined` on timeout or when the call ended. */
export class CallerCall {
  readonly #parts: CallerCallParts;
  #over = false;

  constructor(parts: CallerCallParts) {
    this.#parts = parts;
    void parts.ended.then(() => {
      this.#over = true;
      parts.sender.stop();
    });
  }

  get callId(): string {
    return this.#parts.dialog.callId;
  }

  get invitedMs(): number {
    return this.#parts.invitedMs;
  }

  get answeredMs(): number {
    return this.#parts.answeredMs;
  }

  /** Now, on the clock of all moments of this call. */
  nowMs(): number {
    return this.#parts.clock.nowMs();
  }

  get ended(): Promise<CallEnd> {
    return this.#parts.ended;
  }

  /** What came in, at its arrival. */
  get heard(): Recording {
    return this.#parts.receiver.heard;
  }

  /** What we said. */
  get spoken(): Recording {
    return this.#parts.sender.spoken;
  }

  get lateness(): Distribution {
    return this.#parts.sender.lateness;
  }

  get stats(): CallerStats {
    const { lateness } = this.#parts.sender;
    const latenessMs = { p50: lateness.percentile(0.5), p99: lateness.percentile(0.99), max: lateness.max };
    return { ...this.#parts.receiver.stats, latenessMs };
  }

  /** Left what we said, right what we heard, from the answer on: PCM16 at 8,000 Hz, for `writeWav`. */
  stereo(): [spoken: Int16Array, heard: Int16Array] {
    return [this.spoken.timeline(this.answeredMs), this.heard.timeline(this.answeredMs)];
  }

  /** Speaks PCM16 mono at 8,000 Hz. Resolves when the last packet has left (or the call ended). */
  play(samples: Int16Array): Promise<Played> {
    return this.#parts.sender.play(samples);
  }

  /** Presses keys. @throws HandrailError HR_USAGE for what is no key, HR_CALL_FAILED when the other side takes no events */
  async dtmf(digits: string, options?: DtmfOptions): Promise<void> {
    if (![...digits].every(isDtmfKey)) throw new HandrailError('HR_USAGE', 'Keys are 0-9, *, # and A-D.');
    try {
      await this.#parts.sender.dtmf(digits, options);
    } catch (cause) {
      throw new HandrailError('HR_CALL_FAILED', 'The other side takes no keys (RFC 4733).', { cause });
    }
  }

  /** Says BYE and resolves when the call has ended. Idempotent. */
  hangup(): Promise<CallEnd> {
    this.#parts.dialog.hangup();
    return this.ended;
  }

  /** The first voice (to 5 ms) heard at or after `afterMs` (default: now). A click is no voice. */
  waitForSpeech(options: {
    readonly afterMs?: number;
    readonly timeoutMs: number;
  }): Promise<{ readonly firstVoicedMs: number } | undefined> {
    const afterMs = options.afterMs ?? this.#parts.clock.nowMs();
    return this.#until(options.timeoutMs, () => {
      const firstVoicedMs = this.heard.firstVoicedAfter(afterMs);
      return firstVoicedMs === undefined ? undefined : { firstVoicedMs };
    });
  }

  /** Waits until nothing voiced was heard for `ms` — by the clock: packets of silence and no packets are the same. */
  waitForSilence(options: {
    readonly ms: number;
    readonly timeoutMs: number;
  }): Promise<{ readonly silentSinceMs: number } | undefined> {
    return this.#until(options.timeoutMs, () => {
      const silentSinceMs = this.heard.lastVoicedMs ?? this.answeredMs;
      return this.#parts.clock.nowMs() - silentSinceMs >= options.ms ? { silentSinceMs } : undefined;
    });
  }

  #until<T>(timeoutMs: number, look: () => T | undefined): Promise<T | undefined> {
    const { clock } = this.#parts;
    const deadlineMs = clock.nowMs() + timeoutMs;
    return new Promise((resolve) => {
      const tick = (): void => {
        const found = look();
        if (found !== undefined || this.#over || clock.nowMs() >= deadlineMs) resolve(found);
        else clock.after(LOOK_MS, tick);
      };
      tick();
    });
  }
}

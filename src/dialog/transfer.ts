import { legChannelId } from '../ari/ids.js';
import type { AriPort } from '../ari/port.js';
import type { CallLine } from './call-line.js';
import { ringback } from './tones.js';
import { TELEPHONE_RATE_HZ, type MediaCodec } from '../externalmedia/port.js';
import type { Cancel, Clock } from '../kernel/clock.js';

export interface TransferRequest {
  readonly callId: string;
  /** 1 for the first person who is called on this call, 2 for the next. */
  readonly attempt: number;
  readonly endpoint: string;
  readonly callerId: string;
  readonly ringMs: number;
  readonly format: MediaCodec;
}

/** One ring and its silence. */
const RING_PERIOD_MS = ringback.samples.length / (TELEPHONE_RATE_HZ / 1_000);

/**
 * Calls a person and connects them with the caller. The caller stays ours until somebody answers, so that “nobody is
 * there” leads back into the flow, and hears it ring meanwhile. `gone` is kept when a connected person hangs up.
 */
export function callPerson(
  ari: AriPort,
  line: CallLine,
  request: TransferRequest,
  clock: Clock,
): { readonly answered: Promise<boolean>; readonly gone: Promise<void>; readonly cancel: () => void } {
  const channelId = legChannelId(request.callId, request.attempt);
  let settle: (answered: boolean) => void = () => undefined;
  let leave: () => void = () => undefined;
  const answered = new Promise<boolean>((resolve) => (settle = resolve));
  const gone = new Promise<void>((resolve) => (leave = resolve));
  let cancelTimer: Cancel = () => undefined;

  const unsubscribe = ari.onChannel(channelId, (event) => {
    if (event.type === 'stasis-start') {
      cancelTimer();
      void line.connectTo(channelId).then(
        () => settle(true),
        () => giveUp(),
      );
    } else if (event.type === 'channel-destroyed' || event.type === 'stasis-end') {
      unsubscribe();
      cancelTimer();
      line.leg.flush();
      settle(false);
      leave();
    }
  });
  const giveUp = (): void => {
    line.leg.flush();
    unsubscribe();
    cancelTimer();
    settle(false);
    void ari.hangup(channelId, 'normal').catch(() => undefined);
  };
  cancelTimer = clock.after(request.ringMs, giveUp);
  ari
    .originate({
      channelId,
      endpoint: request.endpoint,
      callerId: request.callerId,
      timeoutMs: request.ringMs,
      format: request.format,
      appArgs: 'person',
    })
    .catch(giveUp);
  for (let rungMs = 0; rungMs < request.ringMs; rungMs += RING_PERIOD_MS)
    line.leg.play(`ring-${String(request.attempt)}-${String(rungMs)}`, ringback);
  return { answered, gone, cancel: giveUp };
}

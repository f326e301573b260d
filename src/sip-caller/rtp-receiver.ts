import type { Clock } from '../kernel/clock.js';
import { g711 } from '../externalmedia/g711.js';
import { createRtpView, parseRtp } from '../externalmedia/rtp.js';
import { sequenceDistance } from '../externalmedia/sequence.js';
import { Recording } from './recording.js';
import { payloadTypes, type CallerCodec } from './sdp.js';

/** Counters of what arrived. */
export interface ReceiverStats {
  readonly received: number;
  /** Sequence numbers that never came; packets that came late take themselves off again. */
  readonly lost: number;
  readonly reordered: number;
  /** RTCP, other payload types, datagrams that are no RTP. */
  readonly ignored: number;
}

const codecOfType = new Map<number, CallerCodec>([
  [payloadTypes.ulaw, 'ulaw'],
  [payloadTypes.alaw, 'alaw'],
]);

/** The caller's ear: every packet is decoded and recorded at the moment of its arrival, nothing is evened out. */
export class RtpReceiver {
  readonly heard = new Recording();
  readonly #view = createRtpView();
  #ssrc: number | undefined;
  #highest = 0;
  #received = 0;
  #lost = 0;
  #reordered = 0;
  #ignored = 0;

  constructor(private readonly clock: Clock) {}

  take(packet: Uint8Array): void {
    const view = this.#view;
    const codec = parseRtp(packet, view) === undefined ? codecOfType.get(view.payloadType) : undefined;
    if (codec === undefined) {
      this.#ignored += 1;
      return;
    }
    this.#received += 1;
    this.#follow(view.ssrc, view.sequence);
    const samples = new Int16Array(view.payloadEnd - view.payloadStart);
    g711(codec).decode(packet, view.payloadStart, view.payloadEnd, samples);
    this.heard.add({ atMs: this.clock.nowMs(), samples });
  }

  get stats(): ReceiverStats {
    return { received: this.#received, lost: this.#lost, reordered: this.#reordered, ignored: this.#ignored };
  }

  /** Asterisk begins a new source (SSRC) when the call is bridged anew: no loss. */
  #follow(ssrc: number, sequence: number): void {
    const ahead = sequenceDistance(sequence, this.#highest);
    if (ssrc !== this.#ssrc) {
      this.#ssrc = ssrc;
      this.#highest = sequence;
    } else if (ahead > 0) {
      this.#lost += ahead - 1;
      this.#highest = sequence;
    } else {
      this.#reordered += 1;
      this.#lost = Math.max(0, this.#lost - 1);
    }
  }
}

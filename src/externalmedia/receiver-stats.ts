import { TELEPHONE_RATE_HZ } from './port.js';
import { sequenceDistance, timestampDistance } from './sequence.js';

const UNITS_PER_MS = TELEPHONE_RATE_HZ / 1_000;
/** A change of the transit time by more than 1 s is a sender that set its clock anew, not jitter. */
const MAX_CHANGE_UNITS = TELEPHONE_RATE_HZ;

/**
 * Statistics of the packets of one sender: RFC 3550 A.3 (loss) and A.8 (jitter), with sums over changes of the SSRC.
 * They are all that there is: Asterisk's UnicastRTP channel opens no RTCP socket and sends no reports (chan_rtp.c never
 * sets AST_RTP_PROPERTY_RTCP).
 */
export class ReceiverStats {
  #received = 0;
  #lostBefore = 0;
  #reordered = 0;
  #jitterUnits = 0;
  /** Of the current stream: */
  #highest: number | undefined;
  #expected = 0;
  #streamReceived = 0;
  /** NaN before its first packet: a field that is always a number is written without allocation. */
  #transit = Number.NaN;

  /** Counts one packet. `isNew` is false for a duplicate, which A.3 would count against the loss. */
  packet(sequence: number, timestamp: number, arrivalMs: number, isNew: boolean): void {
    this.#received++;
    if (isNew) this.#streamReceived++;
    if (this.#highest === undefined) {
      this.#highest = sequence;
      this.#expected = 1;
    } else {
      const ahead = sequenceDistance(sequence, this.#highest);
      if (ahead > 0) {
        this.#highest = sequence;
        this.#expected += ahead;
      } else if (ahead < 0) this.#reordered++;
    }
    this.#updateJitter(timestamp, arrivalMs);
  }

  /** The sender began anew (another SSRC, or a jump): what was lost so far is kept, the next packet starts the count. */
  restart(): void {
    this.#lostBefore = this.lost;
    this.#highest = undefined;
    this.#expected = 0;
    this.#streamReceived = 0;
    this.#transit = Number.NaN;
  }

  get received(): number {
    return this.#received;
  }

  /** Packets that never came, up to now (one that comes late is taken off again). */
  get lost(): number {
    return this.#lostBefore + Math.max(0, this.#expected - this.#streamReceived);
  }

  get reordered(): number {
    return this.#reordered;
  }

  get jitterMs(): number {
    return this.#jitterUnits / UNITS_PER_MS;
  }

  /** RFC 3550 A.8: J += (|D| - J) / 16, with D the change of the transit time. */
  #updateJitter(timestamp: number, arrivalMs: number): void {
    // Arrival in timestamp units, wrapped as the timestamp is, so that their distance stays meaningful.
    const arrival = Math.round(arrivalMs * UNITS_PER_MS) >>> 0;
    const transit = timestampDistance(arrival, timestamp);
    if (!Number.isNaN(this.#transit)) {
      const change = Math.abs(timestampDistance(transit, this.#transit));
      if (change <= MAX_CHANGE_UNITS) this.#jitterUnits += (change - this.#jitterUnits) / 16;
    }
    this.#transit = transit;
  }
}

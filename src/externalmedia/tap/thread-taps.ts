import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../../kernel/clock.js';
import type { CaptureTap, RecordingTap } from './leg-taps.js';
import type { TapMessage } from './messages.js';
import type { PcapEnd } from './pcap.js';

/** A media thread's way to the writer thread: audio is handed over without a copy. */
export class ThreadTaps {
  constructor(
    private readonly clock: Clock,
    private readonly port: Pick<MessagePort, 'postMessage'>,
  ) {}

  recording(tap: number, path: string): RecordingTap {
    this.#post({ type: 'begin', tap, path, kind: 'recording' });
    return {
      audio: (interleaved) => this.#post({ type: 'audio', tap, interleaved }, [interleaved.buffer]),
      end: () => this.#post({ type: 'end', tap }),
    };
  }

  /** @param remote the far end at the time of a datagram */
  capture(tap: number, path: string, local: PcapEnd, remote: () => PcapEnd | undefined): CaptureTap {
    this.#post({ type: 'begin', tap, path, kind: 'capture' });
    // Captures carry wall time; it is taken once, for it may jump.
    const wallOffsetMs = this.clock.wallMs() - this.clock.nowMs();
    return {
      datagram: (direction, bytes, nowMs) => {
        const far = remote();
        if (!far) return;
        const [source, destination] = direction === 'in' ? [far, local] : [local, far];
        this.#post({ type: 'datagram', tap, atMs: nowMs + wallOffsetMs, source, destination, payload: bytes.slice() });
      },
      end: () => this.#post({ type: 'end', tap }),
    };
  }

  #post(message: TapMessage, transfer: ArrayBuffer[] = []): void {
    this.port.postMessage(message, transfer);
  }
}

import type { CallMedia } from './call-media.js';
import type { LegEnd, LegEndDependencies, OpenCapture } from './leg-end.js';
import type { LegSocket, LegSockets } from './leg-sockets.js';
import type { LegStats, MediaRemote } from './port.js';
import { RtpLeg } from './rtp-leg.js';

/** One call's RTP on a UDP socket of its own. */
export class RtpEnd implements LegEnd {
  /** @throws HandrailError HR_PORT_IN_USE, HR_MEDIA_FAILED */
  static async open(host: string, sockets: LegSockets, deps: LegEndDependencies): Promise<RtpEnd> {
    const leg = new RtpLeg({ ...deps, random: Math.random, send: (datagram) => socket.send(datagram) });
    const socket = await sockets.open(host, {
      datagram: (bytes, arrivalMs) => leg.receive(bytes, arrivalMs),
      trouble: (what, error) => deps.trouble(what, error),
      lost: () => {
        deps.trouble('socket', new Error('it was closed, and not by us'));
        deps.emit({ type: 'media-lost', atMs: deps.nowMs(), silentMs: 0 });
      },
    });
    return new RtpEnd(socket, leg);
  }

  private constructor(
    private readonly socket: LegSocket,
    private readonly leg: RtpLeg,
  ) {}

  get media(): CallMedia {
    return this.leg.media;
  }

  get port(): number {
    return this.socket.local.port;
  }

  connect(remote: MediaRemote): void {
    if (!('host' in remote)) return;
    this.socket.pin(remote);
    this.leg.connect(remote);
  }

  tick(frames: number, skipped: number): void {
    this.leg.tick(frames, skipped);
  }

  /** RTP always is. */
  steady(): void {}

  capture(open: OpenCapture | undefined): void {
    this.leg.capture(open?.(this.socket.local, () => this.leg.remote));
  }

  stats(): LegStats {
    return { ...this.leg.stats(), foreign: this.socket.foreign };
  }

  close(): void {
    this.leg.close();
    this.socket.close();
  }
}

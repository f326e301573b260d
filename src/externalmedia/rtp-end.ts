import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { HandrailError } from '../kernel/errors.js';
import type { CallMedia } from './call-media.js';
import type { LegEnd, LegEndDependencies, OpenCapture } from './leg-end.js';
import type { LegStats, MediaRemote } from './port.js';
import { RtpLeg } from './rtp-leg.js';

/** Room in the kernel for about a second of packets while this thread is busy. */
const RECEIVE_BUFFER_BYTES = 256 * 1024;

/** One call's RTP on a UDP socket of its own. */
export class RtpEnd implements LegEnd {
  readonly #leg: RtpLeg;
  /** False once the socket is closed, by us or by somebody else. */
  #isOpen = true;

  /** @throws HandrailError HR_PORT_IN_USE, HR_MEDIA_FAILED */
  static open(host: string, deps: LegEndDependencies): Promise<RtpEnd> {
    const family = host.includes(':') ? 6 : 4;
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      recvBufferSize: RECEIVE_BUFFER_BYTES,
      // Addresses are never names here, and asking the resolver for each packet costs more than sending it.
      lookup: (address, _options, done) => done(null, address, family),
    });
    return new Promise((resolve, reject) => {
      let isBound = false;
      socket.on('error', (error) => {
        if (isBound) return deps.trouble('socket', error);
        socket.close();
        const code = 'code' in error && error.code === 'EADDRINUSE' ? 'HR_PORT_IN_USE' : 'HR_MEDIA_FAILED';
        reject(new HandrailError(code, `${host}: ${error.message}`));
      });
      socket.bind({ address: host, port: 0, exclusive: true }, () => {
        isBound = true;
        resolve(new RtpEnd(socket, deps));
      });
    });
  }

  private constructor(
    private readonly socket: Socket,
    deps: LegEndDependencies,
  ) {
    const leg = new RtpLeg({
      ...deps,
      random: Math.random,
      send: (datagram) => {
        const { remote } = leg;
        // Without a callback a failed send is silent and cheaper: a lost packet is the network's normal case.
        if (remote && this.#isOpen) socket.send(datagram, remote.port, remote.host);
      },
    });
    this.#leg = leg;
    socket.on('close', () => {
      if (!this.#isOpen) return;
      this.#isOpen = false;
      deps.trouble('socket', new Error('it was closed, and not by us'));
      deps.emit({ type: 'media-lost', atMs: deps.nowMs(), silentMs: 0 });
    });
    socket.on('message', (datagram, from) => {
      try {
        leg.receive(datagram, from.address, from.port);
      } catch (error) {
        deps.trouble('receive', error);
      }
    });
  }

  get media(): CallMedia {
    return this.#leg.media;
  }

  get port(): number {
    return this.socket.address().port;
  }

  connect(remote: MediaRemote): void {
    if ('host' in remote) this.#leg.connect(remote);
  }

  tick(frames: number, skipped: number): void {
    this.#leg.tick(frames, skipped);
  }

  capture(open: OpenCapture | undefined): void {
    const { address, port } = this.socket.address();
    this.#leg.capture(open?.({ host: address, port }, () => this.#leg.remote));
  }

  stats(): LegStats {
    return this.#leg.stats();
  }

  close(): void {
    this.#leg.close();
    if (this.#isOpen) {
      this.#isOpen = false;
      this.socket.close();
    }
  }
}

import { createSocket, type Socket } from 'node:dgram';
import { HandrailError } from '../kernel/errors.js';
import type { LegSocket, LegSocketListener, LegSockets, UdpEnd } from './leg-sockets.js';

/** Room in the kernel for about a second of packets while this thread is busy. */
const RECEIVE_BUFFER_BYTES = 256 * 1024;

/** Node's own sockets: wherever the native part is not built. A datagram is handed on when the event loop comes to it. */
export function createDgramSockets(nowMs: () => number): LegSockets {
  return { open: (host, listener) => openSocket(host, listener, nowMs), receive: () => undefined };
}

function openSocket(host: string, listener: LegSocketListener, nowMs: () => number): Promise<LegSocket> {
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
      if (isBound) return listener.trouble('socket', error);
      socket.close();
      const code = 'code' in error && error.code === 'EADDRINUSE' ? 'HR_PORT_IN_USE' : 'HR_MEDIA_FAILED';
      reject(new HandrailError(code, `${host}: ${error.message}`));
    });
    socket.bind({ address: host, port: 0, exclusive: true }, () => {
      isBound = true;
      resolve(new DgramSocket(socket, listener, nowMs));
    });
  });
}

class DgramSocket implements LegSocket {
  readonly local: UdpEnd;
  foreign = 0;
  #remote: UdpEnd | undefined;
  /** False once it is closed, by us or by somebody else. */
  #isOpen = true;

  constructor(
    private readonly socket: Socket,
    listener: LegSocketListener,
    nowMs: () => number,
  ) {
    const { address, port } = socket.address();
    this.local = { host: address, port };
    socket.on('close', () => {
      if (!this.#isOpen) return;
      this.#isOpen = false;
      listener.lost();
    });
    socket.on('message', (bytes, from) => {
      if (from.port !== this.#remote?.port || from.address !== this.#remote.host) {
        this.foreign++;
        return;
      }
      try {
        listener.datagram(bytes, nowMs());
      } catch (error) {
        listener.trouble('receive', error);
      }
    });
  }

  pin(remote: UdpEnd): void {
    this.#remote = remote;
  }

  send(datagram: Uint8Array): void {
    // A copy, for it may leave later. Without a callback a failed send is silent and cheaper: a lost packet is the network's normal case.
    if (this.#remote && this.#isOpen) this.socket.send(Uint8Array.from(datagram), this.#remote.port, this.#remote.host);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.socket.close();
  }
}

import { createSocket } from 'node:dgram';
import { HandrailError } from '../kernel/errors.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A bound UDP socket, as the caller sees it; tests use a fake. */
export interface Datagrams {
  readonly local: Address;
  send(bytes: Uint8Array, to: Address): void;
  /** The one listener; datagrams that come before it is set are dropped. */
  listen(listener: (bytes: Buffer, from: Address) => void): void;
  /** Idempotent. */
  close(): void;
}

/** Binds a free port. @throws HandrailError HR_CALL_FAILED when the local address is none of this machine */
export async function openDatagrams(host: string): Promise<Datagrams> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (cause) => {
      reject(new HandrailError('HR_CALL_FAILED', `No UDP port on ${host}: ${cause.message}`, { cause }));
    });
    socket.bind(0, host, resolve);
  });
  socket.removeAllListeners('error');
  // A port that nobody listens on is reported back by the kernel; the answer that does not come is what counts.
  socket.on('error', () => undefined);
  let open = true;
  return {
    local: { host, port: socket.address().port },
    send(bytes, to) {
      if (open) socket.send(bytes, to.port, to.host, () => undefined);
    },
    listen(listener) {
      socket.on('message', (bytes, from) => listener(bytes, { host: from.address, port: from.port }));
    },
    close() {
      if (!open) return;
      open = false;
      socket.close();
    },
  };
}

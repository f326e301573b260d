import { createDgramSockets } from './dgram-sockets.js';
import type { NativeIo } from './native-io.js';
import { NativeSockets } from './native-sockets.js';

/** An IP address, never a name, and a UDP port. */
export interface UdpEnd {
  readonly host: string;
  readonly port: number;
}

/** One call's UDP socket. It hears one far end, and nobody before that is named. */
export interface LegSocket {
  readonly local: UdpEnd;
  /** Datagrams that came from anybody else. */
  readonly foreign: number;
  /** From now on this end is heard, and sent to. */
  pin(remote: UdpEnd): void;
  /** Sends to the pinned end, if there is one. The bytes are only valid during the call. */
  send(datagram: Uint8Array): void;
  close(): void;
}

/** What the owner of a socket is told. */
export interface LegSocketListener {
  /** From the pinned end; the bytes are only valid during the call. */
  datagram(bytes: Uint8Array, arrivalMs: number): void;
  /** A mistake that the socket survives. */
  trouble(what: string, error: unknown): void;
  /** The socket was closed, and not by us. */
  lost(): void;
}

/** The UDP sockets of one media thread. */
export interface LegSockets {
  /** @throws HandrailError HR_PORT_IN_USE, HR_MEDIA_FAILED */
  open(host: string, listener: LegSocketListener): Promise<LegSocket>;
  /** Hands on what has come, where that does not happen by itself. */
  receive(): void;
}

/** With the native part where it is built; else Node's own sockets, which do the same for five times the processor time. */
export function createLegSockets(io: NativeIo | undefined, nowMs: () => number): LegSockets {
  return io ? new NativeSockets(io) : createDgramSockets(nowMs);
}

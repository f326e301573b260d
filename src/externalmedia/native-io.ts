import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectRoot } from '../kernel/paths.js';

/** Where `npm run build` puts what it makes of native/media-io.c. */
export const nativeIoPath = join(projectRoot, 'dist', 'native', 'media-io.node');

/** Whether a thread goes before the machine's other work: in the real-time class, or favoured among all, or not. */
export type ThreadPriority = 'realtime' | 'nice' | 'normal';

/** native/media-io.c, as one thread sees it. A socket is known by a small number, of its own in the process. */
export interface NativeIo {
  /** @throws Error with code EADDRINUSE or EIO */
  open(host: string): [socket: number, port: number];
  pin(socket: number, host: string, port: number): void;
  /** @returns false when somebody else has closed the socket */
  send(socket: number, datagram: Uint8Array): boolean;
  /**
   * Reads what waits on all sockets. Datagram n is written to `slots` at `n × slotBytes`; `notes` gets three numbers for
   * each: its socket, its length (0 if it is longer than a slot) and when the kernel took it, in ms of the monotonic clock.
   * @returns how many there are
   */
  receive(slots: Uint8Array, slotBytes: number, notes: Float64Array): number;
  foreign(socket: number): number;
  close(socket: number): void;
  /** Who is called by the timer from now on. */
  onTimer(callback: () => void): void;
  /** Sets the timer to a time of the monotonic clock, in ms; 0 stops it. */
  wakeAt(ms: number): void;
  /**
   * Whether what comes at Node's own sockets, and from other threads, waits for the timer: hundreds of them wake the thread
   * together then.
   */
  gather(on: boolean): void;
  /** The calling thread asks to be served before others. Threads that it starts are as others again. @returns what it got */
  goFirst(): ThreadPriority;
}

/** Throws when it was not built here, or not for this system; every thread loads its own. */
export function loadNativeIo(): NativeIo {
  const load = createRequire(import.meta.url);
  return load(nativeIoPath) as NativeIo;
}

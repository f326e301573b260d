import { HandrailError } from '../kernel/errors.js';
import type { LegSocket, LegSocketListener, LegSockets, UdpEnd } from './leg-sockets.js';
import type { NativeIo } from './native-io.js';

/** Above any packet of audio: 60 ms of L16 are 972 bytes. */
const SLOT_BYTES = 2_048;
const SLOTS = 1_024;
/** A pass ends when fewer slots than this are free (media-io.c): then there may be more. */
const BATCH = 32;
/** What waits after a stall of a second comes in so many; a flood does not get more, either. */
const MAX_PASSES = 32;

/** The sockets of native/media-io.c: read in one pass, with the time at which the kernel took each datagram. */
export class NativeSockets implements LegSockets {
  /** By their numbers, which are looked up for each datagram. */
  readonly #sockets: (NativeSocket | undefined)[] = [];
  readonly #bytes = new Uint8Array(SLOTS * SLOT_BYTES);
  readonly #notes = new Float64Array(3 * SLOTS);
  /** A view of each slot's last datagram: the next one there is mostly as long, and needs no other. */
  readonly #views = Array.from({ length: SLOTS }, () => new Uint8Array(0));

  constructor(private readonly io: NativeIo) {}

  async open(host: string, listener: LegSocketListener): Promise<LegSocket> {
    try {
      const [number, port] = this.io.open(host);
      // The number was free: whose it is here was closed by somebody else, and must not speak through the new one.
      this.#sockets[number]?.lose();
      const socket = new NativeSocket(
        this.io,
        number,
        { host, port },
        listener,
        () => (this.#sockets[number] = undefined),
      );
      this.#sockets[number] = socket;
      return socket;
    } catch (error) {
      const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      const detail = error instanceof Error ? error.message : String(error);
      throw new HandrailError(inUse ? 'HR_PORT_IN_USE' : 'HR_MEDIA_FAILED', `${host}: ${detail}`);
    }
  }

  receive(): void {
    for (let pass = 0, count = SLOTS; pass < MAX_PASSES && count > SLOTS - BATCH; pass++) {
      count = this.io.receive(this.#bytes, SLOT_BYTES, this.#notes);
      for (let n = 0; n < count; n++) this.#hand(n);
    }
  }

  #hand(n: number): void {
    const listener = this.#sockets[this.#notes[3 * n] ?? -1]?.listener;
    if (!listener) return;
    try {
      listener.datagram(this.#view(n, this.#notes[3 * n + 1] ?? 0), this.#notes[3 * n + 2] ?? 0);
    } catch (error) {
      listener.trouble('receive', error);
    }
  }

  #view(slot: number, length: number): Uint8Array {
    const last = this.#views[slot];
    if (last?.length === length) return last;
    const start = slot * SLOT_BYTES;
    return (this.#views[slot] = this.#bytes.subarray(start, start + length));
  }
}

class NativeSocket implements LegSocket {
  /** False once it is closed, by us or by somebody else. */
  #isOpen = true;
  #foreign = 0;

  constructor(
    private readonly io: NativeIo,
    private readonly number: number,
    readonly local: UdpEnd,
    readonly listener: LegSocketListener,
    private readonly forget: () => void,
  ) {}

  get foreign(): number {
    if (this.#isOpen) this.#foreign = this.io.foreign(this.number);
    return this.#foreign;
  }

  pin({ host, port }: UdpEnd): void {
    if (this.#isOpen) this.io.pin(this.number, host, port);
  }

  send(datagram: Uint8Array): void {
    if (this.#isOpen && !this.io.send(this.number, datagram)) this.lose();
  }

  /** Somebody else has closed it. */
  lose(): void {
    this.#end();
    this.listener.lost();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#foreign = this.io.foreign(this.number);
    this.#end();
    this.io.close(this.number);
  }

  #end(): void {
    this.#isOpen = false;
    this.forget();
  }
}

import { createSocket } from 'node:dgram';
import { systemClock } from '../src/kernel/clock.js';
import { FarEnds, number, rtpPacket, type FarEnd, type FarEndFigures } from './media-far-ends.js';

/** What the bench tells the farm. `legs` are the UDP ports of the media plane, on 127.0.0.1. */
export type FarmCommand =
  /** Opens a far end for each leg, in place of the legs before, and sends the clip to it in a loop; answered by `called`. */
  | { readonly type: 'call'; readonly legs: readonly number[]; readonly clip: Uint8Array }
  /** Sends `perSecond` packets to one leg: as its far end (numbered and sound), or as a stranger. */
  | {
      readonly type: 'flood';
      readonly leg: number;
      readonly perSecond: number;
      readonly ms: number;
      readonly as: 'pinned' | 'stranger';
    }
  /** Forgets what was counted. */
  | { readonly type: 'mark' }
  | { readonly type: 'report' }
  | { readonly type: 'hang-up' };

export type FarmReport =
  | { readonly type: 'ready' }
  /** The UDP ports on 127.0.0.1 of the far ends, in the order of their legs. */
  | { readonly type: 'called'; readonly ports: readonly number[] }
  | { readonly type: 'flooded'; readonly sent: number }
  | { readonly type: 'report'; readonly figures: FarmFigures };

/** What the far ends heard since `mark`. */
export interface FarmFigures extends FarEndFigures {
  /** When the first voiced packet came on each leg, on the machine's monotonic clock. */
  readonly firstVoicedMs: Readonly<Record<number, number>>;
}

const HOST = '127.0.0.1';
/** How far apart in the clip two neighbours begin, in frames. */
const APART_FRAMES = 37;

/** The other side of many legs in a process of its own. */
class Farm {
  readonly #ends = new FarEnds();
  readonly #legs = new Map<number, FarEnd>();
  /** Addresses are never names here. */
  readonly #stranger = createSocket({ type: 'udp4', lookup: (address, _options, done) => done(null, address, 4) });

  handle(command: FarmCommand): void {
    switch (command.type) {
      case 'call':
        this.#hangUp();
        void this.#call(command.legs, command.clip).then((ports) => report({ type: 'called', ports }));
        return;
      case 'flood':
        void this.#flood(command).then((sent) => report({ type: 'flooded', sent }));
        return;
      case 'mark':
        this.#ends.mark();
        return;
      case 'report':
        report({ type: 'report', figures: { ...this.#ends.figures(), firstVoicedMs: this.#firstVoicedMs() } });
        return;
      case 'hang-up':
        this.#hangUp();
    }
  }

  async #call(legs: readonly number[], clip: Uint8Array): Promise<number[]> {
    const ports: number[] = [];
    for (const [index, port] of legs.entries()) {
      const end = await this.#ends.open(HOST);
      end.call({ host: HOST, port }, clip, index * APART_FRAMES);
      this.#legs.set(port, end);
      ports.push(end.socket.local.port);
    }
    return ports;
  }

  #hangUp(): void {
    for (const end of this.#legs.values()) this.#ends.close(end);
    this.#legs.clear();
  }

  #firstVoicedMs(): Record<number, number> {
    const moments: Record<number, number> = {};
    for (const [port, { firstVoicedMs }] of this.#legs) if (firstVoicedMs !== undefined) moments[port] = firstVoicedMs;
    return moments;
  }

  /** Sends in bursts of a millisecond each; what the machine does not manage is not made up for. */
  async #flood(command: Extract<FarmCommand, { type: 'flood' }>): Promise<number> {
    const end = this.#legs.get(command.leg);
    const packet = rtpPacket();
    const startMs = systemClock.nowMs();
    let sent = 0;
    for (let passedMs = 0; passedMs < command.ms; passedMs = systemClock.nowMs() - startMs) {
      const due = Math.min(sent + 200, Math.floor((passedMs * command.perSecond) / 1_000));
      for (; sent < due; sent++) {
        number(packet, sent);
        // Node's sockets send later: each packet needs its own bytes.
        if (command.as === 'pinned') end?.socket.send(packet.slice());
        else this.#stranger.send(packet.slice(), command.leg, HOST);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    return sent;
  }
}

function report(message: FarmReport): void {
  process.send?.(message);
}

const farm = new Farm();
process.on('message', (command: FarmCommand) => farm.handle(command));
process.on('disconnect', () => process.exit());
report({ type: 'ready' });

import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import type { Clock } from '../kernel/clock.js';
import { Leg } from './leg.js';
import { addTotals, noTotals } from './leg-totals.js';
import type { LegCommand, MediaCommand, MediaReport } from './messages.js';
import { Pacer } from './pacer.js';
import type { PacerStep } from './pacer.js';
import type { LegTotals, MediaEvent } from './port.js';
import { ThreadTaps } from './tap/thread-taps.js';
import { GatedDetector } from './vad/gated-detector.js';
import type { SileroModel } from './vad/silero.js';

interface OpenLeg {
  readonly leg: Leg;
  readonly socket: Socket;
}

/** Room in the kernel for about a second of packets while this thread is busy. */
const RECEIVE_BUFFER_BYTES = 256 * 1024;

/** All legs of one media thread: their sockets, the one pacer, and the commands from the main thread. */
export class ThreadLegs {
  readonly #legs = new Map<number, OpenLeg>();
  readonly #pacer: Pacer;
  #model: SileroModel | undefined;
  #loading: Promise<void> | undefined;
  #taps: ThreadTaps | undefined;
  #closedTotals: LegTotals = noTotals;

  constructor(
    private readonly clock: Clock,
    private readonly report: (message: MediaReport, transfer?: ArrayBuffer[]) => void,
  ) {
    this.#pacer = new Pacer(clock, (step) => this.#tick(step));
  }

  /** Legs that are opened once the model is there are judged by it. Rejects as `loading` does. */
  loadModel(loading: Promise<SileroModel>): Promise<void> {
    const loaded = loading.then((model) => void (this.#model = model));
    this.#loading = loaded.catch(() => undefined);
    return loaded;
  }

  /** Stops the clock and closes what is open. Kept when the thread may end. */
  async stop(): Promise<void> {
    this.#pacer.stop();
    for (const [number, open] of [...this.#legs]) this.#close(number, open);
    await this.#loading;
    await this.#model?.close();
  }

  /** Tells the main thread about a mistake that media survives. */
  trouble(what: string, error: unknown): void {
    this.report({ type: 'trouble', what, detail: error instanceof Error ? error.message : String(error) });
  }

  handle(command: MediaCommand): void {
    try {
      switch (command.type) {
        case 'open':
          this.#open(command);
          return;
        case 'stop':
          void this.stop().then(() => this.report({ type: 'stopped' }));
          return;
        case 'taps':
          this.#taps = new ThreadTaps(this.clock, command.port);
          return;
        case 'leg-stats': {
          const leg = this.#legs.get(command.leg)?.leg;
          const { request } = command;
          if (leg) this.report({ type: 'leg-stats', request, stats: leg.stats() });
          else this.report({ type: 'failed', request, code: 'HR_CALL_GONE', where: 'its media leg is closed' });
          return;
        }
        case 'thread-stats':
          this.report({
            type: 'thread-stats',
            request: command.request,
            legs: this.#legs.size,
            lateness: this.#pacer.lateness.take(),
            packets: this.#totals(),
          });
          return;
        default:
          this.#command(command);
      }
    } catch (error) {
      this.trouble(`command ${command.type}`, error);
    }
  }

  #command(command: LegCommand): void {
    const open = this.#legs.get(command.leg);
    if (!open) return;
    const { leg } = open;
    switch (command.type) {
      case 'connect':
        return leg.connect({ host: command.host, port: command.port });
      case 'play':
        return leg.play(command.id, command.samples, command.bargeIn);
      case 'play-stream':
        return leg.playStream(command.id, command.bargeIn);
      case 'append':
        return leg.append(command.id, command.samples);
      case 'finish':
        return leg.finish(command.id);
      case 'flush':
        return leg.flush();
      case 'resume':
        return leg.resume();
      case 'listen':
        return leg.listen(command.options);
      case 'arm':
        return leg.arm(command.deadline);
      case 'record':
        return leg.record(this.#tap(command.path, (taps, path) => taps.recording(command.tap, path)));
      case 'capture': {
        const { address, port } = open.socket.address();
        const local = { host: address, port };
        return leg.capture(
          this.#tap(command.path, (taps, path) => taps.capture(command.tap, path, local, () => leg.remote)),
        );
      }
      case 'close':
        return this.#close(command.leg, open);
    }
  }

  #tap<Tap>(path: string | undefined, make: (taps: ThreadTaps, path: string) => Tap): Tap | undefined {
    return this.#taps && path !== undefined ? make(this.#taps, path) : undefined;
  }

  #open(command: Extract<MediaCommand, { type: 'open' }>): void {
    const { request, leg: number, codec, host } = command;
    const family = host.includes(':') ? 6 : 4;
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      recvBufferSize: RECEIVE_BUFFER_BYTES,
      // Addresses are never names here, and asking the resolver for each packet costs more than sending it.
      lookup: (address, _options, done) => done(null, address, family),
    });
    const leg = new Leg({
      codec,
      random: Math.random,
      nowMs: () => this.clock.nowMs(),
      createVad: (onWindow) => new GatedDetector(this.#model?.stream(), onWindow),
      emit: (event) => this.#event(number, event),
      send: (datagram) => this.#send(socket, leg, datagram),
    });
    let isBound = false;
    socket.on('error', (error) => {
      if (isBound) return this.trouble('socket', error);
      socket.close();
      const code = 'code' in error && error.code === 'EADDRINUSE' ? 'HR_PORT_IN_USE' : 'HR_MEDIA_FAILED';
      this.report({ type: 'failed', request, code, where: `${host}: ${error.message}` });
    });
    socket.on('message', (datagram, from) => {
      try {
        leg.receive(datagram, from.address, from.port);
      } catch (error) {
        this.trouble('receive', error);
      }
    });
    socket.bind({ address: host, port: 0, exclusive: true }, () => {
      isBound = true;
      this.#legs.set(number, { leg, socket });
      this.report({ type: 'opened', request, port: socket.address().port });
    });
  }

  #close(number: number, open: OpenLeg): void {
    this.#legs.delete(number);
    open.leg.close();
    open.socket.close();
    const stats = open.leg.stats();
    this.#closedTotals = addTotals(this.#closedTotals, stats);
    this.report({ type: 'closed', leg: number, stats });
  }

  #totals(): LegTotals {
    let totals = this.#closedTotals;
    for (const { leg } of this.#legs.values()) totals = addTotals(totals, leg.stats());
    return totals;
  }

  #tick(step: PacerStep): void {
    for (const { leg } of this.#legs.values()) {
      try {
        leg.tick(step.frames, step.skipped);
      } catch (error) {
        this.trouble('tick', error);
      }
    }
  }

  #send(socket: Socket, leg: Leg, datagram: Uint8Array): void {
    const remote = leg.remote;
    // Without a callback a failed send is silent and cheaper: a lost packet is the network's normal case.
    if (remote) socket.send(datagram, remote.port, remote.host);
  }

  #event(leg: number, event: MediaEvent): void {
    const transfer =
      event.type === 'pause' && event.samples.buffer instanceof ArrayBuffer ? [event.samples.buffer] : undefined;
    this.report({ type: 'event', leg, event }, transfer);
  }
}

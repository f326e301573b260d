import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import type { CallMedia } from './call-media.js';
import type { LegEnd, LegEndDependencies } from './leg-end.js';
import type { LegStats, MediaRemote } from './port.js';
import { OneByOne, type Message } from './one-by-one.js';
import { WebsocketLeg } from './websocket-leg.js';

/** Asterisk is next door; a caller waits. */
const CONNECT_WITHIN_MS = 2_000;
/** Asterisk sends frames of 20 ms and short texts. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** One call's media on a websocket to Asterisk's HTTP server. */
export class WebsocketEnd implements LegEnd {
  readonly port = 0;
  readonly #leg: WebsocketLeg;
  #socket: WebSocket | undefined;
  /** What sends on it. */
  #send: (message: Message) => void = () => undefined;

  constructor(private readonly deps: LegEndDependencies) {
    this.#leg = new WebsocketLeg({
      ...deps,
      send: (message) => this.#send(message),
      trouble: (detail) => deps.trouble('media websocket', new Error(detail)),
    });
  }

  get media(): CallMedia {
    return this.#leg.media;
  }

  connect(remote: MediaRemote): void {
    if (!('url' in remote)) return;
    this.#drop();
    const socket = new WebSocket(remote.url, 'media', {
      handshakeTimeout: CONNECT_WITHIN_MS,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
      ca: remote.ca,
    });
    this.#socket = socket;
    this.#send = remote.url.startsWith('wss:') ? oneByOne(socket) : (message) => sendIfOpen(socket, message);
    socket.on('message', (data, isBinary) => this.#message(data, isBinary));
    socket.on('error', (error) => this.deps.trouble('media websocket', error));
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#leg.disconnected();
      this.deps.emit({ type: 'media-lost', atMs: this.deps.nowMs(), silentMs: 0 });
    });
  }

  tick(frames: number, skipped: number): void {
    this.#leg.tick(frames, skipped);
  }

  steady(on: boolean): void {
    this.#leg.steady(on);
  }

  /** There are no datagrams here. */
  capture(): void {}

  stats(): LegStats {
    return this.#leg.stats();
  }

  close(): void {
    this.#leg.close();
    this.#drop();
  }

  #message(data: RawData, isBinary: boolean): void {
    try {
      if (!Buffer.isBuffer(data)) return;
      if (isBinary) this.#leg.receiveAudio(data);
      else this.#leg.receiveText(data.toString('utf8'));
    } catch (error) {
      this.deps.trouble('receive', error);
    }
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#send = () => undefined;
    // Asterisk hangs the channel up when it is closed.
    socket?.close();
  }
}

function oneByOne(socket: WebSocket): (message: Message) => void {
  const queue = new OneByOne((message, left) => sendIfOpen(socket, message, left));
  return (message) => queue.send(message);
}

function sendIfOpen(socket: WebSocket, message: Message, left: () => void = () => undefined): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(message, left);
  else left();
}

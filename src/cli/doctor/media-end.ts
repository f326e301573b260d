import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { AriPort, MediaAddress } from '../../ari/port.js';
import { codecOf } from '../../externalmedia/codec.js';
import { FRAME_SAMPLES } from '../../externalmedia/port.js';
import type { MediaCodec, MediaTransport } from '../../externalmedia/port.js';
import { createRtpView, parseRtp, RTP_HEADER_BYTES, RtpWriter } from '../../externalmedia/rtp.js';
import { HandrailError } from '../../kernel/errors.js';

/** Our end of an external media channel of Asterisk, over either transport. */
export interface MediaEnd {
  /** Sends 20 ms of coded audio. */
  send(payload: Uint8Array): void;
  /** The one listener to the coded audio that comes. */
  listen(listener: (payload: Uint8Array) => void): void;
  close(): void;
}

export interface MediaEndOptions {
  readonly ari: AriPort;
  readonly channelId: string;
  readonly transport: MediaTransport;
  /** Our address, which Asterisk sends RTP to. */
  readonly host: string;
  readonly codec: MediaCodec;
}

/** Asterisk is next door. */
const CONNECT_WITHIN_MS = 2_000;

/** Bytes of 20 ms. */
export function frameBytes(codec: MediaCodec): number {
  return FRAME_SAMPLES * codecOf(codec, 'rtp').bytesPerSample;
}

/** Makes the channel and connects with it. @throws HandrailError of ARI, or HR_MEDIA_FAILED */
export function openMediaEnd(options: MediaEndOptions): Promise<MediaEnd> {
  return options.transport === 'rtp' ? openRtpEnd(options) : openWebsocketEnd(options);
}

async function openRtpEnd({ ari, channelId, host, codec }: MediaEndOptions): Promise<MediaEnd> {
  const socket = await bind(host);
  try {
    const rtpTo = { host, port: socket.address().port };
    const { local, started } = await ari.stageExternalMedia({ channelId, rtpTo, format: codec }).execute();
    await started;
    if (!('host' in local)) throw new HandrailError('HR_ARI_REQUEST', `media channel ${channelId} has no RTP address`);
    return rtpEnd(socket, local, codec);
  } catch (error) {
    socket.close();
    throw error;
  }
}

function rtpEnd(socket: Socket, remote: MediaAddress, codec: MediaCodec): MediaEnd {
  const writer = new RtpWriter(codecOf(codec, 'rtp').payloadType, Math.random, frameBytes(codec));
  const view = createRtpView();
  return {
    send(payload) {
      const slot = writer.next(false);
      slot.payload.set(payload);
      socket.send(slot.bytes, remote.port, remote.host);
    },
    listen(listener) {
      socket.on('message', (datagram) => {
        if (datagram.length <= RTP_HEADER_BYTES || parseRtp(datagram, view) !== undefined) return;
        listener(datagram.subarray(view.payloadStart, view.payloadEnd));
      });
    },
    close: () => void socket.close(),
  };
}

async function openWebsocketEnd({ ari, channelId, codec }: MediaEndOptions): Promise<MediaEnd> {
  const { local, started } = await ari.stageExternalMedia({ channelId, format: codec }).execute();
  if (!('url' in local)) throw new HandrailError('HR_ARI_REQUEST', `media channel ${channelId} has no websocket`);
  const socket = new WebSocket(local.url, 'media', {
    handshakeTimeout: CONNECT_WITHIN_MS,
    perMessageDeflate: false,
    ca: local.ca,
  });
  try {
    await once(socket, 'open');
  } catch (cause) {
    throw new HandrailError('HR_MEDIA_FAILED', `${new URL(local.url).host}: no media websocket`, { cause });
  }
  // One that is lost is told by the audio that does not come.
  socket.on('error', () => undefined);
  await started;
  return {
    send: (payload) => socket.send(payload),
    listen(listener) {
      socket.on('message', (data, isBinary) => {
        if (isBinary && Buffer.isBuffer(data)) listener(data);
      });
    },
    close: () => socket.close(),
  };
}

/** @throws HandrailError HR_MEDIA_FAILED when `host` is no address of this machine */
function bind(host: string): Promise<Socket> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', (cause) => {
      socket.close();
      reject(new HandrailError('HR_MEDIA_FAILED', `${host}: ${cause.message}`, { cause }));
    });
    socket.bind(0, host, () => {
      socket.removeAllListeners('error');
      // An ICMP “port unreachable” must not end the process; the missing packets tell it.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

import { createSocket, type Socket } from 'node:dgram';
import type { AriPort, MediaAddress } from '../../ari/port.js';
import { codecOf } from '../../externalmedia/codec.js';
import { FRAME_SAMPLES } from '../../externalmedia/port.js';
import type { MediaCodec } from '../../externalmedia/port.js';
import { RtpWriter } from '../../externalmedia/rtp.js';
import { HandrailError } from '../../kernel/errors.js';

/** Our end of an external media channel of Asterisk. */
export interface MediaEnd {
  readonly socket: Socket;
  readonly writer: RtpWriter;
  /** Asterisk's end. */
  readonly remote: MediaAddress;
}

export interface MediaEndOptions {
  readonly ari: AriPort;
  readonly channelId: string;
  readonly socket: Socket;
  readonly host: string;
  readonly codec: MediaCodec;
}

/** Makes the channel. @throws HandrailError of ARI */
export async function openMediaEnd({ ari, channelId, socket, host, codec }: MediaEndOptions): Promise<MediaEnd> {
  const rtpTo = { host, port: socket.address().port };
  const { local, started } = await ari.stageExternalMedia({ channelId, rtpTo, format: codec }).execute();
  await started;
  if (!('host' in local)) throw new HandrailError('HR_ARI_REQUEST', `media channel ${channelId} has no RTP address`);
  const { payloadType, bytesPerSample } = codecOf(codec, 'rtp');
  return { socket, remote: local, writer: new RtpWriter(payloadType, Math.random, FRAME_SAMPLES * bytesPerSample) };
}

/** @throws HandrailError HR_MEDIA_FAILED when `host` is no address of this machine */
export function bindMedia(host: string): Promise<Socket> {
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

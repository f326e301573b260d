import { TELEPHONE_RATE_HZ } from '../port.js';

export const WAV_HEADER_BYTES = 44;
const CHANNELS = 2;
const BYTES_PER_FRAME = 2 * CHANNELS;

/** The header of a WAV file with PCM16 stereo at 8 kHz whose data are `dataBytes` long so far (RIFF, little-endian). */
export function stereoWavHeader(dataBytes: number): Uint8Array {
  const bytes = new Uint8Array(WAV_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string): void => {
    for (let i = 0; i < value.length; i++) bytes[at + i] = value.charCodeAt(i);
  };
  text(0, 'RIFF');
  view.setUint32(4, WAV_HEADER_BYTES - 8 + dataBytes, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, CHANNELS, true);
  view.setUint32(24, TELEPHONE_RATE_HZ, true);
  view.setUint32(28, TELEPHONE_RATE_HZ * BYTES_PER_FRAME, true);
  view.setUint16(32, BYTES_PER_FRAME, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, dataBytes, true);
  return bytes;
}

/** Whisper's rate; servers built without ffmpeg accept no other. */
const WHISPER_RATE_HZ = 16_000;
const HEADER_BYTES = 44;

/**
 * PCM16 mono as a 16 kHz WAV file.
 * @param rateHz 8,000 or 16,000
 */
export function wavOf(samples: Int16Array, rateHz: number): Uint8Array<ArrayBuffer> {
  const pcm = rateHz === WHISPER_RATE_HZ ? samples : doubled(samples);
  const wav = new Uint8Array(HEADER_BYTES + pcm.byteLength);
  const view = new DataView(wav.buffer);
  const text = (at: number, value: string): void => wav.set(Buffer.from(value, 'latin1'), at);
  text(0, 'RIFF');
  view.setUint32(4, HEADER_BYTES - 8 + pcm.byteLength, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, WHISPER_RATE_HZ, true);
  view.setUint32(28, WHISPER_RATE_HZ * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, pcm.byteLength, true);
  wav.set(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength), HEADER_BYTES);
  return wav;
}

/** Taps on each side of the half-band filter: flat to 3.4 kHz, mirror images above 4.6 kHz 50 dB down. */
const TAPS = Array.from({ length: 12 }, (_, k) => {
  const distance = k + 0.5;
  const window = 0.54 + 0.46 * Math.cos((Math.PI * distance) / 12);
  return (Math.sin(Math.PI * distance) / (Math.PI * distance)) * window;
});

/** Twice the rate: the old samples, and between each two of them what a band-limited signal has there. */
function doubled(samples: Int16Array): Int16Array {
  const out = new Int16Array(samples.length * 2);
  for (let i = 0; i < samples.length; i++) {
    let between = 0;
    for (let k = 0; k < TAPS.length; k++) {
      between += (TAPS[k] ?? 0) * ((samples[i - k] ?? 0) + (samples[i + 1 + k] ?? 0));
    }
    out[2 * i] = samples[i] ?? 0;
    out[2 * i + 1] = Math.max(-32_768, Math.min(32_767, Math.round(between)));
  }
  return out;
}

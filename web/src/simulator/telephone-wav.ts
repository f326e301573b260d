const RATE_HZ = 8_000;

/** What a browser has recorded, as the telephone would carry it: a WAV, PCM16, mono, 8 kHz, in base64. */
export async function telephoneWav(recorded: ArrayBuffer): Promise<string> {
  const decoder = new AudioContext();
  const audio = await decoder.decodeAudioData(recorded);
  await decoder.close();
  const line = new OfflineAudioContext(1, Math.max(1, Math.ceil(audio.duration * RATE_HZ)), RATE_HZ);
  const source = line.createBufferSource();
  source.buffer = audio;
  source.connect(line.destination);
  source.start();
  return base64(wavOf((await line.startRendering()).getChannelData(0)));
}

/** @param samples −1 to 1 at 8 kHz */
export function wavOf(samples: Float32Array): Uint8Array {
  const bytes = new Uint8Array(44 + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  const text = (at: number, letters: string): void => {
    for (let i = 0; i < letters.length; i++) view.setUint8(at + i, letters.charCodeAt(i));
  };
  text(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE_HZ, true);
  view.setUint32(28, 2 * RATE_HZ, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, at) => {
    view.setInt16(44 + 2 * at, Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), true);
  });
  return bytes;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  // In pieces: a call's arguments are limited.
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

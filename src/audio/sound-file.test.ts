import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readSound } from './sound-file.js';
import { levelDbfs } from './voiced.js';
import { encodeWav } from './wav.js';

const dir = mkdtempSync(join(tmpdir(), 'handrail-sound-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function tool(script: string): string {
  const file = join(dir, `ffmpeg-${String(script.length)}`);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}
const mp3 = Buffer.from('ID3\u0004 and so on', 'latin1');

test('a WAV needs nothing else', async () => {
  expect(await readSound(encodeWav([new Int16Array(800).fill(5)]), 'x', '/nowhere/ffmpeg')).toHaveLength(800);
});

test('other formats are decoded by ffmpeg, held to what the bytes begin with', async () => {
  const ffmpeg = tool(
    'cat >/dev/null; case "$*" in *"-protocol_whitelist pipe -f mp3 -i pipe:0"*) printf "\\001\\000\\002\\000";; *) exit 1;; esac',
  );
  expect([...(await readSound(mp3, 'x', ffmpeg))]).toEqual([1, 2]);
});

/** A second of silence and a second of a tone, again and again: longer than what is read ahead of a file. */
const second = 8_000;
const tone = Int16Array.from({ length: 20 * second }, (_, n) =>
  Math.floor(n / second) % 2 === 0 ? 0 : 8_000 * Math.sin(n / 3),
);

test.skipIf(spawnSync('ffmpeg', ['-version']).status !== 0).each([
  ['wav', 'pcm_f32le'],
  ['wav', 'adpcm_ms'],
  ['aiff', 'pcm_s16be'],
  ['flac', 'flac'],
  ['ogg', 'libvorbis'],
  ['ogg', 'libopus'],
  ['mp3', 'libmp3lame'],
  ['ipod', 'aac'],
])('a file of %s in %s sounds as it did', async (format, codec) => {
  const file = join(dir, codec);
  const coding = ['-f', 'wav', '-i', 'pipe:0', '-c:a', codec, '-ar', '48000', '-b:a', '96k', '-f', format, file];
  spawnSync('ffmpeg', ['-loglevel', 'error', ...coding], { input: encodeWav([tone]) });
  const samples = await readSound(readFileSync(file), 'x');
  // Encoders put up to a tenth of a second around it.
  expect(samples.length).toBeGreaterThanOrEqual(tone.length);
  expect(samples.length).toBeLessThan(tone.length + 1_000);
  for (const [from, to] of [
    [0, 0.95],
    [1.15, 1.9],
    [18.15, 18.9],
    [19.15, 19.9],
  ].map((ends) => ends.map((s) => s * second))) {
    const [is, was] = [levelDbfs(samples, from, to), levelDbfs(tone, from, to)];
    if (was === -Infinity) expect(is).toBeLessThan(-45);
    else expect(Math.abs(is - was)).toBeLessThan(1);
  }
});

test.each([
  ['without ffmpeg', mp3, '/nowhere/ffmpeg', 'needs ffmpeg, which is not installed here'],
  ['that ffmpeg does not read', mp3, tool('exit 3'), 'cannot read this mp3 file'],
  ['that grows without end', Buffer.from('fLaC'), tool('exec cat /dev/zero'), 'longer than five minutes'],
  ['of no known kind', Buffer.from('#EXTM3U'), '/nowhere/ffmpeg', 'is no WAV, AIFF, FLAC, Ogg, MP3 or M4A file'],
  [
    'that is a WAV of six minutes',
    encodeWav([new Int16Array(8_000 * 360)]),
    '/nowhere/ffmpeg',
    'longer than five minutes',
  ],
  ['that is a broken WAV', Buffer.from('RIFF....WAVE'), '/nowhere/ffmpeg', 'has no format chunk'],
])('a file %s is refused', async (_what, bytes, ffmpeg, why) => {
  await expect(readSound(bytes, 'x', ffmpeg)).rejects.toMatchObject({
    code: 'HR_WAV_INVALID',
    message: expect.stringContaining(why) as string,
  });
});

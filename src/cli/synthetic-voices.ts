import { spawn } from 'node:child_process';
import { HandrailError } from '../kernel/errors.js';

/** A sentence to be spoken into a WAV file (any rate that `readWav` takes). */
export interface SpeechJob {
  readonly text: string;
  readonly path: string;
}

/** Something that can speak in a voice of its own. */
export interface SyntheticVoice {
  /** Goes into file names and the `speaker` field: small letters, digits and `-`. */
  readonly name: string;
  speak(jobs: readonly SpeechJob[]): Promise<void>;
}

/** Piper's own knobs: how slow, how lively, how uneven in rhythm. */
interface PiperManner {
  readonly name: string;
  readonly lengthScale: number;
  readonly noiseScale: number;
  readonly noiseWidth: number;
}

/** None of them is the manner of the bot's own voice (1.0, 0, 0). */
const piperManners: readonly PiperManner[] = [
  { name: 'piper-brisk', lengthScale: 0.85, noiseScale: 0.667, noiseWidth: 0.8 },
  { name: 'piper-even', lengthScale: 1.0, noiseScale: 0.9, noiseWidth: 0.5 },
  { name: 'piper-slow', lengthScale: 1.25, noiseScale: 0.5, noiseWidth: 1.0 },
];

/** One process for all sentences of a manner: loading the voice costs a second. piper-tts is GPL: only ever a process. */
const piperScript = `
import json, sys, wave
from piper import PiperVoice, SynthesisConfig
model, length, noise, width = sys.argv[1], *map(float, sys.argv[2:5])
voice = PiperVoice.load(model)
manner = SynthesisConfig(length_scale=length, noise_scale=noise, noise_w_scale=width)
for job in map(json.loads, sys.stdin):
    with wave.open(job["path"], "wb") as file:
        voice.synthesize_wav(job["text"], file, manner)
`;

/** @param python the venv's interpreter @param model the voice's .onnx, its .onnx.json beside it */
export function piperVoices(python: string, model: string): SyntheticVoice[] {
  return piperManners.map(({ name, lengthScale, noiseScale, noiseWidth }) => ({
    name,
    speak(jobs) {
      const args = ['-c', piperScript, model, String(lengthScale), String(noiseScale), String(noiseWidth)];
      return feed(python, args, jobs.map((job) => `${JSON.stringify(job)}\n`).join(''));
    },
  }));
}

/** espeak-ng's formant voice, where the machine has it: quite unlike Piper's. */
export function espeakVoice(binary = 'espeak-ng'): SyntheticVoice {
  return {
    name: 'espeak',
    async speak(jobs) {
      for (const { text, path } of jobs) await feed(binary, ['-v', 'en-us', '-s', '150', '-w', path, '--stdin'], text);
    },
  };
}

/** @throws HandrailError HR_SETUP_FAILED with the program's last words */
export function feed(command: string, args: readonly string[], input: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'] });
    let words = '';
    const fail = (why: string): void => reject(new HandrailError('HR_SETUP_FAILED', `${command}: ${why}`));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-500)));
    child.on('error', (error) => fail(error.message));
    child.on('close', (code) => (code === 0 ? resolve() : fail(`exit code ${String(code)}. ${words.trim()}`)));
    // A program that ends early closes its input; its exit code tells more than EPIPE.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/**
 * Stands in for the Python of the speech engines: runs the real worker and passes its frames on, until the file that
 * HANDRAIL_CHAOS_MODE names says otherwise. A fault so injected is one of the process that the product sees.
 *
 * node engine-wrapper.mjs REAL_PYTHON ARGS…
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

const LATE_MS = 5_000;
const [python, ...args] = process.argv.slice(2);
const engine = args.some((arg) => arg.includes('whisper_worker')) ? 'whisper' : 'piper';
const child = spawn(python, args, { stdio: ['pipe', 'pipe', 'inherit'] });

process.stdin.pipe(child.stdin);
child.stdin.on('error', () => undefined);
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => (signal ? process.kill(process.pid, 'SIGKILL') : process.exit(code ?? 1)));

let buffered = Buffer.alloc(0);
let broken = false;
child.stdout.on('data', (chunk) => {
  buffered = Buffer.concat([buffered, chunk]);
  while (buffered.length >= 8) {
    const length = 4 + buffered.readUInt32LE(0);
    if (buffered.length < length) return;
    const frame = buffered.subarray(0, length);
    buffered = Buffer.from(buffered.subarray(length));
    const header = JSON.parse(frame.toString('utf8', 8, 8 + frame.readUInt32LE(4)));
    pass(frame, header.type);
  }
});

/** Health questions are answered in every mode: what only looks alive is the harder fault. */
function pass(frame, type) {
  if (broken) return;
  const mode = type === 'pong' || type === 'ready' ? 'pass' : modeNow();
  switch (mode) {
    case 'never-answers':
      return;
    case 'first-byte-late':
      setTimeout(() => process.stdout.write(frame), LATE_MS);
      return;
    case 'stalls-in-the-middle':
      broken = true;
      process.stdout.write(frame.subarray(0, Math.ceil(frame.length / 2)));
      return;
    case 'garbage':
      process.stdout.write(randomBytes(frame.length));
      return;
    default:
      process.stdout.write(frame);
  }
}

function modeNow() {
  try {
    const told = JSON.parse(readFileSync(process.env.HANDRAIL_CHAOS_MODE, 'utf8'));
    return told[engine] ?? 'pass';
  } catch {
    return 'pass';
  }
}

import { spawn } from 'node:child_process';
import { SetupError } from './report.mjs';

const keptLines = 15;

/**
 * Runs a program to its end; its output is kept, not printed.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} [options] `onLine` sees stdout and stderr
 * @returns {Promise<string>} everything it wrote to stdout
 * @throws {SetupError} with the last lines, when it cannot be started or exits other than with 0
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    const last = [];
    const lines = (stream) => {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text) => {
        const parts = (rest + text).split(/[\r\n]+/);
        rest = parts.pop();
        for (const line of parts.filter(Boolean)) {
          if (last.push(line) > keptLines) last.shift();
          options.onLine?.(line);
        }
      });
      stream.on('end', () => rest && last.push(rest));
    };
    child.stdout.on('data', (data) => (stdout += data));
    lines(child.stdout);
    lines(child.stderr);
    child.on('error', (error) => reject(new SetupError(`${command} could not be started: ${error.message}.`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(stdout);
      const words = last.map((line) => `    ${line}`).join('\n');
      reject(new SetupError(`${command} ${args[0] ?? ''} ended with ${signal ?? code}. Its last words:\n${words}\n `));
    });
  });
}

/** Whether a program is there and exits with 0. */
export async function works(command, args, options) {
  try {
    await run(command, args, options);
    return true;
  } catch {
    return false;
  }
}

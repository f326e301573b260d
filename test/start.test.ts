import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePbxPorts } from '../src/cli/private-pbx.js';
import { projectRoot } from '../src/kernel/paths.js';
import { until } from './harness.js';
import { cliScript } from './support/cli.js';
import { processesMarked } from './support/processes.js';

const UP_WITHIN_MS = 60_000;
const GONE_WITHIN_MS = 30_000;

/** What is stopped here needs no engine, and is up in seconds without one. */
const withoutEngines = { HANDRAIL_STT_ENGINE: 'off', HANDRAIL_TTS_ENGINE: 'off', HANDRAIL_LLM_ENGINE: 'off' } as const;

const isAsterisk = ({ command }: { command: string }): boolean => command.includes('asterisk');

it('a bench that is ended while it starts leaves nothing behind, Asterisk least of all', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'handrail-bench-ended-'));
  const script = join(projectRoot, 'dist/bench/main.js');
  const started = spawn(process.execPath, [script, 'v2v', '--turns', '1'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...withoutEngines, TMPDIR: folder },
  });
  try {
    const ended = once(started, 'exit');
    expect(await until(UP_WITHIN_MS, () => processesMarked(folder).find(isAsterisk)), 'Asterisk').toBeDefined();
    started.kill('SIGINT');
    started.kill('SIGTERM');
    expect(await ended).toEqual([130, null]);
    await until(GONE_WITHIN_MS, () => (processesMarked(folder).length === 0 ? true : undefined));
    expect(processesMarked(folder)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    for (const { pid } of processesMarked(folder)) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});

it('a second Ctrl-C while everything is being stopped leaves nothing behind, Asterisk least of all', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'handrail-start-'));
  const { sipPort, httpPort, rtpStart, rtpEnd } = await freePbxPorts();
  const started = spawn(process.execPath, [cliScript, 'start', '--no-demo'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      HANDRAIL_DATA: dataDir,
      HANDRAIL_PBX_SIP_PORT: String(sipPort),
      HANDRAIL_PBX_HTTP_PORT: String(httpPort),
      HANDRAIL_PBX_RTP_START: String(rtpStart),
      HANDRAIL_PBX_RTP_END: String(rtpEnd),
      HANDRAIL_ADMIN_PORT: '0',
      ...withoutEngines,
    },
  });
  try {
    const ended = once(started, 'exit');
    let said = '';
    started.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    expect(await until(UP_WITHIN_MS, () => (said.includes('Handrail is up.') ? true : undefined)), said).toBe(true);
    expect(processesMarked(dataDir).some(isAsterisk)).toBe(true);
    // With the word itself: a look every now and then may come when all is stopped and the process about to end.
    started.stdout.on('data', (text: string) => {
      if (text.includes('Stopping')) started.kill('SIGINT');
    });
    started.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(said).toMatch(/Stopping[^]*Stopped/);
    await until(GONE_WITHIN_MS, () => (processesMarked(dataDir).length === 0 ? true : undefined));
    expect(processesMarked(dataDir)).toEqual([]);
  } finally {
    for (const { pid } of processesMarked(dataDir)) process.kill(pid, 'SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  }
});

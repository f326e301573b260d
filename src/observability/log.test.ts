import fs, { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HandrailError } from '../kernel/errors.js';
import { sensitive } from '../kernel/sensitive.js';
import { createLogger, createLoggerTo } from './log.js';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'handrail-log-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function inMemory() {
  const lines: string[] = [];
  const log = createLoggerTo('info', { write: (line) => void lines.push(line) });
  return { log, lines, first: () => JSON.parse(lines[0] ?? '{}') as Record<string, unknown> };
}

describe('logs', () => {
  it('never shows what a caller said, wherever it stands', () => {
    const { log, lines } = inMemory();
    const words = sensitive('my card is four one one one');
    const call = log.child({ callId: 'c1', heard: words });
    call.info({ text: words, deep: { list: [{ words }] } }, 'understood');
    call.error({ error: new HandrailError('HR_ENGINE_FAILED', `piper: ${words}`) }, 'engine failed');
    expect(lines).toHaveLength(2);
    expect(lines.join('')).not.toContain('four one');
    expect(lines[0]).toContain('"text":"[sensitive]","deep":{"list":[{"words":"[sensitive]"}]}');
  });

  it('binds ids to every line of a child and of its children', () => {
    const { log, first } = inMemory();
    log.child({ callId: 'c1' }).child({ turnId: 't2' }).warn({ tries: 3 }, 'engine late');
    expect(first()).toMatchObject({ level: 'warn', callId: 'c1', turnId: 't2', tries: 3, msg: 'engine late' });
  });

  it('tells our own errors by code and mend, and drops what is below the level', () => {
    const { log, lines, first } = inMemory();
    log.debug({}, 'not wanted');
    log.error({ error: new HandrailError('HR_DISK_FULL', 'logs', { cause: new Error('ENOSPC') }) }, 'write failed');
    expect(lines).toHaveLength(1);
    expect(first()['error']).toMatchObject({ code: 'HR_DISK_FULL', message: 'The disk is full. logs' });
  });

  it('writes JSON lines to the file, and sets a large old file aside at start', async () => {
    writeFileSync(join(dir, 'handrail.log'), 'x'.repeat(100));
    writeFileSync(join(dir, 'handrail.log.1'), 'older');
    writeFileSync(join(dir, 'handrail.log.2'), 'oldest');
    const log = createLogger({ level: 'info', dir, pretty: false, rotateAtBytes: 50, keepFiles: 2 });
    log.info({ port: 1 }, 'started');
    await log.close();
    await log.close();
    expect(readdirSync(dir).sort()).toEqual(['handrail.log', 'handrail.log.1', 'handrail.log.2']);
    expect(readFileSync(join(dir, 'handrail.log.2'), 'utf8')).toBe('older');
    const line = JSON.parse(readFileSync(join(dir, 'handrail.log'), 'utf8')) as Record<string, unknown>;
    expect(line).toMatchObject({ level: 'info', port: 1, msg: 'started' });
  });

  it('begins a new file while it runs, and keeps so many', async () => {
    const log = createLogger({ level: 'info', dir, pretty: false, rotateAtBytes: 200, keepFiles: 2 });
    for (let line = 0; line < 40; line++) {
      log.info({ line }, 'something happened');
      // The file is written to in the background.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await log.close();
    expect(readdirSync(dir).sort()).toEqual(['handrail.log', 'handrail.log.1', 'handrail.log.2']);
    expect(readFileSync(join(dir, 'handrail.log'), 'utf8')).toContain('"line":39');
  });

  it('keeps a bounded number of lines for a disk that is full, and goes on when it is not', async () => {
    const log = createLogger({ level: 'info', dir, pretty: false });
    log.info({}, 'before');
    await vi.waitFor(() => expect(readFileSync(join(dir, 'handrail.log'), 'utf8')).toContain('before'), {
      timeout: 5_000,
    });
    const full = vi.spyOn(fs, 'write').mockImplementation((...args: unknown[]) => {
      const told = args.at(-1) as (error: NodeJS.ErrnoException) => void;
      told(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
    });
    for (let line = 0; line < 100; line++) log.info({ long: 'x'.repeat(100_000) }, 'while it was full');
    full.mockRestore();
    log.info({}, 'tries what waits');
    await vi.waitFor(
      () => expect(readFileSync(join(dir, 'handrail.log'), 'utf8').match(/it was full/g)).toHaveLength(40),
      { timeout: 5_000 },
    );
    log.info({}, 'after');
    await log.close();
    expect(readFileSync(join(dir, 'handrail.log'), 'utf8')).toContain('after');
  });

  it('goes on in a new file when it is told that the old one was moved away', async () => {
    const log = createLogger({ level: 'info', dir, pretty: false });
    const lines = (name: string): string => readFileSync(join(dir, name), 'utf8');
    log.info({}, 'before');
    await vi.waitFor(() => expect(lines('handrail.log')).toContain('before'), { timeout: 5_000 });
    renameSync(join(dir, 'handrail.log'), join(dir, 'moved'));
    log.reopen();
    log.info({}, 'after');
    await log.close();
    expect(lines('moved')).not.toContain('after');
    expect(lines('handrail.log')).toContain('after');
    log.reopen();
  });

  it('begins a new file also where somebody has taken the old one away', async () => {
    const log = createLogger({ level: 'info', dir, pretty: false, rotateAtBytes: 200, keepFiles: 2 });
    for (let line = 0; line < 40; line++) {
      if (line === 20) rmSync(join(dir, 'handrail.log'));
      log.info({ line }, 'something happened');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await log.close();
    expect(readdirSync(dir).sort()).toEqual(['handrail.log', 'handrail.log.1', 'handrail.log.2']);
    expect(readFileSync(join(dir, 'handrail.log'), 'utf8')).toContain('"line":39');
  });
});

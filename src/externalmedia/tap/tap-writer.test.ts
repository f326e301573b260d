import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readPcap } from './pcap.js';
import { TapWriter } from './tap-writer.js';

const folder = mkdtempSync(join(tmpdir(), 'handrail-taps-'));
afterAll(() => rmSync(folder, { recursive: true }));
let names = 0;
const newPath = () => join(folder, 'day', `file-${names++}`);

function harness() {
  const troubles: unknown[] = [];
  return { writer: new TapWriter((_what, error) => troubles.push(error)), troubles };
}

describe('TapWriter', () => {
  test('a recording is a sound WAV file after each second, also when nobody ends it', () => {
    const { writer } = harness();
    const path = newPath();
    writer.handle({ type: 'begin', tap: 1, path, kind: 'recording' });
    for (const seconds of [1, 2]) {
      writer.handle({ type: 'audio', tap: 1, interleaved: new Int16Array(16_000).fill(seconds) });
      const file = readFileSync(path);
      expect(file.toString('latin1', 0, 4)).toBe('RIFF');
      expect(file.readUInt32LE(4)).toBe(file.length - 8);
      expect(file.readUInt32LE(40)).toBe(seconds * 32_000);
      expect(file.readInt16LE(file.length - 2)).toBe(seconds);
    }
    expect([readFileSync(path).readUInt16LE(22), readFileSync(path).readUInt32LE(24)]).toEqual([2, 8_000]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    writer.handle({ type: 'end', tap: 1 });
  });

  test('a capture is a pcap file', () => {
    const { writer } = harness();
    const path = newPath();
    const datagram = {
      atMs: 1_000,
      source: { host: '127.0.0.1', port: 1 },
      destination: { host: '127.0.0.2', port: 2 },
    };
    writer.handle({ type: 'begin', tap: 1, path, kind: 'capture' });
    writer.handle({ type: 'datagram', tap: 1, ...datagram, payload: Uint8Array.of(1, 2, 3) });
    writer.handle({ type: 'end', tap: 1 });
    writer.handle({ type: 'datagram', tap: 1, ...datagram, payload: Uint8Array.of(4) });
    expect(readPcap(new Uint8Array(readFileSync(path)))).toMatchObject([
      { ...datagram, payload: Uint8Array.of(1, 2, 3) },
    ]);
  });

  test('a file that cannot be written is told once, and an existing one is not written over', () => {
    const { writer, troubles } = harness();
    const path = newPath();
    writer.handle({ type: 'begin', tap: 1, path, kind: 'recording' });
    writer.handle({ type: 'begin', tap: 2, path, kind: 'recording' });
    writer.handle({ type: 'audio', tap: 2, interleaved: new Int16Array(16) });
    writer.handle({ type: 'end', tap: 2 });
    expect(troubles).toHaveLength(1);
    expect(readFileSync(path)).toHaveLength(44);
  });
});

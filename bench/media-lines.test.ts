import { describe, expect, it } from 'vitest';
import { badLines, cleanLine, heardNaively, heardThrough, type Line } from './media-lines.js';
import { seeded } from '../src/audio/utterance.js';

/** Three seconds of hum. */
const hum = Int16Array.from({ length: 24_000 }, (_, n) => 6_000 * Math.sin((2 * Math.PI * 137 * n) / 8_000));
const named = (part: string): Line => badLines.find(({ name }) => name === part) ?? cleanLine;

describe('lines of the media bench', () => {
  it('lose, delay and reorder as much as they say', () => {
    for (const share of [0.01, 0.03, 0.05, 0.1]) {
      for (const kind of ['random', 'bursty']) {
        const came = named(`${100 * share} % ${kind} loss`).carry(100_000, seeded(1)).length;
        expect(1 - came / 100_000).toBeCloseTo(share, 1.9);
      }
    }
    const sorted = named('5 % reordering')
      .carry(10_000, seeded(1))
      .sort((a, b) => a.arrivalMs - b.arrivalMs);
    const late = sorted.filter(({ sequence }, n) => sequence < (sorted[n - 1]?.sequence ?? 0)).length;
    expect(late / 10_000).toBeCloseTo(0.05, 1.9);
  });

  it('a clean one changes nothing, and a bad one no time in our receiver', () => {
    expect(heardThrough(cleanLine, hum, 1)).toEqual(heardNaively(cleanLine, hum, 1));
    for (const line of badLines) {
      expect(Math.abs(heardThrough(line, hum, 7).length - hum.length), line.name).toBeLessThanOrEqual(3 * 160);
    }
    expect(heardNaively(named('10 % random loss'), hum, 7).length).toBeLessThan(0.95 * hum.length);
  });

  it('reordering is put right', () => {
    expect(heardThrough(named('5 % reordering'), hum, 3)).toEqual(heardThrough(cleanLine, hum, 3));
    expect(heardNaively(named('5 % reordering'), hum, 3)).not.toEqual(heardThrough(cleanLine, hum, 3));
  });
});

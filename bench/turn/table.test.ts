import { describe, expect, it } from 'vitest';
import type { TurnFigures } from './table.js';
import { describeTurnTable, turnTable } from './table.js';

const machine = { cpus: 2, model: 'a processor', stealPct: 0, latenessMsP99: 1 };
const none = { p50: null, p95: null, max: null };
const noSpread = { least: null, ...none };

function v2v(calls: number, v2vMs: { p50: number; p95: number; max: number }, unexplained = { least: -2, max: 17 }) {
  const run = {
    calls,
    turns: 24,
    v2vMs,
    understood: 1,
    actedWrong: 0,
    unanswered: 0,
    interrupted: 0,
    parts: {},
    unexplainedMs: { ...unexplained, p50: 3, p95: 9 },
    heardLaterMs: noSpread,
    endedEarlierMs: noSpread,
    each: [],
  };
  return { machine, runs: [run] };
}

function understanding(name: string, right: number, confirmedRight: number, actedWrong: number): TurnFigures {
  const set = {
    name,
    n: 100,
    right,
    part: 0,
    confirmedRight,
    actedWrong,
    confirmedWrong: 0,
    secondRight: 0,
    refused: 0,
    bySpeaker: {},
  };
  return { understanding: { machine, model: 'm', flow: 'f', sets: [set] } };
}

const reached = (found: TurnFigures): boolean[] => turnTable(found).map((line) => line.reached);

describe('the table of a turn', () => {
  it('has a line for what was measured, and none for what was not', () => {
    const lines = turnTable({ oneCall: v2v(1, { p50: 442, p95: 709, max: 919 }) });
    expect(lines).toEqual([
      {
        figure: 'voice to voice, one call',
        goal: 'p50 ≤ 450, p95 ≤ 800, max ≤ 1200 ms',
        measured: '442 / 709 / 919 ms',
        reached: true,
      },
      {
        figure: 'the caller’s ear above the turn’s record',
        goal: 'within 20 ms',
        measured: '-2 to 17 ms',
        reached: true,
      },
    ]);
    expect(turnTable({})).toEqual([]);
  });

  it('misses a goal by one figure above it, and by one that is missing', () => {
    expect(reached({ oneCall: v2v(1, { p50: 451, p95: 709, max: 919 }) })).toEqual([false, true]);
    expect(reached({ oneCall: v2v(1, { p50: 442, p95: 709, max: 919 }, { least: -21, max: 3 }) })).toEqual([
      true,
      false,
    ]);
    expect(reached({ manyCalls: v2v(12, { p50: 600, p95: 1_100, max: 1_201 }) })).toEqual([false]);
    const bargeIn = { machine, speechMs: { n: 0, ...none }, keyMs: { n: 3, p50: 1, p95: 16, max: 16 } };
    expect(reached({ bargeIn: { ...bargeIn, falseBargeIn: [] } })).toEqual([false, true]);
  });

  it('asks that a sound neither stops the prompt nor loses it', () => {
    const spoken = { n: 30, p50: 60, p95: 140, max: 380 };
    const of = (stopped: number, lost: number): boolean | undefined =>
      turnTable({
        bargeIn: { machine, speechMs: spoken, keyMs: spoken, falseBargeIn: [{ sound: 'cough', n: 50, stopped, lost }] },
      }).at(-1)?.reached;
    expect([of(0.02, 0), of(0.04, 0), of(0, 0.02)]).toEqual([true, false, false]);
  });

  it('asks more of clean requests than of noisy ones, and of outside speech that nothing is acted on', () => {
    expect(reached(understanding('requests', 0.5, 0.485, 0.01))).toEqual([true]);
    expect(reached(understanding('requests', 0.5, 0.485, 0.011))).toEqual([false]);
    expect(reached(understanding('requests', 0.5, 0.484, 0))).toEqual([false]);
    expect(reached(understanding('requests, kitchen noise at 12 dB', 0, 0.94, 0.01))).toEqual([true]);
    expect(reached(understanding('digit strings', 0.969, 0, 0))).toEqual([false]);
    expect(reached(understanding('outside: digit strings at the start', 0, 0, 0.05))).toEqual([true]);
    expect(reached(understanding('outside: digit strings at the start', 0, 0, 0.06))).toEqual([false]);
  });

  it('is written as Markdown', () => {
    const lines = turnTable({ manyCalls: v2v(12, { p50: 600, p95: 1_100, max: 1_300 }) });
    expect(describeTurnTable(lines).at(-1)).toBe(
      '| voice to voice, 12 calls at once | p95 ≤ 1200, max ≤ 1200 ms | 1100 / 1300 ms | **no** |',
    );
  });
});

import { describe, expect, it } from 'vitest';
import type { TurnOutcome, TurnRecord } from '../src/observability/turn-record.js';
import { judge, judgeAll, spread, type SpokenCommand } from './commands.js';
import { runBench } from './dispatch.js';
import { isInconclusive, parseCpuTimes, parseProcessor } from './machine.js';
import { summarise } from './v2v.js';

const command: SpokenCommand = { file: 'a.wav', intent: 'orderDrink', slots: { coffeeDrink: 'latte', size: 'large' } };

function turn(outcome: TurnOutcome, slots: Record<string, string>, intent = 'orderDrink'): TurnRecord {
  return {
    turnId: 't',
    callId: 'c',
    index: 1,
    nodeId: 'order',
    face: 'ai',
    startedAtWallMs: 0,
    input: { type: 'speech', text: '', confidence: 1, meaning: { intent, slots } },
    outcome,
    fallback: undefined,
    said: '',
    nextNodeId: 'end',
    marks: {},
  };
}

describe('v2v bench', () => {
  it('judges by intent and exactly the slots that were said', () => {
    const right = { size: 'large', coffeeDrink: 'latte' };
    expect(judge(command, turn('accepted', right))).toBe('understood');
    expect(judge(command, turn('confirm', right))).toBe('understood');
    expect(judge(command, turn('accepted', { coffeeDrink: 'latte' }))).toBe('acted-wrong');
    expect(judge(command, turn('accepted', { ...right, roast: 'dark roast' }))).toBe('acted-wrong');
    expect(judge(command, turn('accepted', right, 'hours'))).toBe('acted-wrong');
    expect(judge(command, turn('confirm', { coffeeDrink: 'latte' }))).toBe('not-understood');
    expect(judge(command, turn('nomatch', {}))).toBe('not-understood');
    expect(judge(command, undefined)).toBe('not-understood');
  });

  it('judges an order that was heard in parts by its worst part', () => {
    const whole = turn('accepted', { coffeeDrink: 'latte', size: 'large' });
    const part = turn('accepted', { coffeeDrink: 'latte' });
    expect(judgeAll(command, [part, whole])).toBe('acted-wrong');
    expect(judgeAll(command, [turn('nomatch', {}), whole])).toBe('understood');
    expect(judgeAll(command, [whole, turn('nomatch', {})])).toBe('understood');
    expect(judgeAll(command, [{ ...whole, input: { type: 'none' } }])).toBe('not-understood');
    expect(judgeAll(command, [])).toBe('not-understood');
  });

  it('adds up shares, and takes only answered turns into the times', () => {
    const run = summarise(2, [
      {
        file: 'a.wav',
        answer: { type: 'answered', v2vMs: 500.4, lastVoicedSentMs: 990 },
        verdict: 'understood',
        marks: { referenceAtMs: 1_000, sttStartMs: 150, sttEndMs: 350, nluEndMs: 351, endpointMs: 440, audibleMs: 470 },
      },
      {
        file: 'b.wav',
        answer: { type: 'answered', v2vMs: 900, lastVoicedSentMs: 2_000 },
        verdict: 'acted-wrong',
        marks: { referenceAtMs: 1_990, audibleMs: 905 },
      },
      { file: 'c.wav', answer: { type: 'interrupted' }, verdict: 'understood', marks: {} },
      { file: 'd.wav', answer: { type: 'unanswered' }, verdict: 'not-understood', marks: {} },
    ]);
    expect(run).toMatchObject({
      calls: 2,
      turns: 4,
      v2vMs: { p50: 500, p95: 900, max: 900 },
      understood: 0.5,
      actedWrong: 0.25,
      unanswered: 0.25,
      interrupted: 0.25,
      parts: { stt: { p50: 200 }, answer: { p50: 30, max: 30 } },
      unexplainedMs: { least: -5, p50: -5, max: 30 },
      endedEarlierMs: { least: -10, max: 10 },
      heardLaterMs: { least: 5, max: 20 },
    });
    expect(run.each).toHaveLength(4);
  });

  it('gives no figure where nothing was answered', () => {
    expect(
      summarise(1, [{ file: 'd.wav', answer: { type: 'unanswered' }, verdict: 'not-understood', marks: {} }]).v2vMs.p50,
    ).toBeNull();
  });

  it('spreads its choice over the folder', () => {
    expect(spread([0, 1, 2, 3, 4, 5], 3)).toEqual([0, 2, 4]);
    expect(spread([0, 1], 4)).toEqual([0, 0, 1, 1]);
  });

  it('tells processors of one name apart', () => {
    const cpuinfo = 'processor\t: 0\ncpu family\t: 26\nmodel\t\t: 2\nmodel name\t: AMD EPYC\nstepping\t: 1\n';
    expect(parseProcessor(cpuinfo)).toBe('AMD EPYC (family 26, model 2)');
    expect(parseProcessor('')).toBeUndefined();
  });

  it('reads CPU steal', () => {
    expect(parseCpuTimes('cpu  10 0 20 60 0 0 0 10 5 0\ncpu0 1 1\n')).toEqual({ total: 100, steal: 10 });
    const machine = { cpus: 2, model: 'x', stealPct: 0, latenessMsP99: 1 };
    expect(isInconclusive(machine)).toBe(false);
    expect(isInconclusive({ ...machine, stealPct: 5.1 })).toBe(true);
  });

  it('explains a wrong command line', async () => {
    const lines: string[] = [];
    const print = (line: string): void => void lines.push(line);
    expect(await runBench([], { print })).toBe(1);
    expect(await runBench(['v2v', '--calls', 'many'], { print })).toBe(1);
    expect(await runBench(['v2v', '--speech', '/nowhere'], { print })).toBe(1);
    expect(await runBench(['v2v', '--speech', 'x', '--turns', '0'], { print })).toBe(1);
    expect(await runBench(['intents', '--limits', '3'], { print })).toBe(1);
    expect(lines).toHaveLength(5);
    for (const line of lines)
      expect(line).toMatch(/^HR_USAGE: [^]*npm run bench -- intents --intents DIR \[--limit N\]/);
  });
});

import { describe, expect, it } from 'vitest';
import { MetricsRegistry } from './metrics.js';
import { stagesOf, turnMetrics } from './turn-metrics.js';
import type { TurnRecord } from './turn-record.js';

const turn = {
  turnId: 't1',
  callId: 'c1',
  index: 1,
  nodeId: 'menu',
  face: 'ai',
  startedAtWallMs: 0,
  input: { type: 'speech', text: 'a large latte', confidence: 0.9, meaning: { intent: 'order', slots: {} } },
  outcome: 'accepted',
  fallback: undefined,
  said: 'One large latte.',
  nextNodeId: 'done',
  marks: { pauseMs: 180, sttStartMs: 185, sttEndMs: 400, nluEndMs: 405, endpointMs: 410, audibleMs: 640 },
} satisfies TurnRecord;

describe('MetricsRegistry', () => {
  it('writes counters and gauges with escaped labels', () => {
    const registry = new MetricsRegistry();
    registry.counter('a_total', 'Back\\slash\nand line.').add({ why: 'a "b" \\ c\nd' }, 2);
    registry.gauge('b', 'B.').set(-1.5);
    expect(registry.expose()).toBe(
      [
        '# HELP a_total Back\\\\slash\\nand line.',
        '# TYPE a_total counter',
        'a_total{why="a \\"b\\" \\\\ c\\nd"} 2',
        '# HELP b B.',
        '# TYPE b gauge',
        'b -1.5',
        '',
      ].join('\n'),
    );
  });

  it('counts an observation in every bucket that holds it', () => {
    const registry = new MetricsRegistry();
    const histogram = registry.histogram('h_ms', 'H.', [10, 20]);
    for (const value of [10, 15, 99, NaN]) histogram.observe(value, { stage: 'stt' });
    expect(registry.expose().split('\n').slice(2, -1)).toEqual([
      'h_ms_bucket{stage="stt",le="10"} 1',
      'h_ms_bucket{stage="stt",le="20"} 2',
      'h_ms_bucket{stage="stt",le="+Inf"} 3',
      'h_ms_sum{stage="stt"} 124',
      'h_ms_count{stage="stt"} 3',
    ]);
  });

  it('keeps one series whatever the order of its labels', () => {
    const registry = new MetricsRegistry();
    const counter = registry.counter('a_total', 'A.');
    counter.add({ x: '1', y: '2' });
    counter.add({ y: '2', x: '1' });
    expect(registry.expose()).toContain('a_total{x="1",y="2"} 2');
  });

  it('refuses a name twice, an illegal name, and a counter that goes down', () => {
    const registry = new MetricsRegistry();
    const counter = registry.counter('a_total', 'A.');
    expect(() => registry.gauge('a_total', 'A.')).toThrow('exists already');
    expect(() => registry.gauge('1-b', 'B.')).toThrow('not a metric name');
    expect(() => counter.add({}, -1)).toThrow(RangeError);
  });
});

describe('turnMetrics', () => {
  it('counts calls, turns, fallbacks and engine states, and measures voice to voice', () => {
    const registry = new MetricsRegistry();
    const metrics = turnMetrics(registry);
    metrics.callStarted();
    metrics.callStarted();
    metrics.callEnded('transferred');
    metrics.turn(turn);
    metrics.turn({ ...turn, face: 'keypad', input: { type: 'none' }, outcome: 'noinput', fallback: 'noinput' });
    metrics.turn({ ...turn, input: { ...turn.input, takesBack: true } });
    metrics.engineState('piper', 'ready');
    metrics.engineState('piper', 'down');
    const lines = registry.expose().split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'handrail_calls_active 1',
        'handrail_calls_ended_total{ending="transferred"} 1',
        'handrail_turns_total{face="ai",input="speech",outcome="accepted"} 2',
        'handrail_answers_taken_back_total 1',
        'handrail_turns_total{face="keypad",input="none",outcome="noinput"} 1',
        'handrail_fallbacks_total{reason="noinput"} 1',
        'handrail_engine_state{engine="piper",state="ready"} 0',
        'handrail_engine_state{engine="piper",state="down"} 1',
        'handrail_voice_to_voice_ms_bucket{face="ai",le="600"} 0',
        'handrail_voice_to_voice_ms_bucket{face="ai",le="700"} 2',
        'handrail_stage_ms_sum{stage="stt"} 430',
      ]),
    );
    expect(registry.expose()).not.toContain('latte');
  });

  it('takes a stage only where both of its marks are there', () => {
    expect(stagesOf(turn.marks)).toEqual([
      ['pause', 180],
      ['stt', 215],
      ['nlu', 5],
      ['endpoint', 410],
      ['answer', 230],
    ]);
    expect(stagesOf({})).toEqual([]);
  });
});

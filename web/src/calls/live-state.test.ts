import { describe, expect, it } from 'vitest';
import type { LiveMessage } from '../../../src/admin/live.js';
import { aCall, aTurn } from '../../../src/store/fixtures.js';
import { initialLiveState, reduceLive } from './live-state.js';
import { axisEndMs, spansOf } from './waterfall.js';

const health = { ready: true, parts: [], admission: { mode: 'measured', service: 'full' } } as const;
const call = { ...aCall(), nodeId: undefined, face: 'ai', turns: [] } as const;

function after(...messages: LiveMessage[]) {
  return messages.reduce(
    (state, message) => reduceLive(state, { type: 'message', message, nowMs: 1_000 }),
    initialLiveState,
  );
}

describe('reduceLive', () => {
  it('follows a call from its start to its end', () => {
    const snapshot: LiveMessage = { type: 'snapshot', nowWallMs: 1_500, health, calls: [] };
    const up = after(
      snapshot,
      { type: 'call-started', call },
      { type: 'node', callId: 'call-1', nodeId: 'order', face: 'keypad' },
      { type: 'turn', turn: aTurn() },
    );
    expect(up).toMatchObject({ link: 'open', clockOffsetMs: 500, endedCalls: 1 });
    expect(up.calls).toEqual([{ ...call, nodeId: 'order', face: 'keypad', turns: [aTurn()] }]);
    const message: LiveMessage = { type: 'call-ended', callId: 'call-1', endedAtWallMs: 9, ending: 'transferred' };
    expect(reduceLive(up, { type: 'message', message, nowMs: 0 })).toMatchObject({ calls: [], endedCalls: 2 });
  });

  it('keeps what it knew while the link is lost, and starts again with the snapshot', () => {
    const lost = reduceLive(after({ type: 'call-started', call }), { type: 'link-lost' });
    expect(lost).toMatchObject({ link: 'lost', calls: [{ callId: 'call-1' }] });
    const message: LiveMessage = { type: 'snapshot', nowWallMs: 0, health, calls: [] };
    expect(reduceLive(lost, { type: 'message', message, nowMs: 0 })).toMatchObject({ link: 'open', calls: [] });
  });
});

describe('spansOf', () => {
  it('lays the stages end to end, from the last voiced sample to the first audible packet', () => {
    const spans = spansOf(aTurn().marks);
    expect(spans.map(({ stage, fromMs, toMs }) => [stage, fromMs, toMs])).toEqual([
      ['wait', 0, 184],
      ['stt', 184, 412],
      ['nlu', 412, 417],
      ['wait', 417, 420],
      ['tts', 420, 560],
      ['send', 560, 610],
    ]);
  });

  it('leaves out what did not happen, and stretches the axis for a slow turn', () => {
    expect(spansOf({})).toEqual([]);
    expect(axisEndMs({})).toBe(1_200);
    expect(axisEndMs({ audibleMs: 2_000 })).toBe(2_000);
  });
});

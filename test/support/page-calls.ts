import type { AdminHouse } from '../../src/admin/testing/admin-house.js';
import type { TurnRecord } from '../../src/observability/turn-record.js';
import { aCall, aTurn } from '../../src/store/fixtures.js';
import { cafeNode } from './flows.js';

const ago = (minutes: number): number => Date.now() - minutes * 60_000;

/** Something to hear. */
export function tone(lengthMs: number): Int16Array {
  return Int16Array.from({ length: 8 * lengthMs }, (_, at) => 8_000 * Math.sin(at / 3));
}

/** The caller goes on as the second turn of the call is answered. */
export function goesOn(callId: string): TurnRecord {
  const text = 'a large latte please with soy milk';
  const meaning = { intent: 'order', slots: { size: 'large', drink: 'latte', milk: 'soy' } };
  return aTurn({
    callId,
    turnId: `${callId}-2`,
    index: 3,
    nodeId: 'main',
    input: { type: 'speech', text, confidence: 0.91, meaning, takesBack: true },
    outcome: 'confirm',
    said: 'One large latte with soy milk. Is that right?',
  });
}

/** Two calls that were and one that is, what their callers left, and a recording: as a café's line has them. */
export async function seedCalls({ live, prompts, store }: AdminHouse): Promise<void> {
  const { prompt } = cafeNode('main', 'menu');
  const greeting = (callId: string): TurnRecord =>
    aTurn({
      callId,
      turnId: `${callId}-0`,
      index: 1,
      nodeId: 'main',
      input: { type: 'none' },
      said: prompt,
      nextNodeId: 'main',
      marks: {},
    });
  const order = (callId: string): TurnRecord =>
    aTurn({ callId, turnId: `${callId}-1`, index: 2, nodeId: 'main', said: 'One large latte. Is that right?' });
  const keys = (callId: string, index: number): TurnRecord =>
    aTurn({
      callId,
      turnId: `${callId}-${String(index - 1)}`,
      index,
      nodeId: 'main',
      face: 'keypad',
      input: { type: 'keys', digits: '1', meaning: { intent: 'order', slots: {} } },
      outcome: 'keys',
      fallback: 'caller',
      said: 'Thank you. It will be ready in ten minutes.',
      marks: { audibleMs: 96 },
    });
  for (const [callId, minutes, callerNumber] of [
    ['past-1', 42, '493055501234'],
    ['past-2', 7, '493055509876'],
  ] as const) {
    await store.startCall(aCall({ callId, callerNumber, startedAtWallMs: ago(minutes) }));
    const more = callId === 'past-1' ? [goesOn(callId)] : [];
    const turns = [greeting(callId), order(callId), ...more, keys(callId, 3 + more.length)];
    for (const turn of turns) await store.addTurn(turn);
    await store.endCall(callId, { endedAtWallMs: ago(minutes - 1), ending: 'hungup-by-flow' });
  }
  for (const [callId, minutes, number, about] of [
    ['past-1', 41, '493055501234', 'Order 4711'],
    ['past-2', 6, '493055509876', 'A birthday cake'],
  ] as const)
    await store.callbacks.add({ callId, number, about, atWallMs: ago(minutes) });
  await prompts.add('recorded-2026-11-25', tone(1_500));
  live.callStarted(aCall({ callId: 'now', callerNumber: '493055504711', startedAtWallMs: ago(0.4) }), 'ai');
  live.enteredNode('now', 'main', 'ai');
  live.turn(greeting('now'));
  live.turn(order('now'));
}

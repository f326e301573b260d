import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { silentLogger } from '../kernel/log.js';
import type { CallEnding, TurnRecord } from '../observability/turn-record.js';
import { aCall, aTurn } from './fixtures.js';
import { SqliteStore } from './sqlite-store.js';

let store: SqliteStore;
let calls = 0;

beforeEach(() => {
  calls = 0;
  store = SqliteStore.open({ path: ':memory:', keepWords: true, clock: new FakeClock(), log: silentLogger });
});

function call(
  ending: CallEnding | undefined,
  turns: readonly Partial<TurnRecord>[],
  more: { readonly flowVersion?: number; readonly startedAtWallMs?: number } = {},
): void {
  const callId = `call-${String(++calls)}`;
  void store.startCall(aCall({ callId, ...more }));
  turns.forEach(
    (turn, i) => void store.addTurn(aTurn({ turnId: `${callId}-${String(i)}`, callId, index: i + 1, ...turn })),
  );
  if (ending) void store.endCall(callId, { endedAtWallMs: 1_700_000_060_000, ending });
}

const begins: Partial<TurnRecord> = { nodeId: 'main', nextNodeId: 'main', input: { type: 'none' } };
const zero = { type: 'keys' as const, digits: '0', meaning: { intent: undefined, slots: {} } };
const audible = (audibleMs: number): Partial<TurnRecord> => ({ marks: { audibleMs } });

test('how calls fared on one version', async () => {
  call('hungup-by-flow', [audible(400), audible(600)]);
  call('hungup-by-caller', [{ fallback: 'nomatch' }, { fallback: 'nomatch' }, { fallback: 'deadline' }]);
  call('transferred', [{ input: zero, fallback: 'caller', marks: { audibleMs: 1 } }]);
  call('failed', []);
  call(undefined, [{ fallback: 'engine' }]);
  call('hungup-by-flow', [audible(9_000)], { flowVersion: 2 });
  call('hungup-by-flow', [audible(9_000)], { startedAtWallMs: 1_000 });
  expect(await store.figures.ofVersion({ flowId: 'cafe', version: 1, sinceWallMs: 1_600_000_000_000 })).toEqual({
    calls: 4,
    contained: 2,
    hungUpByCaller: 1,
    fellBack: 1,
    reasons: { caller: 1, deadline: 1, nomatch: 2 },
    p50Ms: 610,
    p95Ms: 610,
  });
  const nobody = await store.figures.ofVersion({ flowId: 'other', sinceWallMs: 0 });
  expect(nobody).toMatchObject({ calls: 0, contained: 0, reasons: {}, p95Ms: undefined });
});

test('what happened at each node', async () => {
  call('hungup-by-caller', [
    begins,
    { nodeId: 'main', nextNodeId: 'drink', outcome: 'accepted' },
    { nodeId: 'drink', nextNodeId: 'drink', outcome: 'confirm' },
    { nodeId: 'drink', nextNodeId: 'main', outcome: 'confirmed' },
  ]);
  call('transferred', [
    begins,
    { nodeId: 'main', nextNodeId: 'main', outcome: 'nomatch', fallback: 'nomatch' },
    { nodeId: 'main', nextNodeId: 'person', outcome: 'keys', input: zero, fallback: 'caller' },
  ]);
  call(undefined, [begins]);
  const none = { answeredByVoice: 0, confirmed: 0, fellBack: {}, pressedZero: 0, hungUp: 0 };
  expect(await store.figures.ofNodes({ flowId: 'cafe', sinceWallMs: 0 })).toEqual([
    {
      ...none,
      nodeId: 'main',
      entered: 4,
      answeredByVoice: 1,
      fellBack: { caller: 1, nomatch: 1 },
      pressedZero: 1,
      hungUp: 1,
    },
    { ...none, nodeId: 'drink', entered: 1, answeredByVoice: 1, confirmed: 1 },
    { ...none, nodeId: 'person', entered: 1 },
  ]);
});

test('a turn whose answer was taken back counts no more', async () => {
  const goesOn = {
    type: 'speech' as const,
    text: 'a large latte with milk',
    confidence: 0.9,
    takesBack: true as const,
  };
  const meaning = { intent: 'order', slots: {} };
  call('hungup-by-flow', [
    begins,
    { nodeId: 'main', nextNodeId: 'drink', ...audible(300) },
    { nodeId: 'main', nextNodeId: 'main', fallback: 'nomatch', ...audible(400), input: { ...goesOn, meaning } },
    { nodeId: 'main', nextNodeId: 'milk', ...audible(500), input: { ...goesOn, meaning } },
  ]);
  const none = { answeredByVoice: 0, confirmed: 0, fellBack: {}, pressedZero: 0, hungUp: 0 };
  expect(await store.figures.ofNodes({ flowId: 'cafe', sinceWallMs: 0 })).toEqual([
    { ...none, nodeId: 'main', entered: 1, answeredByVoice: 1 },
    { ...none, nodeId: 'milk', entered: 1 },
  ]);
  expect(await store.figures.ofVersion({ flowId: 'cafe', sinceWallMs: 0 })).toMatchObject({
    fellBack: 0,
    reasons: {},
    p50Ms: 500,
  });
});

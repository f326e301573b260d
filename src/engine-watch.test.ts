import { expect, it } from 'vitest';
import { engineParts, watchEngines } from './engine-watch.js';
import type { Engines } from './engines.js';
import { breakerDefaults } from './fallback-ivr/breaker.js';
import { guardStt } from './fallback-ivr/guarded-engines.js';
import { FakeClock } from './kernel/fake-clock.js';
import { RecordingLogger, silentLogger } from './kernel/log.js';
import { absentChatModel } from './local-models/absent.js';
import { FakeStt } from './local-models/fakes.js';
import { MetricsRegistry } from './observability/metrics.js';
import { turnMetrics } from './observability/turn-metrics.js';

it('every state of an engine and its breaker is in metrics, log and health', async () => {
  const clock = new FakeClock();
  const engine = new FakeStt(clock);
  const stt = guardStt(engine, 900, { clock, log: silentLogger });
  const chat = absentChatModel('none here');
  const engines = { all: [stt, chat], guarded: [stt] } as unknown as Engines;
  const registry = new MetricsRegistry();
  const log = new RecordingLogger();
  watchEngines(engines, turnMetrics(registry), log);
  expect(registry.expose()).toMatch(/handrail_engine_state\{engine="fake-stt",state="ready"\} 1/);
  engine.mood = { type: 'fail', message: 'no' };
  for (let i = 0; i < breakerDefaults.failures; i++)
    await stt.recognise({ samples: new Int16Array(80) }, { deadlineMs: 900 }).catch(() => undefined);
  expect(registry.expose()).toMatch(/handrail_engine_state\{engine="fake-stt",state="down"\} 1/);
  expect(registry.expose()).toMatch(/handrail_breaker_state\{component="stt",engine="fake-stt",state="open"\} 1/);
  expect(log.lines).toMatchObject([
    { fields: { component: 'stt', breaker: 'open' } },
    { fields: { engine: 'fake-stt', state: 'down' } },
  ]);
  expect(engineParts(engines)).toMatchObject([
    { name: 'fake-stt', state: 'down', breaker: 'open' },
    { name: chat.name, state: 'absent', problem: 'none here' },
  ]);
  await stt.close();
});

import { expect, it } from 'vitest';
import { engineParts, switchEngine, watchEngines } from './engine-watch.js';
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

it('an engine that is switched off is down and not asked, until it is switched on', async () => {
  const clock = new FakeClock();
  const engine = new FakeStt(clock, [], 100);
  const stt = guardStt(engine, 900, { clock, log: silentLogger });
  const engines = { all: [stt], guarded: [stt] } as unknown as Engines;
  clock.advance(5_000);
  expect(switchEngine(engines, 'nobody', false)).toBe(false);
  expect(switchEngine(engines, stt.name, false)).toBe(true);
  const [part] = engineParts(engines);
  expect(part).toMatchObject({ state: 'down', isOff: true, breaker: 'closed', sinceWallMs: clock.wallMs() });
  expect(part?.problem).toContain('switched off');
  const asked = stt.recognise({ samples: new Int16Array(80) }, { deadlineMs: 900 });
  await expect(asked).rejects.toMatchObject({ code: 'HR_ENGINE_DOWN' });
  expect(engine.requests).toEqual([]);
  switchEngine(engines, stt.name, true);
  expect(engineParts(engines)).toMatchObject([{ state: 'ready', isOff: false }]);
  await stt.close();
});

import { expect, test } from 'vitest';
import { FakeAri } from './ari/fake-ari.js';
import { HoursSwitch } from './hours-switch.js';
import { FakeClock } from './kernel/fake-clock.js';
import { silentLogger } from './kernel/log.js';
import { SqliteStore } from './store/sqlite-store.js';

test('what was set is told to Asterisk, outlives the controller, and is told again to an Asterisk that was restarted', async () => {
  const clock = new FakeClock();
  const store = SqliteStore.open({ path: ':memory:', keepWords: true, clock, log: silentLogger });
  const ari = new FakeAri(clock);
  const told = (): string[] => ari.operationsOf('setGlobalVariable').map(({ name, value }) => `${name}=${value}`);
  const hours = await HoursSwitch.open(store.switches, 'HANDRAIL_OVERRIDE_DESK', silentLogger);
  await hours.follow(ari);
  await hours.retireOld();
  await hours.set('closed');
  expect(hours.override).toBe('closed');
  expect(told()).toEqual([
    'HANDRAIL_OVERRIDE_DESK=',
    'HANDRAIL_OVERRIDE=',
    'HANDRAIL_OVERRIDE=',
    'HANDRAIL_OVERRIDE_DESK=closed',
  ]);

  const next = await HoursSwitch.open(store.switches, 'HANDRAIL_OVERRIDE_DESK', silentLogger);
  expect(next.value).toBe('closed');
  ari.disconnect();
  ari.reconnect();
  await clock.advanceAsync(10);
  expect(told().slice(4)).toEqual(['HANDRAIL_OVERRIDE_DESK=closed']);
  await hours.set('calendar');
  expect(hours.override).toBeUndefined();
  await store.close();
});

test('as long as no copy of its own is loaded, the one of before is told as well', async () => {
  const clock = new FakeClock();
  const store = SqliteStore.open({ path: ':memory:', keepWords: true, clock, log: silentLogger });
  const ari = new FakeAri(clock);
  const hours = await HoursSwitch.open(store.switches, 'HANDRAIL_OVERRIDE_DESK', silentLogger);
  await hours.follow(ari);
  await hours.set('closed');
  const told = ari.operationsOf('setGlobalVariable').slice(2);
  expect(told.map(({ name, value }) => `${name}=${value}`)).toEqual([
    'HANDRAIL_OVERRIDE_DESK=closed',
    'HANDRAIL_OVERRIDE=closed',
  ]);
  await store.close();
});

import { describe, expect, test } from 'vitest';
import type { FakeMediaLeg } from '../externalmedia/fake-media.js';
import { Admission } from '../fallback-ivr/admission.js';
import { breakerDefaults } from '../fallback-ivr/breaker.js';
import { guardStt } from '../fallback-ivr/guarded-engines.js';
import { silentLogger } from '../kernel/log.js';
import { House, words } from './testing/house.js';
import { smallFlow } from './testing/small-flow.js';

/**
 * What Handrail promises its callers, and the mechanism that keeps it: each promise is seen to hold, and to be broken when its
 * mechanism is taken away. That a whole line keeps them is the business of `npm run chaos`, which takes away what is in
 * other processes: the lifeline, and the dialplan.
 */
interface Promised {
  readonly promise: string;
  readonly mechanism: string;
  /** Sees whether the promise holds. */
  readonly see: (withMechanism: boolean) => Promise<void>;
}

/** Says something of which the recogniser is as sure as told; `null`: it never answers. */
async function speaks(house: House, leg: FakeMediaLeg, text: string, posterior: number | null): Promise<void> {
  if (posterior === null) house.stt.mood = { type: 'hang' };
  else house.stt.hear({ readings: [{ text, posterior }] });
  leg.startSpeaking();
  await house.wait(1_000);
  leg.pauseSpeaking(words);
}

const promised: readonly Promised[] = [
  {
    promise: 'nobody hears more than 1.2 s of unexplained silence',
    mechanism: 'the turn deadline',
    see: async (on) => {
      const house = new House(
        [],
        'rtp',
        false,
        on ? {} : { settings: { turnDeadlineMs: 60_000, sttDeadlineMs: 60_000 } },
      );
      const leg = await house.call();
      await house.wait(2_000);
      await speaks(house, leg, '', null);
      const spoken = leg.playing.length;
      await house.wait(1_200);
      expect(leg.playing.length).toBeGreaterThan(spoken);
    },
  },
  {
    promise: 'a key press works while the bot speaks',
    mechanism: 'keys are events of the call, not of a node’s mode',
    see: async (on) => {
      const house = new House();
      const talking = (): boolean => house.media.legs.some((leg) => leg.playing.length > 0);
      const { onChannel } = house.ari;
      if (!on)
        house.ari.onChannel = (id, listener) =>
          onChannel.call(house.ari, id, (event) => (event.type === 'dtmf' && talking() ? undefined : listener(event)));
      await house.call();
      expect(talking()).toBe(true);
      house.ari.press('2');
      await house.wait(20);
      expect(house.last?.nextNodeId).toBe('number');
    },
  },
  {
    promise: 'a wrong guess is not acted on',
    mechanism: 'the thresholds of confidence',
    see: async (on) => {
      const house = new House();
      const defaults = { ...smallFlow.defaults, ...(on ? {} : { accept: 0, confirm: 0 }) };
      house.live = { flow: { ...smallFlow, defaults }, version: 1 };
      const leg = await house.call();
      await house.wait(2_000);
      await speaks(house, leg, 'where is my order', 0.3);
      await house.wait(1_500);
      expect(house.turns).toHaveLength(2);
      expect(house.last?.nextNodeId).toBe('main');
    },
  },
  {
    promise: 'nobody waits for an engine that was late again and again',
    mechanism: 'the circuit breaker',
    see: async (on) => {
      const options = { ...breakerDefaults, failures: on ? breakerDefaults.failures : Infinity };
      const house = new House([], 'rtp', false, {
        guard: (stt, clock) => guardStt(stt, 900, { clock, log: silentLogger, options }),
      });
      const leg = await house.call();
      for (let i = 0; i < breakerDefaults.failures; i++) {
        await house.wait(2_000);
        await speaks(house, leg, '', null);
        await house.wait(1_200);
      }
      house.ari.callArrives();
      await house.wait(200);
      expect(house.last?.said).toContain('press 1');
    },
  },
  {
    promise: 'calls that cannot be served by speech begin on the keypad',
    mechanism: 'admission control',
    see: async (on) => {
      const house = new House();
      house.admission = on ? new Admission(1, 10) : new Admission(Infinity, Infinity);
      for (let i = 0; i < 2; i++) house.ari.callArrives();
      await house.wait(200);
      expect(house.last?.said).toContain('press 1');
    },
  },
  {
    promise: 'a controller that is back goes on where the call was',
    mechanism: 'the journal',
    see: async (on) => {
      const first = new House();
      await first.call();
      first.ari.press('2');
      await first.wait(100);
      const second = new House();
      second.ari.disconnect();
      const channel = second.ari.callArrives({ channelId: 'call-1' });
      second.ari.reconnect();
      const place = first.notes.get('call-1');
      if (on && place) second.left.set('call-1', place);
      await second.reception.readopt(channel);
      await second.wait(200);
      expect(second.last?.nextNodeId).toBe('number');
    },
  },
];

describe.each(promised)('$promise', ({ mechanism, see }) => {
  test(`because of ${mechanism}`, () => see(true));
  test(`not without ${mechanism}`, () => expect(see(false)).rejects.toThrow());
});

import { describe, expect, test } from 'vitest';
import { SpeechDetector } from './speech-detector.js';
import type { SpeechEvent, SpeechState } from './speech-detector.js';
import type { ListenOptions } from './port.js';
import { VAD_WINDOW_SAMPLES } from './vad/port.js';

interface Setting {
  readonly playing?: boolean;
}

/** Windows of 32 ms whose samples arrive as they are spoken: position / 8 is the time of arrival. */
function harness(setting: Setting = {}) {
  const events: SpeechEvent[] = [];
  const view = { playing: setting.playing ?? false, ownLevelDb: -90 };
  let flushed = 0;
  const breath: ('held' | 'released')[] = [];
  let kept: number | undefined;
  let position = 0;
  /** Loud or not, for who looks at the samples themselves. */
  const sound = new Int16Array(60_000);
  const detector = new SpeechDetector(
    {
      spokenMs: (at) => at / 8,
      since: (from) => sound.slice(Math.max(0, from), position),
      get end() {
        return position;
      },
      keepFrom: (from) => (kept = from),
    },
    {
      get playing() {
        return view.playing;
      },
      get ownLevelDb() {
        return view.ownLevelDb;
      },
      bargeIn: () => {
        flushed++;
        return view.playing;
      },
      hold: () => {
        if (view.playing) breath.push('held');
        return view.playing;
      },
      release: () => breath.push('released'),
    },
    (event) => events.push(event),
  );
  const feed = (windows: number, probability: number, levelDb = -20, brightness = 0.4): void => {
    for (let n = 0; n < windows; n++) {
      const startSample = position;
      position += VAD_WINDOW_SAMPLES;
      const isLoud = levelDb > -50;
      sound.fill(Math.round(32_768 * 10 ** (levelDb / 20)), startSample, position);
      detector.window(
        {
          startSample,
          probability,
          firstVoicedSample: isLoud ? startSample : -1,
          lastVoicedSample: isLoud ? position : -1,
          voicedSamples: isLoud ? VAD_WINDOW_SAMPLES : 0,
          levelDb,
          brightness,
        },
        position / 8,
      );
      detector.tick(position / 8, false);
    }
  };
  return {
    detector,
    events,
    view,
    speak: (windows: number, levelDb = -20) => feed(windows, 0.9, levelDb),
    hush: (windows: number) => feed(windows, 0.01, -70),
    mumble: (windows: number) => feed(windows, 0.2),
    hum: (windows: number, brightness = 0.05) => feed(windows, 0.9, -20, brightness),
    breath,
    listen: (options: Partial<ListenOptions> = {}) => detector.listen({ turnId: 't', ...options }, position),
    types: () => events.map(({ type }) => type),
    flushes: () => flushed,
    kept: () => kept,
  };
}

type Harness = ReturnType<typeof harness>;

/** Brings a detector into each state. */
const into: Record<SpeechState, (h: Harness) => void> = {
  off: () => undefined,
  silence: (h) => h.listen(),
  speech: (h) => {
    h.listen();
    h.speak(4);
  },
  pause: (h) => {
    h.listen();
    h.speak(4);
    h.hush(6);
  },
};

const deeds: Record<string, (h: Harness) => void> = {
  'speech for 64 ms': (h) => h.speak(2),
  'silence for 192 ms': (h) => h.hush(6),
  'what may be a voice': (h) => h.mumble(1),
  'silence for 1.3 s': (h) => h.hush(41),
  'the end of listening': (h) => h.detector.listen(undefined, 0),
  'another turn': (h) => h.listen({ turnId: 'u' }),
  'the same turn': (h) => h.listen(),
};

describe('every state and event', () => {
  test.each<[SpeechState, keyof typeof deeds, SpeechState, SpeechEvent['type'][]]>([
    ['off', 'speech for 64 ms', 'off', []],
    ['off', 'silence for 192 ms', 'off', []],
    ['off', 'what may be a voice', 'off', []],
    ['off', 'silence for 1.3 s', 'off', []],
    ['off', 'the end of listening', 'off', []],
    ['off', 'another turn', 'silence', []],
    ['off', 'the same turn', 'silence', []],
    ['silence', 'speech for 64 ms', 'speech', ['speech-start']],
    ['silence', 'silence for 192 ms', 'silence', []],
    ['silence', 'what may be a voice', 'silence', []],
    ['silence', 'silence for 1.3 s', 'silence', []],
    ['silence', 'the end of listening', 'off', []],
    ['silence', 'another turn', 'silence', []],
    ['silence', 'the same turn', 'silence', []],
    ['speech', 'speech for 64 ms', 'speech', []],
    ['speech', 'silence for 192 ms', 'pause', ['pause']],
    ['speech', 'what may be a voice', 'speech', []],
    ['speech', 'silence for 1.3 s', 'silence', ['pause', 'utterance-end']],
    ['speech', 'the end of listening', 'off', []],
    ['speech', 'another turn', 'silence', []],
    ['speech', 'the same turn', 'speech', []],
    ['pause', 'speech for 64 ms', 'speech', ['speech-resume']],
    ['pause', 'silence for 192 ms', 'pause', []],
    ['pause', 'what may be a voice', 'pause', ['speech-sign']],
    ['pause', 'silence for 1.3 s', 'silence', ['utterance-end']],
    ['pause', 'the end of listening', 'off', []],
    ['pause', 'another turn', 'silence', []],
    ['pause', 'the same turn', 'pause', []],
  ])('%s, %s → %s', (from, deed, to, emitted) => {
    const h = harness();
    into[from](h);
    expect(h.detector.state).toBe(from);
    const before = h.events.length;
    deeds[deed]?.(h);
    expect(h.detector.state).toBe(to);
    expect(h.types().slice(before)).toEqual(emitted);
  });
});

describe('SpeechDetector', () => {
  test('hands out the utterance with 200 ms before the onset, and exact times', () => {
    const h = harness();
    h.listen();
    h.hush(20);
    h.speak(10);
    h.hush(6);
    const pause = h.events.find((event) => event.type === 'pause');
    expect(pause).toMatchObject({ speechStartMs: 644, lastVoicedMs: 960 - 33 / 8, utteranceId: 1 });
    expect(pause?.type === 'pause' && pause.samples.length).toBe((36 * 32 - 640 + 200) * 8);
    expect(h.kept()).toBe((640 - 200) * 8);
  });

  test('a voice that dies away softly has ended when it was heard the last time, whatever the model makes of the rest', () => {
    const h = harness();
    h.listen();
    h.speak(10);
    h.speak(3, -46);
    h.hush(6);
    const pause = h.events.find((event) => event.type === 'pause');
    expect(pause).toMatchObject({ lastVoicedMs: 13 * 32 - 33 / 8, endedMs: 320 - 1 / 8 });
    // The turn deadline counts from what an ear heard, too.
    expect(h.detector.silentSinceMs).toBe(320 - 1 / 8);
    h.speak(2);
    expect(h.detector.silentSinceMs).toBe(21 * 32 - 33 / 8);
  });

  test('a voice that is soft for longer than an ending is a voice that noise hides', () => {
    const h = harness();
    h.listen();
    h.speak(10);
    h.speak(12, -46);
    h.hush(6);
    const lastVoicedMs = 22 * 32 - 33 / 8;
    expect(h.events.find((event) => event.type === 'pause')).toMatchObject({ lastVoicedMs, endedMs: lastVoicedMs });
  });

  test('a pause after a resume carries the whole utterance', () => {
    const h = harness();
    h.listen();
    h.speak(4);
    h.hush(8);
    h.speak(4);
    h.hush(6);
    expect(h.types()).toEqual(['speech-start', 'pause', 'speech-resume', 'pause']);
    const [first, second] = h.events.filter((event) => event.type === 'pause');
    expect(second?.samples.length).toBeGreaterThan(first?.samples.length ?? Infinity);
    expect(second?.utteranceId).toBe(first?.utteranceId);
  });

  test('what may be a voice puts off the end of an utterance for a moment, and no longer', () => {
    const endMs = (stirs: number): number | undefined => {
      const h = harness();
      h.listen({ maxPauseMs: 992 });
      h.speak(4);
      h.hush(31 - 1);
      h.mumble(stirs);
      h.hush(20);
      const end = h.events.find((event) => event.type === 'utterance-end');
      return end?.type === 'utterance-end' ? end.atMs - end.lastVoicedMs : undefined;
    };
    expect(endMs(0)).toBeLessThan(992 + 40);
    expect(endMs(1)).toBeGreaterThanOrEqual(992 + 40);
    expect(endMs(1)).toBeLessThan(992 + 100);
    expect(endMs(20)).toBeGreaterThanOrEqual(992 + 100);
    expect(endMs(20)).toBeLessThan(992 + 100 + 40);
  });

  test('the line’s own noise is no sign of a voice', () => {
    const h = harness();
    into.pause(h);
    h.hush(10);
    expect(h.types()).not.toContain('speech-sign');
  });

  test('a soft beginning, of which the model was not sure, belongs to the onset', () => {
    const h = harness();
    h.listen();
    h.hush(10);
    h.mumble(3);
    h.speak(3);
    expect(h.events[0]).toMatchObject({ type: 'speech-start', atMs: 324 });
  });

  test('clicks far apart do not add up to speech', () => {
    const h = harness();
    h.listen();
    for (let n = 0; n < 20; n++) {
      h.speak(1);
      h.hush(5);
    }
    expect(h.events).toEqual([]);
  });

  test('while we play, speech must be clearer and louder than an echo', () => {
    const h = harness({ playing: true });
    h.listen();
    h.speak(20, -45);
    expect(h.events).toEqual([]);
    h.speak(1, -20);
    expect(h.events).toEqual([]);
    h.speak(1, -20);
    expect(h.events[0]).toMatchObject({ type: 'speech-start', bargedIn: true });
    expect(h.flushes()).toBe(1);
  });

  test('the first sign of a voice makes the bot stand still; it is flushed when the voice is believed', () => {
    const h = harness({ playing: true });
    h.listen();
    h.speak(1);
    expect([h.breath, h.flushes()]).toEqual([['held'], 0]);
    h.speak(1);
    expect([h.breath, h.flushes(), h.types()]).toEqual([['held'], 1, ['speech-start']]);
    h.hush(60);
    expect(h.breath).toEqual(['held']);
  });

  test('a sign that comes to nothing costs a quarter of a second, and the next one may come a while later', () => {
    const h = harness({ playing: true });
    h.listen();
    h.speak(1);
    h.hush(7);
    expect(h.breath).toEqual(['held']);
    h.hush(1);
    expect(h.breath).toEqual(['held', 'released']);
    h.hush(10);
    h.speak(1);
    h.hush(15);
    expect(h.breath).toEqual(['held', 'released']);
    h.speak(1);
    expect(h.breath).toEqual(['held', 'released', 'held']);
    h.listen({ turnId: 'u' });
    expect(h.breath).toEqual(['held', 'released', 'held', 'released']);
    expect([h.events, h.flushes()]).toEqual([[], 0]);
  });

  test('a hum does not interrupt; the word behind it does, and the hum belongs to it', () => {
    const h = harness({ playing: true });
    h.listen();
    h.hum(6);
    h.hum(6, 0.06);
    expect([h.events, h.flushes(), h.breath]).toEqual([[], 0, []]);
    h.speak(2);
    expect(h.breath).toEqual(['held']);
    expect(h.events[0]).toMatchObject({ type: 'speech-start', bargedIn: true });
    expect(h.events[0]?.atMs).toBeLessThan(12 * 32);
  });

  test('a dark sound that changes is a word that begins softly', () => {
    const h = harness({ playing: true });
    h.listen();
    h.hum(1, 0.02);
    expect(h.breath).toEqual([]);
    h.hum(1, 0.04);
    expect([h.breath, h.types()]).toEqual([['held'], []]);
    h.hum(1, 0.07);
    expect(h.types()).toEqual(['speech-start']);
  });

  test('two hums with a silence between them are compared with nothing', () => {
    const h = harness({ playing: true });
    h.listen();
    h.hum(4, 0.03);
    h.hush(1);
    h.hum(4, 0.06);
    expect([h.events, h.breath]).toEqual([[], []]);
  });

  test('when we are silent a hum is an answer like any other', () => {
    const h = harness();
    h.listen();
    h.hum(2);
    expect([h.types(), h.breath]).toEqual([['speech-start'], []]);
  });

  test('an echo of what we say is no caller, however clear it is, nor just after we stopped', () => {
    const h = harness({ playing: true });
    h.view.ownLevelDb = -12;
    h.listen();
    h.speak(20, -32);
    h.view.playing = false;
    h.speak(5, -32);
    expect(h.events).toEqual([]);
    h.speak(2, -25);
    expect(h.types()).toEqual(['speech-start']);
  });

  test('the longest utterance is cut, handed out, and the next begins anew', () => {
    const h = harness();
    h.listen({ maxUtteranceMs: 1_000 });
    h.speak(36);
    expect(h.types()).toEqual(['speech-start', 'pause', 'utterance-end', 'speech-start']);
    expect(h.events[2]).toMatchObject({ cut: true });
    expect(h.events[3]).toMatchObject({ utteranceId: 2 });
  });

  test('silence is not certain while a window is being judged', () => {
    const h = harness();
    h.listen();
    h.speak(4);
    h.detector.tick(5_000, true);
    expect(h.detector.state).toBe('speech');
    h.detector.tick(5_000, false);
    expect(h.detector.state).toBe('silence');
  });

  test('the last voiced sample is known until another turn is listened to', () => {
    const h = harness();
    into.pause(h);
    h.detector.listen(undefined, 0);
    expect([h.detector.turnId, h.detector.silentSinceMs]).toEqual(['t', 128 - 33 / 8]);
    h.listen({ turnId: 'u' });
    expect(h.detector.silentSinceMs).toBeUndefined();
  });
});

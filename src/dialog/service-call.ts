import type { AriPort } from '../ari/port.js';
import type { CallLine } from './call-line.js';
import { KeyEntry } from './key-entry.js';
import type { PinGuard } from './pin-guard.js';
import type { DialogSettings } from './settings.js';
import { Speaker } from './speaker.js';
import type { PromptSource } from './ports.js';
import { recordTone } from './tones.js';
import { recordVoice } from './voicemail.js';
import { toSharedPcm } from '../externalmedia/shared-pcm.js';
import type { KeyEvent, KeySpec } from '../fallback-ivr/key-collector.js';
import type { Clock } from '../kernel/clock.js';
import { explain } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import type { TextToSpeech } from '../local-models/ports.js';

export type HoursOverride = 'open' | 'closed' | 'calendar';

/** What can be switched by telephone. */
export interface ServiceSwitches {
  readonly hours: HoursOverride;
  readonly keypadOnly: boolean;
  setHours(to: HoursOverride, who: string): Promise<void>;
  setKeypadOnly(on: boolean, who: string): Promise<void>;
}

export interface ServiceParts {
  readonly ari: AriPort;
  readonly prompts: PromptSource;
  readonly tts: TextToSpeech;
  readonly settings: DialogSettings;
  readonly clock: Clock;
  readonly log: Logger;
  /** Absent: no PIN is set, and nothing can be done by telephone. */
  readonly pin: PinGuard | undefined;
  readonly switches: ServiceSwitches;
  /** Keeps a recording as a prompt. @throws HandrailError when nothing is to be heard in it */
  keepPrompt(recorded: Int16Array, who: string): Promise<void>;
}

const PIN_TRIES = 3;
/** Silence after a question, before it is put again. */
const NO_KEY_MS = 8_000;
const BETWEEN_KEYS_MS = 4_000;
const MAX_PROMPT_MS = 120_000;

type Answer = KeyEvent | { readonly type: 'silent' };

/**
 * A call to the line's own service: whoever knows the PIN records a prompt, or says whether the line is open and whether it
 * listens. By keys alone, in English.
 */
export class ServiceCall {
  readonly #speaker: Speaker;
  readonly #gone = new AbortController();
  /** Keys that came while nothing was asked: they answer the next question. */
  #ahead: string[] = [];
  #press: (key: string) => void = (key) => void this.#ahead.push(key);
  #recordings = 0;

  constructor(
    private readonly line: CallLine,
    private readonly callerNumber: string,
    private readonly parts: ServiceParts,
  ) {
    this.#speaker = new Speaker(line.leg, parts.prompts, parts.tts, parts.settings.ttsDeadlineMs, parts.log);
  }

  /** Resolves when the call is over: after the goodbye, or when the caller has hung up. */
  async run(): Promise<void> {
    const unsubscribe = this.parts.ari.onChannel(this.line.channelId, (event) => {
      if (event.type === 'dtmf') {
        this.#speaker.stop();
        this.#press(event.digit);
      } else if (['channel-destroyed', 'stasis-end', 'hangup-request'].includes(event.type)) this.#gone.abort();
    });
    try {
      if (await this.#isAllowed()) await this.#menu();
      if (!this.#gone.signal.aborted) await this.#say('Goodbye.');
    } finally {
      unsubscribe();
      this.#speaker.stop();
    }
  }

  async #isAllowed(): Promise<boolean> {
    const { pin, log } = this.parts;
    if (!pin) {
      await this.#say('No PIN is set for this service.');
      return false;
    }
    for (let tries = 0; tries < PIN_TRIES && !this.#gone.signal.aborted; tries++) {
      if (pin.isLocked) break;
      const answer = await this.#ask(['Please key in your PIN, then press pound.'], {
        kind: 'digits',
        min: 1,
        max: 16,
      });
      if (answer.type === 'digits' && pin.accepts(answer.digits)) return true;
      if (this.#gone.signal.aborted) return false;
      await this.#say('That is not the PIN.');
    }
    log.warn({ locked: pin.isLocked }, 'a service call knew no PIN');
    return false;
  }

  async #menu(): Promise<void> {
    for (let silent = 0; silent < 3 && !this.#gone.signal.aborted;) {
      const answer = await this.#ask(
        [
          'To record a prompt, press 1.',
          'To open or close the line, press 2.',
          'For the keypad only, press 3.',
          'To end, press pound.',
        ],
        choice('123'),
      );
      if (answer.type === 'pound') return;
      silent = answer.type === 'choice' ? 0 : silent + 1;
      if (answer.type !== 'choice') continue;
      try {
        if (answer.key === '1') await this.#record();
        if (answer.key === '2') await this.#setHours();
        if (answer.key === '3') await this.#setKeypadOnly();
      } catch (error) {
        this.parts.log.error({ problem: explain(error) }, 'a service call could not do what was asked');
        await this.#say('That did not work.');
      }
    }
  }

  async #record(): Promise<void> {
    let recorded = await this.#take();
    while (recorded && !this.#gone.signal.aborted) {
      this.line.leg.play(`recorded-${String(this.#recordings)}`, toSharedPcm(recorded));
      const answer = await this.#ask(
        [
          'To keep it, press 1.',
          'To record it again, press 2.',
          'To hear it again, press 3.',
          'To drop it, press pound.',
        ],
        choice('123'),
        recorded.length / 8,
      );
      if (answer.type === 'pound') return;
      if (answer.type !== 'choice') continue;
      if (answer.key === '2') recorded = await this.#take();
      if (answer.key !== '1') continue;
      await this.parts.keepPrompt(recorded ?? new Int16Array(0), this.#who);
      await this.#say('It is kept.');
      return;
    }
  }

  /** @returns undefined when nothing was said */
  async #take(): Promise<Int16Array | undefined> {
    await this.#say('Speak after the tone, and press any key when you are done.');
    if (this.#gone.signal.aborted) return undefined;
    this.#ahead = [];
    const { clock } = this.parts;
    const keyed = new AbortController();
    this.#press = () => keyed.abort();
    const turnId = `${this.line.channelId}-prompt-${String(++this.#recordings)}`;
    this.line.leg.play(`${turnId}-tone`, recordTone, { bargeIn: false });
    const signal = AbortSignal.any([keyed.signal, this.#gone.signal]);
    const recorded = await recordVoice(this.line.leg, { turnId, maxMs: MAX_PROMPT_MS }, clock, signal);
    this.#pressAhead();
    if (!recorded) await this.#say('I heard nothing.');
    return recorded;
  }

  async #setHours(): Promise<void> {
    const { switches } = this.parts;
    const now = {
      open: 'The line is set open.',
      closed: 'The line is set closed.',
      calendar: 'The line follows its calendar.',
    };
    const answer = await this.#ask(
      [now[switches.hours], 'For open now, press 1.', 'For closed now, press 2.', 'For the calendar, press 3.'],
      choice('123'),
    );
    const chosen =
      answer.type === 'choice' ? (['open', 'closed', 'calendar'] as const)[Number(answer.key) - 1] : undefined;
    if (!chosen) return;
    await switches.setHours(chosen, this.#who);
    await this.#say(now[chosen]);
  }

  async #setKeypadOnly(): Promise<void> {
    const { switches } = this.parts;
    const now = (on: boolean): string => (on ? 'New calls use the keypad only.' : 'New calls may speak.');
    const answer = await this.#ask(
      [now(switches.keypadOnly), 'For the keypad only, press 1.', 'For speech, press 2.'],
      choice('12'),
    );
    if (answer.type !== 'choice') return;
    await switches.setKeypadOnly(answer.key === '1', this.#who);
    await this.#say(now(answer.key === '1'));
  }

  get #who(): string {
    return `telephone ${this.callerNumber}`;
  }

  async #say(text: string): Promise<void> {
    const { ended } = this.#speaker.say([text], { bargeIn: false, keep: true });
    await Promise.race([ended, this.#left]);
  }

  /** @param beforeMs of what is being played already */
  #ask(texts: readonly string[], spec: KeySpec, beforeMs = 0): Promise<Answer> {
    const { clock } = this.parts;
    return new Promise((resolve) => {
      let cancel = (): void => undefined;
      let answered = false;
      const done = (answer: Answer): void => {
        if (answered) return;
        answered = true;
        cancel();
        entry.cancel();
        this.#pressAhead();
        resolve(answer);
      };
      const entry = new KeyEntry(spec, BETWEEN_KEYS_MS, clock, done);
      this.#press = (key) => {
        cancel();
        entry.press(key);
      };
      void this.#left.then(() => done({ type: 'silent' }));
      const { ended } = this.#speaker.say(texts, { bargeIn: false, keep: true });
      void ended.then((how) => {
        if (how !== 'flushed' && !answered) cancel = clock.after(NO_KEY_MS + beforeMs, () => done({ type: 'silent' }));
      });
      for (const key of this.#ahead.splice(0)) this.#press(key);
      if (answered) this.#speaker.stop();
    });
  }

  #pressAhead(): void {
    this.#press = (key) => void this.#ahead.push(key);
  }

  get #left(): Promise<void> {
    const { signal } = this.#gone;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }
}

function choice(keys: string): KeySpec {
  return { kind: 'choice', keys: new Set(keys) };
}

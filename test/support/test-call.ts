import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { writeWav } from '../../src/audio/wav.js';
import { sleep, systemClock } from '../../src/kernel/clock.js';
import { homeDir } from '../../src/kernel/paths.js';
import type { TurnRecord } from '../../src/observability/turn-record.js';
import type { CallerCall, Played } from '../../src/sip-caller/index.js';
import type { StoredCall } from '../../src/store/port.js';
import type { TestLine } from '../harness.js';
import { findSpeech } from './hearing.js';
import { shareHeard, wordsOf } from './sounds.js';

/** Generous: the machine may be busy with other things. */
const SPEAKS_WITHIN_MS = 8_000;
const SPOKEN_WITHIN_MS = 40_000;
/** Between two pieces of a prompt there is less silence than this. */
const SILENCE_MS = 700;
const LOOK_MS = 300;
/** What a look may have cut in two is looked at again; silence before the speech, and late packets, count in. */
const OVERLAP_MS = 700;
const TRANSCRIBE_EVERY_MS = 1_500;
/** Whisper’s smallest model mishears a word of the bot’s now and then. */
const WORDS_ALIKE = 0.6;

/** A test caller on the line: does one thing after the other and remembers when, so that answers can be told apart. */
export class TestCall {
  #markMs: number;
  #spokeMs = 0;

  constructor(
    readonly phone: CallerCall,
    readonly callerId: string,
    readonly line: TestLine,
  ) {
    this.#markMs = phone.answeredMs;
  }

  /** Waits until the line has spoken and is silent. */
  async listen(): Promise<void> {
    await this.hearsVoice();
    await this.phone.waitForSilence({ ms: SILENCE_MS, timeoutMs: SPOKEN_WITHIN_MS });
  }

  /** Waits until the line begins to speak, and says when. */
  async hearsVoice(): Promise<number> {
    const heard = await this.phone.waitForSpeech({ afterMs: this.#markMs, timeoutMs: SPEAKS_WITHIN_MS });
    if (!heard) throw new Error(`${this.callerId} heard nothing for ${String(SPEAKS_WITHIN_MS)} ms`);
    return heard.firstVoicedMs;
  }

  /** Speaks; what is heard from the last word on is the answer. */
  async say(samples: Int16Array): Promise<Played> {
    const played = await this.phone.play(samples);
    this.#spokeMs = played.startedMs;
    this.#markMs = played.lastVoicedSentMs;
    return played;
  }

  /** What is heard from now on is the answer. */
  mark(): void {
    this.#markMs = this.phone.nowMs();
  }

  /** What is heard from the beginning of what was said last counts as well: a line that echoes. */
  markAtStartOfSpeech(): void {
    this.#markMs = this.#spokeMs;
  }

  /** Presses keys one after the other; what is heard from then on is the answer. */
  async press(keys: string): Promise<void> {
    // A menu answers at the first packet of the last key, so the beginning is what counts.
    if (keys.length > 1) await this.phone.dtmf(keys.slice(0, -1));
    this.#markMs = this.phone.nowMs();
    await this.phone.dtmf(keys.slice(-1));
  }

  /** Presses keys at the pace of a caller who knows the menu: each one when the next question begins. */
  async pressEach(keys: string): Promise<void> {
    for (const key of keys) {
      await this.press(key);
      await this.hearsVoice();
    }
  }

  /**
   * Whether speech is in what was heard since the last thing the caller did, waiting for it. Each look is at what is new
   * only: a long look would keep this process from receiving packets in time.
   *
   * @param limitMs how much of its beginning must have been heard
   */
  async hears(wanted: Int16Array, limitMs = 1_500): Promise<boolean> {
    const untilMs = this.phone.nowMs() + SPOKEN_WITHIN_MS;
    for (let fromMs = this.#markMs; this.phone.nowMs() < untilMs;) {
      const lookedAtMs = this.phone.nowMs();
      if (findSpeech(this.phone.heard.timeline(fromMs), wanted, limitMs) !== undefined) return true;
      const silentSinceMs = Math.max(this.phone.heard.lastVoicedMs ?? 0, this.#markMs);
      if (lookedAtMs - silentSinceMs > SPEAKS_WITHIN_MS) return false;
      fromMs = Math.max(fromMs, lookedAtMs - limitMs - OVERLAP_MS);
      await sleep(systemClock, LOOK_MS);
    }
    return false;
  }

  /** As `hears`, with a fixed prompt of the bot; fails the test when it is not heard. */
  async expectPrompt(text: string, limitMs?: number): Promise<void> {
    await this.expectToHear(`“${text}”`, this.line.sounds.prompt(text), limitMs);
  }

  /** As `expectPrompt`, with a sound of Asterisk's. */
  async expectSound(name: string, limitMs?: number): Promise<void> {
    await this.expectToHear(`Asterisk’s ${name}`, await this.line.sounds.asterisk(name, this.line.stack.pbx), limitMs);
  }

  /** @param what names it when it was not heard; the recording is then kept for people to listen to */
  async expectToHear(what: string, wanted: Int16Array, limitMs?: number): Promise<void> {
    if (!(await this.hears(wanted, limitMs))) await this.fail(what);
  }

  async fail(what: string): Promise<never> {
    const file = join(homeDir, 'test-results', `caller-${this.callerId}.wav`);
    await mkdir(dirname(file), { recursive: true });
    await writeWav(file, this.phone.stereo());
    const { received, lost, latenessMs } = this.phone.stats;
    return expect.fail(
      `${this.callerId} does not hear ${what}; what was heard is in ${file}. ${String(received)} packets came, ` +
        `${String(lost)} were lost; this process was up to ${latenessMs.max.toFixed(0)} ms late (p99 ${latenessMs.p99.toFixed(0)}).`,
    );
  }

  /** The words since the last thing that the caller did. */
  wordsHeard(): Promise<string[]> {
    return this.line.sounds.words(this.phone.heard.timeline(this.#markMs));
  }

  /** Waits until these phrases are among the words that are heard, as Whisper hears them. */
  async expectWords(...phrases: readonly string[]): Promise<void> {
    const untilMs = this.phone.nowMs() + SPOKEN_WITHIN_MS;
    while (this.phone.nowMs() < untilMs) {
      const heard = await this.wordsHeard();
      if (phrases.every((phrase) => shareHeard(wordsOf(phrase), heard) >= WORDS_ALIKE)) return;
      await sleep(systemClock, TRANSCRIBE_EVERY_MS);
    }
    await this.fail(`the words “${phrases.join('”, “')}”`);
  }

  /** Turns so far, once `holds` is true for one of them; resolves with that one. */
  async turn(holds: (turn: TurnRecord) => boolean): Promise<TurnRecord> {
    const { turns } = await this.line.recordWhen(this.callerId, (call) => call.turns.some(holds));
    const found = turns.findLast(holds);
    if (!found) throw new Error('no such turn');
    return found;
  }

  /** Hangs up and gives the whole record. */
  async hangup(): Promise<StoredCall> {
    await this.phone.hangup();
    return this.line.recordWhen(this.callerId, (call) => call.endedAtWallMs !== undefined);
  }
}

import { writeWav } from '../../src/audio/wav.js';
import { sleep, systemClock } from '../../src/kernel/clock.js';
import { findSpeech } from '../support/hearing.js';
import { cafeNode } from '../support/flows.js';
import type { TestCall } from '../support/test-call.js';
import { longestSilence, silenceFrom, type CallerVerdict, type Voiced } from './judge.js';
import type { Fault } from './fault.js';
import type { World, WorldKind } from './world.js';

/**
 * - `waiting`: has heard the question and says nothing yet
 * - `menu`: went by key into a form, and hears its list
 * - `speaking`: talks when the fault comes, and then waits for an answer
 * - `hearing`: listens to the bot, which talks when the fault comes
 * - `keying`: presses the last digits of a number when the fault comes; the answer has words that must be made
 * - `new`: calls after the fault
 */
export type Role = 'waiting' | 'menu' | 'speaking' | 'hearing' | 'keying' | 'new';

const usual: readonly Role[] = [
  'waiting',
  'menu',
  'speaking',
  'hearing',
  'waiting',
  'menu',
  'speaking',
  'hearing',
  'waiting',
  'hearing',
];

/** The roles of `calls` callers in a world; those that speak or key take the place of each other. */
export function rolesOf(calls: number, active: 'speaking' | 'keying', kind: WorldKind): Role[] {
  return Array.from({ length: calls }, (_, i) => {
    const role = usual[i % usual.length] ?? 'waiting';
    if (role === 'speaking') return active;
    if (kind === 'tools' && role === 'hearing') return active;
    // The question of that flow is too short to be in the middle of it.
    return kind === 'questions' && role === 'hearing' ? 'waiting' : role;
  });
}

/** The key that leads to a person, at every moment, on both faces of every node, and what is heard there. */
export const KEY = '0';
const expects = cafeNode('person', 'transfer').prompt ?? '';

/** A pause within a sentence of the bot's is no silence. */
const PAUSE_MS = 60;
/** What Asterisk and the phone still have of the bot's voice when its source dies. */
const PLAYED_OUT_MS = 200;
/** Of a prompt, so much is compared: a late packet breaks a tenth of it, not a third. */
const COMPARED_MS = 1_500;
const GREETED_WITHIN_MS = 10_000;

/** One live caller of a row: what it does, and what it went through. */
export class Caller {
  #dueMs: number | undefined;
  #pressedMs = Infinity;
  #cutOff = false;
  #hungUp = false;
  #complaint = '';

  constructor(
    readonly role: Role,
    readonly call: TestCall,
    private readonly number = '',
  ) {
    void call.phone.ended.then(() => (this.#cutOff = !this.#hungUp));
  }

  /** Goes to where the role begins. */
  async settle(): Promise<void> {
    const greeted = await this.call.phone.waitForSpeech({
      afterMs: this.call.phone.answeredMs,
      timeoutMs: GREETED_WITHIN_MS,
    });
    if (!greeted) this.#complaint = 'was not greeted';
    else if (this.role === 'menu') await this.call.phone.dtmf('1');
    else if (this.role === 'keying') await this.call.phone.dtmf('3');
  }

  /** What `speaking` and `keying` do while the fault comes. */
  async act(words: Int16Array): Promise<void> {
    if (this.role === 'speaking') this.#dueMs = (await this.call.phone.play(words)).lastVoicedSentMs;
    if (this.role === 'keying') {
      await this.call.phone.dtmf(this.number);
      this.#dueMs = this.call.phone.nowMs();
    }
  }

  get wasCutOff(): boolean {
    return this.#cutOff;
  }

  async press(key: string): Promise<void> {
    this.#pressedMs = this.call.phone.nowMs();
    await this.call.phone.dtmf(key).catch(() => undefined);
  }

  /** Keeps the recording, for people to listen to: left what the caller said, right what was heard. */
  async keep(path: string): Promise<void> {
    await writeWav(path, this.call.phone.stereo());
  }

  async hangUp(): Promise<void> {
    this.#hungUp = true;
    await this.call.phone.hangup();
  }

  /**
   * @param faultMs when the fault came
   * @param owed whether every caller is owed a word after it, whoever had the word before
   * @param answer what a caller who acted must have heard
   * @param world to know how the prompt sounds that the key leads to
   */
  judge(faultMs: number, { owed = false, answer }: Pick<Fault, 'owed' | 'answer'>, world: World): CallerVerdict {
    const { phone } = this.call;
    const lastMs = Math.min(this.#pressedMs, phone.nowMs());
    const voice = phone.heard.segments(phone.answeredMs, PAUSE_MS);
    const unanswered = answer && this.#dueMs !== undefined && !this.#hears(world, answer, this.#dueMs);
    const complaint =
      this.#complaint ||
      (this.#cutOff ? 'was cut off' : unanswered ? `was not answered in time: “${answer.prompt}”` : '');
    return {
      role: this.role,
      silenceMs: this.#silenceMs(voice, faultMs, owed, lastMs),
      keyWorked: this.#heardAfterKey(world),
      complaint,
    };
  }

  #silenceMs(voice: readonly Voiced[], faultMs: number, owed: boolean, lastMs: number): number | undefined {
    switch (this.role) {
      case 'new':
        return silenceFrom(voice, this.call.phone.answeredMs, lastMs);
      case 'speaking':
      case 'keying': {
        const dueMs = Math.max(this.#dueMs ?? faultMs, faultMs);
        // The answer must not break off either; a pause between two prompts is within any bound.
        return longestSilence(voice, dueMs, dueMs + 1_500, lastMs);
      }
      case 'hearing':
      case 'menu':
        // Without a fault that takes the line away, the bot just goes on talking.
        return owed
          ? longestSilence(voice, faultMs, faultMs + PLAYED_OUT_MS, lastMs)
          : longestSilence(voice, faultMs, faultMs + 1_000, lastMs);
      case 'waiting':
        return owed ? silenceFrom(voice, faultMs, lastMs) : undefined;
    }
  }

  #hears(world: World, { prompt, withinMs }: { prompt: string; withinMs: number }, fromMs: number): boolean {
    const heard = this.call.phone.heard.timeline(fromMs);
    const at = findSpeech(heard, world.line.sounds.prompt(prompt), COMPARED_MS);
    return at !== undefined && at <= withinMs;
  }

  #heardAfterKey(world: World): boolean {
    const heard = this.call.phone.heard.timeline(this.#pressedMs);
    return findSpeech(heard, world.line.sounds.prompt(expects), COMPARED_MS) !== undefined;
  }
}

/** From the answer to the question's last word there is this much more than the words. */
const AROUND_GREETING_MS = 800;
const INTO_WORDS_MS = 800;
/** Calls come one after the other, as they do; nobody waits for the one before to be answered. */
const BETWEEN_CALLS_MS = 100;

export interface Scene {
  readonly callers: readonly Caller[];
  readonly faultMs: number;
}

/** What callers say who speak. */
export function sentenceOf(kind: WorldKind): string {
  return kind === 'questions' ? 'Why do people like the smell of coffee?' : 'I have a question.';
}

/** Brings callers to their places, then lets the fault come while they talk, hear, wait and choose. */
export async function stage(
  world: World,
  roles: readonly Role[],
  words: Int16Array,
  fault: () => Promise<void> | void,
  beforehand: boolean,
): Promise<Scene> {
  let number = 1_000 + Math.floor(systemClock.nowMs() % 8_000);
  const place = (who: readonly Role[]): Promise<Caller[]> =>
    Promise.all(
      who.map(async (role, i) => {
        const mine = String(++number);
        await sleep(systemClock, i * BETWEEN_CALLS_MS);
        const caller = new Caller(role, await world.call(), mine);
        await caller.settle();
        return caller;
      }),
    );
  const early = await place(roles.filter((one) => one !== 'hearing'));
  await sleep(systemClock, AROUND_GREETING_MS + world.greetingMs);
  const late = await place(roles.filter((one) => one === 'hearing'));
  const callers = [...early, ...late];
  const act = (): Promise<unknown> => Promise.all(callers.map((caller) => caller.act(words)));
  const acting = beforehand ? Promise.resolve() : act();
  if (!beforehand) await sleep(systemClock, INTO_WORDS_MS);
  const faultMs = systemClock.nowMs();
  await fault();
  await (beforehand ? act() : acting);
  return { callers, faultMs };
}

/** Callers who come when the fault is there already. */
export async function stageNew(world: World, calls: number): Promise<Scene> {
  const faultMs = systemClock.nowMs();
  const callers: Caller[] = [];
  for (let i = 0; i < calls; i++) callers.push(new Caller('new', await world.call()));
  return { callers, faultMs };
}

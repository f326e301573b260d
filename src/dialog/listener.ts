import { KeyEntry } from './key-entry.js';
import { ListeningTurn, type Heard } from './listening-turn.js';
import type { CompiledExpectation, Understander, Understanding } from './ports.js';
import type { SecondChance } from './second-chance.js';
import { deadlineOf, type DialogSettings } from './settings.js';
import type { Speech } from './speaker.js';
import type { DialogInput, Listen } from './state.js';
import { keyCue, noCue, type Cue } from './turn-log.js';
import type { MediaEvent, MediaLeg, SharedPcm } from '../externalmedia/port.js';
import type { KeyEvent, KeySpec } from '../fallback-ivr/key-collector.js';
import { defaultsOf, type Flow } from '../flow/schema.js';
import { flowIn, inVoice } from '../flow/languages.js';
import { isUnderstood, wordsOf } from '../flow/words/words-of.js';
import type { Cancel, Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { SpeechToText } from '../local-models/ports.js';

/** The question that stands, and how it is listened to. */
export interface Question {
  readonly listen: Listen;
  /** The no-input time begins when this is kept, unless by a barge-in; absent where the bot has the word. */
  readonly noInputAfter: Speech['ended'] | undefined;
  /** The caller's last word, where they wait for an answer already: the turn deadline counts from it. */
  readonly waitingSinceMs?: number;
  /** The answer that is being said with this question may have come too early. */
  readonly secondChance?: SecondChance | undefined;
}

export interface ListenerParts {
  readonly flow: Flow;
  readonly nlu: Understander;
  readonly stt: SpeechToText;
  /** One rendered prompt for several pieces in a row, if all of them are rendered. */
  readonly joined: (texts: readonly string[]) => SharedPcm | undefined;
  readonly settings: DialogSettings;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who is told what the caller does. */
export interface ListenerOwner {
  /** @param spokenAlready what the media thread has begun to say by itself */
  onInput(input: DialogInput, cue: Cue, spokenAlready?: SharedPcm): void;
  /** A cough is no answer: the question stands, but nobody listens until `listen` is called again. */
  onNoise(): void;
  /** What the caller has said if they say nothing more; `undefined` when they go on after all. */
  onGuess(guess: SpeechInput | undefined): void;
}

export type SpeechInput = Extract<DialogInput, { type: 'speech' }>;

/** Of all keys, only those have a meaning that always have one. */
const noChoice: KeySpec = { kind: 'choice', keys: new Set() };

/**
 * Listens for the answer to the one question that stands: speech, keys, silence, or the turn deadline, whichever is first.
 * Whatever belongs to an older question is cancelled.
 */
export class Listener {
  #question: Question | undefined;
  #turn: ListeningTurn | undefined;
  #keys: KeyEntry | undefined;
  #noInput: Cancel = () => undefined;
  /** The caller has begun to speak, and it is not known yet what comes of it. */
  #isSpeaking = false;
  #turnNumber = 0;

  constructor(
    private readonly callId: string,
    private readonly leg: MediaLeg,
    private readonly parts: ListenerParts,
    private readonly owner: ListenerOwner,
  ) {}

  get question(): Question | undefined {
    return this.#question;
  }

  /**
   * Begins to listen, or goes on with a question that stood already: keys that were pressed for it count. Without a
   * recogniser a spoken question falls to the keypad at once.
   *
   * @param signal aborted when the question does not stand any more
   */
  listen(question: Question, signal: AbortSignal): void {
    const { listen, noInputAfter } = question;
    const turnId = `${this.callId}-t${String(++this.#turnNumber)}`;
    this.#noInput();
    this.#turn?.stop();
    this.#turn = undefined;
    this.#isSpeaking = false;
    this.#question = question;
    this.#keys ??= this.#keyEntry(listen.keys, () => true);
    if (this.parts.stt.state === 'ready' && isUnderstood(listen.language ?? this.parts.flow.language)) {
      this.#turn = this.#hear(turnId, question);
      this.#arm(turnId, question);
    }
    if (listen.face === 'ai' && !this.#turn) {
      // The recogniser went down since the question was chosen.
      this.owner.onInput({ type: 'fall', reason: 'engine' }, this.#noCue());
      return;
    }
    void noInputAfter?.then((how) => {
      if (!signal.aborted && how !== 'flushed' && !this.#isSpeaking) this.#startNoInput();
    });
  }

  /** No question stands while something is waited for; key 0 leads to a person all the same. */
  listenForOperator(): void {
    this.#keys = this.#keyEntry(noChoice, (event) => event.type === 'operator');
  }

  press(key: string): void {
    this.#noInput();
    this.#keys?.press(key);
  }

  /** The media thread has begun to say the keypad prompt: the dialog follows, silently. A late answer is dropped. */
  onDeadline({ turnId, atMs }: Extract<MediaEvent, { type: 'deadline' }>): void {
    const question = this.#question;
    if (!question || turnId !== this.#turn?.turnId) return;
    const prompt = this.#keypadPrompt(question.listen);
    if (!prompt) return;
    const referenceMs = question.waitingSinceMs ?? atMs - deadlineOf(this.parts.settings).afterMs;
    this.owner.onInput({ type: 'fall', reason: 'deadline' }, noCue(referenceMs), prompt);
  }

  /** Idempotent. No question stands then. */
  stop(): void {
    this.#noInput();
    this.#turn?.stop();
    this.#turn = undefined;
    this.#keys?.cancel();
    this.#keys = undefined;
    this.#question?.secondChance?.letGo();
    this.#question = undefined;
    this.leg.arm(undefined);
  }

  #hear(turnId: string, question: Question): ListeningTurn {
    const { listen, noInputAfter, secondChance, waitingSinceMs } = question;
    const { clock, flow, log, nlu, settings, stt } = this.parts;
    const compile = ({ expectation }: Listen): CompiledExpectation => nlu.compile(expectation);
    return new ListeningTurn(
      turnId,
      {
        leg: this.leg,
        stt,
        compiled: compile(listen),
        secondChance,
        compile,
        clock,
        log,
        settings,
        accept: defaultsOf(flow).accept,
        onGuess: (understanding) => this.owner.onGuess(understanding && speechInput(understanding)),
      },
      () => {
        this.#noInput();
        this.#isSpeaking = true;
        // Whoever was waited for has the word again: the silence behind it counts in full.
        if (waitingSinceMs === undefined) return;
        this.#question = { listen, noInputAfter };
        this.#arm(turnId, this.#question);
      },
      (heard) => this.#onHeard(heard),
    );
  }

  #onHeard(heard: Heard): void {
    switch (heard.type) {
      case 'noise':
        this.owner.onNoise();
        break;
      case 'failed':
        this.owner.onInput({ type: 'fall', reason: heard.reason }, noCue(heard.endedMs));
        break;
      case 'speech': {
        const input = speechInput(heard.understanding);
        const best = input.hypotheses[0];
        this.owner.onInput(input, {
          input: {
            type: 'speech',
            text: input.text,
            confidence: best?.probability ?? 0,
            meaning: best?.meaning,
            ...(heard.takesBack && { takesBack: true }),
          },
          referenceMs: heard.endedMs,
          marks: heard.marks,
          said: heard.said,
          takesBack: heard.takesBack,
        });
        break;
      }
    }
  }

  #keyEntry(spec: KeySpec, counts: (event: KeyEvent) => boolean): KeyEntry {
    const { clock, flow } = this.parts;
    return new KeyEntry(spec, defaultsOf(flow).interDigitMs, clock, (event, digits) => {
      if (counts(event)) this.owner.onInput({ type: 'keys', event }, keyCue(digits, clock.nowMs()));
    });
  }

  #arm(turnId: string, { listen, waitingSinceMs }: Question): void {
    const prompt = listen.face === 'ai' ? this.#keypadPrompt(listen) : undefined;
    this.leg.arm(prompt && { turnId, ...deadlineOf(this.parts.settings, waitingSinceMs), prompt });
  }

  /** What the media thread says by itself when a turn is late. */
  #keypadPrompt(listen: Listen): SharedPcm | undefined {
    const flow = flowIn(this.parts.flow, listen.language);
    return this.parts.joined([inVoice(flow, wordsOf(flow.language).toKeypad), ...listen.keypadPrompt]);
  }

  #startNoInput(): void {
    this.#noInput();
    const { clock, flow } = this.parts;
    this.#noInput = clock.after(defaultsOf(flow).noInputMs, () =>
      this.owner.onInput({ type: 'noinput' }, this.#noCue()),
    );
  }

  #noCue(): Cue {
    return noCue(this.parts.clock.nowMs());
  }
}

function speechInput({ hypotheses, text }: Understanding): SpeechInput {
  return { type: 'speech', hypotheses, text: text.reveal() };
}

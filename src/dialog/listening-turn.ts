import { endpointAtMs, silentFromMs } from './endpointing.js';
import { isNoSpeech, isNothing, isNoWord } from './no-speech.js';
import type { CompiledExpectation, Understanding } from './ports.js';
import { continuationOf, joined, type Answered, type SecondChance, type Utterance } from './second-chance.js';
import type { DialogSettings } from './settings.js';
import type { Listen } from './state.js';
import { endsAtMs } from '../audio/voice-sign.js';
import type { MediaEvent, MediaLeg } from '../externalmedia/port.js';
import type { Cancel, Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import type { Recognition, SpeechToText } from '../local-models/ports.js';
import type { TurnMarks } from '../observability/turn-record.js';

/** What one turn of listening came to. `endedMs`: when the caller’s voice ended, which the marks count from. */
export type Heard =
  | {
      readonly type: 'speech';
      readonly understanding: Understanding;
      readonly endedMs: number;
      readonly marks: TurnMarks;
      readonly said: Utterance;
      /** The answer that came too early: `said` is for the question before it, as a whole. */
      readonly takesBack: Answered | undefined;
    }
  /** Something that was no speech: a cough, a door. The question stands. */
  | { readonly type: 'noise' }
  | { readonly type: 'failed'; readonly reason: 'engine' | 'deadline'; readonly endedMs: number };

type Pause = Extract<MediaEvent, { type: 'pause' }>;

export interface ListeningParts {
  readonly leg: MediaLeg;
  readonly stt: SpeechToText;
  readonly compiled: CompiledExpectation;
  /** The answer that the caller may go on talking into. */
  readonly secondChance: SecondChance | undefined;
  /** What can be said to the question before that answer. */
  readonly compile: (listen: Listen) => CompiledExpectation;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: DialogSettings;
  /** Probability from which a complete sentence is answered at the minimum pause. */
  readonly accept: number;
  /** Told what will be handed on if the caller says nothing more, and `undefined` when they go on after all. */
  readonly onGuess: (understanding: Understanding | undefined) => void;
}

/** Sounds that people make while they listen (“mm-hm”, a laugh) are over by then; what they want to say is longer. */
const LISTENER_SOUND_MS = 700;

interface Understood {
  readonly said: Utterance;
  readonly recognition: Recognition;
  readonly recognisedMs: number;
  readonly understanding: Understanding;
  readonly takesBack: Answered | undefined;
  /** All of it means what was answered already. */
  readonly addsNothing: boolean;
}

/**
 * One turn of listening: recognises speculatively at the first pause, drops that when the caller goes on, and decides the
 * endpoint by what was said.
 *
 * | state | event | next |
 * |---|---|---|
 * | waiting | pause | recognising, or holding where no word can have been said |
 * | recognising | speech-resume | waiting (request cancelled) |
 * | recognising | result | holding until the endpoint, or done when it has passed |
 * | recognising | engine failed | holding until the endpoint |
 * | holding | speech-resume | waiting |
 * | holding | endpoint reached, and a moment after the last speech-sign; utterance-end | done |
 */
export class ListeningTurn {
  #state: 'waiting' | 'recognising' | 'holding' | 'done' = 'waiting';
  #request: AbortController | undefined;
  #cancelEndpoint: Cancel | undefined;
  #ended = false;
  /** When the caller’s voice may have come back the last time. One of an earlier pause is too old to count. */
  #signMs: number | undefined;
  /** The caller began to speak into what the bot was saying. */
  #bargedIn = false;
  /** The answer that came too early: the caller goes on with what they were saying. */
  #goesOnWith: Answered | undefined;
  #held: (() => void) | undefined;
  #hasGuessed = false;
  readonly #unsubscribe: () => void;

  constructor(
    readonly turnId: string,
    private readonly parts: ListeningParts,
    private readonly onSpeaking: () => void,
    private readonly onHeard: (heard: Heard) => void,
  ) {
    this.#unsubscribe = parts.leg.subscribe((event) => this.#onMedia(event));
    const { bargeInMs, maxEndpointMs, maxUtteranceMs, pauseMs } = parts.settings;
    parts.leg.listen({ turnId, bargeInMs, pauseMs, maxPauseMs: maxEndpointMs, maxUtteranceMs });
  }

  /** Ends the turn without a result. Idempotent. */
  stop(): void {
    if (this.#state === 'done') return;
    this.#state = 'done';
    this.#unsubscribe();
    this.#drop();
    this.parts.leg.listen(undefined);
  }

  #onMedia(event: MediaEvent): void {
    if (!('turnId' in event) || event.turnId !== this.turnId) return;
    switch (event.type) {
      case 'speech-start':
        this.#bargedIn ||= event.bargedIn;
        this.#goesOnWith ??= this.parts.secondChance?.goneOnWith(event.atMs);
        this.onSpeaking();
        break;
      case 'pause':
        this.#ended = false;
        void this.#recognise(event);
        break;
      case 'speech-sign':
        this.#signMs = event.atMs;
        break;
      case 'speech-resume':
        this.#drop();
        this.#state = 'waiting';
        break;
      case 'utterance-end':
        this.#ended = true;
        this.#held?.();
        break;
      case 'deadline':
        break;
    }
  }

  async #recognise(pause: Pause): Promise<void> {
    this.#drop();
    if (isNoWord(pause)) {
      const { minEndpointMs } = this.parts.settings;
      return this.#hold(silentFromMs(pause) + minEndpointMs, () => this.#finish({ type: 'noise' }));
    }
    this.#state = 'recognising';
    const { signal } = (this.#request = new AbortController());
    const startedMs = this.parts.clock.nowMs();
    let heard: Understood;
    try {
      heard = await this.#understandAll(pause, signal);
    } catch (error) {
      if (signal.aborted || this.#isOver()) return;
      this.parts.log.warn({ err: error }, 'recognition failed');
      const late = error instanceof HandrailError && error.code === 'HR_ENGINE_DEADLINE';
      const failed: Heard = { type: 'failed', reason: late ? 'deadline' : 'engine', endedMs: pause.endedMs };
      // A caller who only took a breath is not interrupted to be told that nobody listens: the next pause tries again.
      const { minEndpointMs, maxEndpointMs } = this.parts.settings;
      this.#hold(pause.lastVoicedMs + (minEndpointMs + maxEndpointMs) / 2, () => this.#finish(failed));
      return;
    }
    if (signal.aborted || this.#isOver()) return;
    const since = (ms: number): number => Math.round(ms - pause.endedMs);
    this.#holdUnderstood(heard, pause, {
      speechMs: Math.round(pause.lastVoicedMs - heard.said.speechStartMs),
      pauseMs: since(pause.atMs),
      sttStartMs: since(startedMs),
      sttEndMs: since(heard.recognisedMs),
      nluEndMs: since(this.parts.clock.nowMs()),
    });
  }

  /** What goes on with what was answered already is understood as a whole; what does not, by itself. */
  async #understandAll(pause: Pause, signal: AbortSignal): Promise<Understood> {
    const { accept, compile, compiled } = this.parts;
    const answered = this.#goesOnWith;
    if (!answered) return this.#understand(pause, compiled, signal);
    const whole = await this.#understand(joined(answered.said, pause), compile(answered.listen), signal);
    const continuation = continuationOf(answered, whole.understanding, accept);
    if (continuation === 'more') return { ...whole, takesBack: answered };
    const alone = await this.#understand(pause, compiled, signal);
    return { ...alone, addsNothing: continuation === 'same' && isNothing(alone.understanding) };
  }

  async #understand(said: Utterance, compiled: CompiledExpectation, signal: AbortSignal): Promise<Understood> {
    const { clock, settings, stt } = this.parts;
    const recognition = await stt.recognise(
      {
        samples: said.samples,
        vocabulary: compiled.vocabulary,
        ...(compiled.grammar ? { grammar: compiled.grammar } : { mode: 'free' as const }),
      },
      { deadlineMs: settings.sttDeadlineMs, signal },
    );
    const recognisedMs = clock.nowMs();
    const understanding = await compiled.understand(recognition);
    return { said, recognition, recognisedMs, understanding, takesBack: undefined, addsNothing: false };
  }

  #holdUnderstood(heard: Understood, pause: Pause, marks: TurnMarks): void {
    const { accept, clock, settings } = this.parts;
    const { addsNothing, recognition, said, takesBack, understanding } = heard;
    const { endedMs, lastVoicedMs, speechStartMs } = pause;
    const isNoise = addsNothing || isNoSpeech(understanding, recognition, pause);
    const isListenerSound =
      isNothing(understanding) && this.#bargedIn && lastVoicedMs - speechStartMs <= LISTENER_SOUND_MS;
    // The bot has stopped for a noise: it goes on as soon as nothing follows.
    const untilMs =
      isNoise && this.#bargedIn
        ? silentFromMs(pause) + settings.minEndpointMs
        : endpointAtMs(pause, understanding, recognition.free, accept, settings);
    // What takes an answer back is said to another question than the one that guesses are for.
    if (!isNoise && !isListenerSound && !takesBack) this.#guess(understanding);
    this.#hold(untilMs, () => {
      const endpointMs = Math.round(clock.nowMs() - endedMs);
      if (isNoise || isListenerSound) this.#finish({ type: 'noise' });
      else this.#finish({ type: 'speech', understanding, endedMs, marks: { ...marks, endpointMs }, said, takesBack });
    });
  }

  /** Decides when the endpoint is reached, or a moment later if the voice may be coming back; a caller who goes on before takes it back. */
  #hold(untilMs: number, decide: () => void): void {
    this.#state = 'holding';
    const { clock } = this.parts;
    const dueMs = Math.max(untilMs, clock.nowMs());
    const look = (): void => {
      const waitMs = endsAtMs(dueMs, this.#signMs) - clock.nowMs();
      if (waitMs <= 0) return decide();
      this.#cancelEndpoint = clock.after(waitMs, look);
    };
    if (this.#ended) return decide();
    this.#held = decide;
    look();
  }

  #guess(heard: Understanding | undefined): void {
    if (heard === undefined && !this.#hasGuessed) return;
    this.#hasGuessed = heard !== undefined;
    this.parts.onGuess(heard);
  }

  #isOver(): boolean {
    return this.#state === 'done';
  }

  #drop(): void {
    this.#request?.abort();
    this.#request = undefined;
    this.#cancelEndpoint?.();
    this.#cancelEndpoint = undefined;
    this.#held = undefined;
    this.#guess(undefined);
  }

  #finish(heard: Heard): void {
    if (this.#isOver()) return;
    // What was guessed comes true.
    if (heard.type === 'speech') this.#hasGuessed = false;
    this.stop();
    this.onHeard(heard);
  }
}

import { sleep, type Clock } from '../kernel/clock.js';
import { Emitter, type Unsubscribe } from '../kernel/emitter.js';
import { HandrailError } from '../kernel/errors.js';
import { sensitive } from '../kernel/sensitive.js';
import { TELEPHONE_RATE_HZ } from '../externalmedia/port.js';
import { limit } from './limited.js';
import type {
  ChatModel,
  ChatRequest,
  Engine,
  EngineState,
  Grammar,
  GrammarReading,
  Recognition,
  RecognitionRequest,
  RequestLimits,
  SpeechToText,
  TextToSpeech,
} from './ports.js';

/** How a fake engine behaves with its next request. */
export type FakeMood =
  | { readonly type: 'answer'; readonly afterMs: number }
  /** Never answers: deadlines and cancellation still work. */
  | { readonly type: 'hang' }
  | { readonly type: 'fail'; readonly message: string };

abstract class FakeEngine implements Engine {
  abstract readonly name: string;
  problem: string | undefined;
  mood: FakeMood;
  readonly #states = new Emitter<EngineState>();
  #state: EngineState = 'ready';

  constructor(
    protected readonly clock: Clock,
    answerAfterMs: number,
  ) {
    this.mood = { type: 'answer', afterMs: answerAfterMs };
  }

  get state(): EngineState {
    return this.#state;
  }

  onState(listener: (state: EngineState) => void): Unsubscribe {
    return this.#states.subscribe(listener);
  }

  /** Plays an outage, or its end. */
  become(state: EngineState, problem?: string): void {
    this.problem = problem;
    if (state === this.#state) return;
    this.#state = state;
    this.#states.emit(state);
  }

  close(): Promise<void> {
    this.become('down', 'it is closed');
    return Promise.resolve();
  }

  /** Waits as the mood says, within the limits. */
  protected async work(limits: RequestLimits): Promise<void> {
    if (this.#state !== 'ready')
      throw new HandrailError('HR_ENGINE_DOWN', `${this.name}: ${this.problem ?? this.#state}.`);
    const { mood } = this;
    if (mood.type === 'fail') throw new HandrailError('HR_ENGINE_FAILED', `${this.name}: ${mood.message}`);
    const limited = limit(this.clock, this.name, limits);
    const ended = new Promise<never>((_, reject) => {
      const stop = (): void => reject(limited.explain(undefined));
      if (limited.signal.aborted) stop();
      limited.signal.addEventListener('abort', stop, { once: true });
    });
    try {
      await Promise.race([ended, ...(mood.type === 'answer' ? [sleep(this.clock, mood.afterMs)] : [])]);
    } finally {
      limited.release();
    }
  }
}

/** What a scripted caller is heard to have said. */
export interface ScriptedRecognition {
  /** Best first, with their posteriors. @defaultValue none */
  readonly readings?: readonly { readonly text: string; readonly posterior: number; readonly logProb?: number }[];
  readonly free?: string;
  readonly noSpeechProb?: number;
}

/** Recognises what the script says, in order; when it is over, silence. Keeps the requests that it got. */
export class FakeStt extends FakeEngine implements SpeechToText {
  readonly name = 'fake-stt';
  readonly requests: RecognitionRequest[] = [];
  readonly prepared = new Map<string, Grammar>();
  readonly #script: ScriptedRecognition[];

  constructor(clock: Clock, script: readonly ScriptedRecognition[] = [], answerAfterMs = 100) {
    super(clock, answerAfterMs);
    this.#script = [...script];
  }

  /** Adds to the script. */
  hear(...next: readonly ScriptedRecognition[]): void {
    this.#script.push(...next);
  }

  prepare(grammar: Grammar): Promise<void> {
    this.prepared.set(grammar.id, grammar);
    return Promise.resolve();
  }

  async recognise(request: RecognitionRequest, limits: RequestLimits): Promise<Recognition> {
    this.requests.push(request);
    const startedAtMs = this.clock.nowMs();
    await this.work(limits);
    const { readings = [], free, noSpeechProb } = this.#script.shift() ?? { noSpeechProb: 0.99 };
    const totalMs = this.clock.nowMs() - startedAtMs;
    return {
      readings: readings.map(({ text, posterior, logProb = -1 }): GrammarReading => ({
        text: sensitive(text),
        posterior,
        logProb,
        tokens: text.split(' ').length,
      })),
      free:
        free === undefined
          ? undefined
          : { text: sensitive(free), logProb: -1, tokens: free.split(' ').length, runaway: false },
      noSpeechProb: noSpeechProb ?? 0.01,
      timings: { queueMs: 0, featuresMs: 0, encodeMs: 0, decodeMs: totalMs, totalMs },
    };
  }
}

const MS_A_WORD = 300;
const TONE_HZ = 400;

/** Speaks a 400 Hz tone (or silence) of 300 ms a word, in one chunk a word. Keeps the texts. */
export class FakeTts extends FakeEngine implements TextToSpeech {
  readonly name = 'fake-tts';
  readonly voiceId = 'fake-v1';
  readonly texts: string[] = [];

  constructor(
    clock: Clock,
    private readonly sound: 'tone' | 'silence' = 'tone',
    answerAfterMs = 50,
  ) {
    super(clock, answerAfterMs);
  }

  async *speak(text: string, limits: RequestLimits): AsyncGenerator<Int16Array, void, void> {
    this.texts.push(text);
    await this.work(limits);
    const words = text.split(/\s+/).filter((word) => word !== '');
    for (const _ of words) yield this.#word();
  }

  #word(): Int16Array {
    const word = new Int16Array((MS_A_WORD * TELEPHONE_RATE_HZ) / 1000);
    if (this.sound === 'silence') return word;
    return word.map((_, at) => Math.round(8_000 * Math.sin((2 * Math.PI * TONE_HZ * at) / TELEPHONE_RATE_HZ)));
  }
}

/** Answers what the script says, word by word; when it is over, "I do not know.". Keeps the requests. */
export class FakeChat extends FakeEngine implements ChatModel {
  readonly name = 'fake-chat';
  readonly model = 'fake';
  readonly requests: ChatRequest[] = [];
  readonly warmed: string[] = [];
  readonly #script: string[];

  constructor(clock: Clock, script: readonly string[] = [], answerAfterMs = 150) {
    super(clock, answerAfterMs);
    this.#script = [...script];
  }

  async *complete(request: ChatRequest, limits: RequestLimits): AsyncGenerator<string, void, void> {
    this.requests.push(request);
    await this.work(limits);
    yield* (this.#script.shift() ?? 'I do not know.').split(/(?<= )/);
  }

  warm(system: string): Promise<void> {
    this.warmed.push(system);
    return Promise.resolve();
  }
}

import type { Clock } from '../kernel/clock.js';
import { Emitter, type Unsubscribe } from '../kernel/emitter.js';
import { HandrailError } from '../kernel/errors.js';
import type {
  ChatModel,
  ChatRequest,
  Engine,
  EngineState,
  Grammar,
  Recognition,
  RecognitionRequest,
  RequestLimits,
  SpeechLimits,
  SpeechToText,
  TextToSpeech,
} from '../local-models/ports.js';

/** With less than this left of its deadline a request is not worth a second engine. */
const LEAST_MS = 150;

/**
 * Several engines of one kind, best first: one that is down is passed over, and a request that fails is put to the next
 * one while its deadline still allows it.
 */
abstract class Failover<E extends Engine> implements Engine {
  readonly #states = new Emitter<EngineState>();
  #told: EngineState;

  constructor(
    protected readonly engines: readonly [E, ...E[]],
    private readonly clock: Clock,
  ) {
    this.#told = this.state;
    for (const engine of engines) engine.onState(() => this.#tell());
  }

  get name(): string {
    return this.engines[0].name;
  }

  get state(): EngineState {
    const states = this.engines.map((engine) => engine.state);
    return (
      states.find((state) => state === 'ready') ?? states.find((state) => state === 'starting') ?? this.engines[0].state
    );
  }

  get problem(): string | undefined {
    return this.engines.find((engine) => engine.problem !== undefined)?.problem;
  }

  get waitMs(): number {
    return this.engines.find(({ state }) => state === 'ready')?.waitMs ?? 0;
  }

  onState(listener: (state: EngineState) => void): Unsubscribe {
    return this.#states.subscribe(listener);
  }

  async close(): Promise<void> {
    await Promise.all(this.engines.map((engine) => engine.close()));
  }

  /** Those that may be asked, each with what is then left of the deadline. Ends with the last error. */
  protected *tries(limits: RequestLimits): Generator<{ readonly engine: E; readonly limits: RequestLimits }> {
    const startedMs = this.clock.nowMs();
    const ready = this.engines.filter((engine) => engine.state === 'ready');
    for (const engine of ready.length > 0 ? ready : [this.engines[0]]) {
      const deadlineMs = limits.deadlineMs - (this.clock.nowMs() - startedMs);
      if (engine !== (ready[0] ?? this.engines[0]) && (deadlineMs < LEAST_MS || limits.signal?.aborted)) return;
      yield { engine, limits: { ...limits, deadlineMs } };
    }
  }

  /** An answer that has begun is not begun again by another engine. */
  protected async *stream<T>(
    limits: RequestLimits,
    ask: (engine: E, limits: RequestLimits) => AsyncIterable<T>,
  ): AsyncGenerator<T, void, void> {
    let last: unknown;
    for (const { engine, limits: left } of this.tries(limits)) {
      let begun = false;
      try {
        for await (const part of ask(engine, left)) {
          begun = true;
          yield part;
        }
        return;
      } catch (error) {
        if (begun) throw error;
        last = error;
      }
    }
    throw last instanceof Error ? last : new HandrailError('HR_ENGINE_DOWN', this.name);
  }

  #tell(): void {
    const { state } = this;
    if (state === this.#told) return;
    this.#told = state;
    this.#states.emit(state);
  }
}

export class FailoverStt extends Failover<SpeechToText> implements SpeechToText {
  async prepare(grammar: Grammar): Promise<void> {
    await Promise.all(this.engines.map((engine) => engine.prepare(grammar)));
  }

  async recognise(request: RecognitionRequest, limits: RequestLimits): Promise<Recognition> {
    let last: unknown;
    for (const { engine, limits: left } of this.tries(limits)) {
      try {
        return await engine.recognise(request, left);
      } catch (error) {
        last = error;
      }
    }
    throw last instanceof Error ? last : new HandrailError('HR_ENGINE_DOWN', this.name);
  }
}

export class FailoverTts extends Failover<TextToSpeech> implements TextToSpeech {
  get voiceId(): string {
    return this.engines[0].voiceId;
  }

  speak(text: string, limits: SpeechLimits): AsyncGenerator<Int16Array, void, void> {
    return this.stream(limits, (engine, left) => {
      if (engine !== this.engines[0]) limits.onOtherVoice?.();
      return engine.speak(text, left);
    });
  }
}

export class FailoverChat extends Failover<ChatModel> implements ChatModel {
  get model(): string {
    return this.engines[0].model;
  }

  complete(request: ChatRequest, limits: RequestLimits): AsyncGenerator<string, void, void> {
    return this.stream(limits, (engine, left) => engine.complete(request, left));
  }

  async warm(system: string): Promise<void> {
    await Promise.all(this.engines.filter(({ state }) => state === 'ready').map((engine) => engine.warm(system)));
  }
}

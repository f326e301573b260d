import type { Cancel, Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { Guard, type GuardParts } from './guard.js';
import type {
  ChatModel,
  ChatRequest,
  Grammar,
  IntentClassifier,
  IntentTask,
  Recognition,
  RecognitionRequest,
  RequestLimits,
  SpeechToText,
  TextToSpeech,
} from '../local-models/ports.js';

/** Half a second of silence: as long as any utterance to Whisper, which pads to its window. */
const PROBE_SAMPLES = 4_000;
/** A voice that says nothing for so long makes an unexplained silence, together with what is around it. */
const STALL_MS = 1_000;
const PROBE_TEXT = 'One moment.';
/** The least that can be told apart. */
const PROBE_TASK: IntentTask = { id: 'probe', classes: [['Yes, please.'], [PROBE_TEXT]], others: [] };

/** @param probeMs a probe that takes longer has failed: the deadline that callers have, or a little more */
export function guardStt(stt: SpeechToText, probeMs: number, parts: Omit<GuardParts, 'component'>): GuardedStt {
  return new GuardedStt(stt, probeStt(probeMs), { ...parts, component: 'stt' });
}

/**
 * @param firstSoundMs how long its first sound may take: less than a stall where a second voice is waiting
 */
export function guardTts(
  tts: TextToSpeech,
  probeMs: number,
  parts: Omit<GuardParts, 'component'>,
  firstSoundMs = STALL_MS,
): GuardedTts {
  return new GuardedTts(tts, probeTts(probeMs), { ...parts, component: 'tts' }, firstSoundMs);
}

export function guardIntents(
  intents: IntentClassifier,
  probeMs: number,
  parts: Omit<GuardParts, 'component'>,
): GuardedIntents {
  return new GuardedIntents(intents, probeIntents(probeMs), { ...parts, component: 'nlu' });
}

export function guardChat(chat: ChatModel, probeMs: number, parts: Omit<GuardParts, 'component'>): GuardedChat {
  return new GuardedChat(chat, probeChat(probeMs), { ...parts, component: 'llm' });
}

class GuardedStt extends Guard<SpeechToText> implements SpeechToText {
  prepare(grammar: Grammar): Promise<void> {
    return this.engine.prepare(grammar);
  }

  recognise(request: RecognitionRequest, limits: RequestLimits): Promise<Recognition> {
    return this.judged(() => this.engine.recognise(request, limits));
  }
}

class GuardedIntents extends Guard<IntentClassifier> implements IntentClassifier {
  /** Learning takes as long as it takes, and nobody waits for it: it says nothing about the engine. */
  prepare(task: IntentTask): Promise<void> {
    return this.engine.prepare(task);
  }

  classify(task: IntentTask, text: string, limits: RequestLimits): Promise<readonly number[]> {
    return this.judged(() => this.engine.classify(task, text, limits));
  }
}

class GuardedTts extends Guard<TextToSpeech> implements TextToSpeech {
  constructor(
    tts: TextToSpeech,
    probe: (tts: TextToSpeech) => Promise<void>,
    parts: GuardParts,
    private readonly firstSoundMs: number,
  ) {
    super(tts, probe, parts);
  }

  get voiceId(): string {
    return this.engine.voiceId;
  }

  async *speak(text: string, limits: RequestLimits): AsyncGenerator<Int16Array, void, void> {
    this.mustServe();
    const { clock } = this.parts;
    const askedAtMs = clock.nowMs();
    const judge = (error: unknown): void => this.answered(error, askedAtMs);
    yield* judgedStream(withoutStalls(this.engine, text, limits, clock, this.firstSoundMs), judge);
  }
}

class GuardedChat extends Guard<ChatModel> implements ChatModel {
  get model(): string {
    return this.engine.model;
  }

  async *complete(request: ChatRequest, limits: RequestLimits): AsyncGenerator<string, void, void> {
    this.mustServe();
    const askedAtMs = this.parts.clock.nowMs();
    yield* judgedStream(this.engine.complete(request, limits), (error) => this.answered(error, askedAtMs));
  }

  warm(system: string): Promise<void> {
    return this.engine.warm(system);
  }
}

/**
 * Synthesis that gives up when nothing has come for `firstSoundMs` at first, for `STALL_MS` later: the caller hears another
 * voice, or the rest of the sentence, instead of silence.
 *
 * @throws HandrailError HR_ENGINE_DEADLINE
 */
async function* withoutStalls(
  tts: TextToSpeech,
  text: string,
  limits: RequestLimits,
  clock: Clock,
  firstSoundMs: number,
): AsyncGenerator<Int16Array, void, void> {
  const stalled = new AbortController();
  const signal = limits.signal ? AbortSignal.any([limits.signal, stalled.signal]) : stalled.signal;
  let waitMs = firstSoundMs;
  const expectNext = (): Cancel => clock.after(waitMs, () => stalled.abort());
  let cancel = expectNext();
  try {
    for await (const chunk of tts.speak(text, { ...limits, signal })) {
      cancel();
      yield chunk;
      waitMs = STALL_MS;
      cancel = expectNext();
    }
  } catch (error) {
    if (!stalled.signal.aborted) throw error;
    throw new HandrailError('HR_ENGINE_DEADLINE', `${tts.name}: nothing for ${String(waitMs)} ms.`, { cause: error });
  } finally {
    cancel();
  }
}

/** A stream that its reader leaves after the first part (a caller talks into it) has been good. */
async function* judgedStream<T>(
  stream: AsyncIterable<T>,
  judge: (error: unknown) => void,
): AsyncGenerator<T, void, void> {
  let parts = 0;
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const part of stream) {
      parts++;
      yield part;
    }
  } catch (error) {
    failure = { error };
    throw error;
  } finally {
    if (failure) judge(failure.error);
    else if (parts > 0) judge(undefined);
  }
}

function probeStt(deadlineMs: number) {
  return async (stt: SpeechToText): Promise<void> => {
    await stt.recognise({ samples: new Int16Array(PROBE_SAMPLES), mode: 'free' }, { deadlineMs });
  };
}

function probeTts(deadlineMs: number) {
  return async (tts: TextToSpeech): Promise<void> => {
    for await (const _ of tts.speak(PROBE_TEXT, { deadlineMs }));
  };
}

function probeIntents(deadlineMs: number) {
  return async (intents: IntentClassifier): Promise<void> => {
    await intents.classify(PROBE_TASK, PROBE_TEXT, { deadlineMs });
  };
}

function probeChat(deadlineMs: number) {
  return async (chat: ChatModel): Promise<void> => {
    const messages = [{ role: 'user' as const, content: 'Hello.' }];
    for await (const _ of chat.complete({ system: '', messages, maxTokens: 1, temperature: 0 }, { deadlineMs })) return;
    throw new Error('the answer was empty');
  };
}

import type { Sensitive } from '../kernel/sensitive.js';
import type { Unsubscribe } from '../kernel/emitter.js';

/** Deadline and cancellation that every engine request carries. A late answer is never delivered. */
export interface RequestLimits {
  /** Milliseconds from now; then the request rejects with HR_ENGINE_DEADLINE and the engine is told to stop. */
  readonly deadlineMs: number;
  /** Aborting rejects with HR_CANCELLED and frees the engine. */
  readonly signal?: AbortSignal;
}

export interface SpeechLimits extends RequestLimits {
  /** Called when another voice than that of `voiceId` begins: what comes is not to be kept under that name. */
  readonly onOtherVoice?: () => void;
}

export type EngineState = 'starting' | 'ready' | 'down' | 'absent';

/** Every engine tells its health; a `down` engine is being restarted, an `absent` one is not configured or not installed. */
export interface Engine {
  readonly name: string;
  readonly state: EngineState;
  /** What was last wrong, in words for an admin. */
  readonly problem: string | undefined;
  /** How long requests waited lately before the engine took them up, in milliseconds; absent where it does not tell. */
  readonly waitMs?: number;
  onState(listener: (state: EngineState) => void): Unsubscribe;
  close(): Promise<void>;
}

/* ---------------------------------------------------------------- speech to text */

export interface SpeechToText extends Engine {
  /** Makes a grammar known to the engine, so that its first use costs nothing. Idempotent by `grammar.id`. */
  prepare(grammar: Grammar): Promise<void>;
  /**
   * Recognises one utterance.
   * @param samples PCM16 mono at 8,000 Hz
   */
  recognise(request: RecognitionRequest, limits: RequestLimits): Promise<Recognition>;
}

export interface RecognitionRequest {
  readonly samples: Int16Array;
  /** What can be said here. With a grammar, `readings` are its sentences; free speech competes as `free`. */
  readonly grammar?: Grammar;
  /** Words of this node, as prompt for free recognition. */
  readonly vocabulary?: string;
  /** How much is wanted: `free` decodes without grammar even if one is given. @defaultValue 'grammar' when there is one */
  readonly mode?: 'grammar' | 'free';
}

/**
 * A finite automaton over words, as plain data. State 0 is the start. An arc carries a phrase of one or more words in
 * lower case as Whisper would write them without punctuation ("large", "8 ounce"); an empty phrase is a free step.
 * `weight` is added to the log probability (0 = none). Numbers may be given in several written forms by parallel arcs.
 */
export interface Grammar {
  /** Content hash: the same grammar has the same id. */
  readonly id: string;
  readonly arcs: readonly GrammarArc[];
  readonly finals: readonly number[];
  /** Set where every sentence is a string of so many digits, with ordinary words at most before and behind it. */
  readonly digits?: { readonly min: number; readonly max: number };
}

export interface GrammarArc {
  readonly from: number;
  readonly to: number;
  /** One or more words; none for a free step. One that begins with `.` or `:` joins the word before: 3 and :30. */
  readonly phrase: string;
  readonly weight?: number;
}

export interface Recognition {
  /** Best first; empty when nothing in the grammar fits at all. Posteriors add up to at most 1 over the readings. */
  readonly readings: readonly GrammarReading[];
  /** What free decoding heard (when it was run). */
  readonly free: FreeTranscript | undefined;
  /** Whisper's own probability that there was no speech. */
  readonly noSpeechProb: number;
  readonly timings: RecognitionTimings;
}

export interface GrammarReading {
  /** The words of the arcs, in lower case without punctuation. */
  readonly text: Sensitive<string>;
  /** Sum of full-vocabulary log probabilities of the tokens. */
  readonly logProb: number;
  readonly tokens: number;
  /** Share among the readings of the beam and the free rival. */
  readonly posterior: number;
  /** Of strings of digits, where the engine tells it. */
  readonly ears?: StringEars | undefined;
}

/** What each of the two ears for digits says of a string by itself (ADR 24). */
export interface StringEars {
  /** How much likelier it is in the encoder’s states than the next one of its length, in log likelihood: that of its least certain digit. */
  readonly weakest: number;
  /** How far the decoder has it behind what it would write itself, in log probability: 0 where it agrees, 4 at most. */
  readonly behind: number;
}

export interface FreeTranscript {
  readonly text: Sensitive<string>;
  readonly logProb: number;
  readonly tokens: number;
  /** The decoder ran into its token cap: repeated itself, never to be believed. */
  readonly runaway: boolean;
  /** How likely the sentence was over behind its last word, by its sound, 0 to 1; absent where the engine does not tell. */
  readonly closing?: number | undefined;
  /** How likely the speaker had finished, by their last syllables, 0 to 1; absent where the engine does not tell. */
  readonly finished?: number | undefined;
}

/** Milliseconds. */
export interface RecognitionTimings {
  readonly queueMs: number;
  readonly featuresMs: number;
  readonly encodeMs: number;
  readonly decodeMs: number;
  readonly totalMs: number;
}

/* ---------------------------------------------------------------- intents of free sentences */

export interface IntentClassifier extends Engine {
  /** Learns a task’s example sentences, so that its first use costs nothing. Idempotent by `task.id`. */
  prepare(task: IntentTask): Promise<void>;
  /**
   * Which class of a task a sentence belongs to.
   * @returns one probability a class; what they leave of 1 is “something else”
   */
  classify(task: IntentTask, text: string, limits: RequestLimits): Promise<readonly number[]>;
}

export interface IntentTask {
  /** Content hash: the same task has the same id. */
  readonly id: string;
  /** Example sentences of each class. */
  readonly classes: readonly (readonly string[])[];
  /** Example sentences that belong to no class. */
  readonly others: readonly string[];
}

/* ---------------------------------------------------------------- text to speech */

export interface TextToSpeech extends Engine {
  /** Identifies voice and parameters: part of the cache key of every rendered prompt. */
  readonly voiceId: string;
  /**
   * Synthesises `text` clause by clause. Each chunk is PCM16 mono at 8,000 Hz, silence trimmed at clause borders.
   * Ends when the text is spoken; aborting `limits.signal` stops the engine within 10 ms.
   */
  speak(text: string, limits: SpeechLimits): AsyncIterable<Int16Array>;
}

/* ---------------------------------------------------------------- language model */

export interface ChatModel extends Engine {
  readonly model: string;
  /** Streams the answer in pieces of text. */
  complete(request: ChatRequest, limits: RequestLimits): AsyncIterable<string>;
  /** Loads `system` into the prefix cache, so that the first question does not pay for it. */
  warm(system: string): Promise<void>;
}

export interface ChatRequest {
  readonly system: string;
  readonly messages: readonly ChatMessage[];
  readonly maxTokens: number;
  readonly temperature: number;
  /** Constrain the answer to a JSON schema. */
  readonly jsonSchema?: object;
}

export interface ChatMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

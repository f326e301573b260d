import type { LegStats, SharedPcm } from '../externalmedia/port.js';
import type { Expectation, Hypothesis } from '../flow/expectation.js';
import type { ToolCall } from '../flow/schema-tool.js';
import type { Sensitive } from '../kernel/sensitive.js';
import type { Grammar, Recognition } from '../local-models/ports.js';
import type { Evidence } from './nlu/confidence-model.js';
import type { CallEnding, CallRecord, Face, TurnRecord } from '../observability/turn-record.js';

/** What the dialog asks of natural-language understanding. */
export interface Understander {
  /** Compiles what can be said at one moment; the same question compiles once. */
  compile(expectation: Expectation): CompiledExpectation;
}

export interface CompiledExpectation {
  /** What the recogniser shall walk; absent where speech is free. */
  readonly grammar: Grammar | undefined;
  /** Words of this moment, as prompt for free recognition. */
  readonly vocabulary: string;
  /** At once where the words are clear; else after a look at what they mean, which takes some milliseconds. */
  understand(recognition: Recognition): Understanding | Promise<Understanding>;
  understandText(text: string): Understanding;
}

export interface Understanding {
  /** Best first, one a meaning. Probabilities add up to at most 1; the rest is “something else”. Empty: nothing understood. */
  readonly hypotheses: readonly Hypothesis[];
  /** Why the likeliest is so probable; absent where what the words mean told it, and not the grammar. */
  readonly evidence?: Evidence;
  /** What was heard, for the transcript. */
  readonly text: Sensitive<string>;
  /** Nothing more needs to come: the turn may end at the minimum endpoint. */
  readonly complete: boolean;
  /** It is complete, but people often go on here after a breath: slots are still free, or a longer sentence begins so. */
  readonly mayGoOn: boolean;
  /** The sentence stops in the middle (“… with”, three digits of four): wait. */
  readonly openEnd: boolean;
  /** Anything could be asked here. */
  readonly openTopic: boolean;
}

/** Rendered prompts. `get` is instant; a text that was never rendered is spoken by the engine and kept. */
export interface PromptSource {
  get(text: string): SharedPcm | undefined;
  keep(text: string, samples: Int16Array): void;
}

/** Asks web services and MCP servers. */
export interface WebTools {
  /**
   * Never rejects, and answers within the node's deadline.
   *
   * @returns the declared values; undefined when the service did not answer as declared
   */
  ask(asked: ToolAsked, signal: AbortSignal): Promise<Readonly<Record<string, string>> | undefined>;
}

export interface ToolAsked {
  readonly nodeId: string;
  readonly node: ToolCall;
  /** What the call knows, to fill the request with. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What a caller has left for people. Times are wall clock, ms since 1970. */
export type LeftByCaller =
  | {
      readonly type: 'voicemail';
      readonly callId: string;
      readonly callerNumber: string;
      readonly nodeId: string;
      readonly atWallMs: number;
      /** The message, as WAV. */
      readonly file: string;
    }
  | {
      readonly type: 'callback';
      readonly callId: string;
      readonly callerNumber: string;
      readonly nodeId: string;
      readonly atWallMs: number;
      /** To be called. */
      readonly number: string;
      readonly about: string;
    };

/** Brings people what callers have left. Never rejects: what cannot be brought now is tried again. */
export interface Outbox {
  put(left: LeftByCaller): Promise<void>;
}

/** The list of those who want to be called. @throws HandrailError when it cannot be kept */
export interface CallbackList {
  add(request: {
    readonly callId: string;
    readonly number: string;
    readonly about: string;
    readonly atWallMs: number;
  }): Promise<void>;
}

/** The languages that callers have chosen in earlier calls. Never rejects, and never keeps a number as it is. */
export interface CallerLanguages {
  of(callerNumber: string): Promise<string | undefined>;
  chosen(callerNumber: string, language: string): void;
}

/** Who watches calls: store, live page, metrics. A watcher never disturbs a call. */
export interface CallObserver {
  callStarted(call: CallRecord): void;
  nodeEntered(callId: string, nodeId: string, face: Face): void;
  turnTaken(turn: TurnRecord): void;
  /** The caller has said whether the call may be recorded. */
  consentGiven(callId: string, agreed: boolean, atWallMs: number): void;
  callEnded(callId: string, ending: CallEnding, endedAtWallMs: number): void;
  /** The counters of the call's audio, when its media leg has been closed: shortly before or after `callEnded`. */
  mediaEnded(callId: string, counters: LegStats): void;
}

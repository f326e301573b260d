import type { Expectation, Hypothesis, Meaning } from '../flow/expectation.js';
import type { KeypadProgress } from '../fallback-ivr/keypad-question.js';
import type { KeyEvent, KeySpec } from '../fallback-ivr/key-collector.js';
import type { Told } from './answering.js';
import type { ModelChoice } from './model-choice.js';
import type { ToolCall } from '../flow/schema-tool.js';
import type { Face, FallbackReason, TurnOutcome } from '../observability/turn-record.js';

/** Where a call is in its flow. Plain data: it can be kept in a journal and taken up again. */
export interface DialogState {
  readonly nodeId: string;
  readonly face: Face;
  /** The caller pressed keys where they could have spoken: keep to the keypad until they speak again. */
  readonly prefersKeys: boolean;
  /** What the flow knows: confirmed slots and `set` values. */
  readonly variables: Readonly<Record<string, string>>;
  /** What was understood at this node and is not confirmed yet. */
  readonly draft: Readonly<Record<string, string>>;
  /** Whether everything in the draft was understood above the accept threshold, or keyed in. */
  readonly draftSure: boolean;
  /** The question on the table is “is that right?” about this. */
  readonly confirming: Meaning | undefined;
  /** What was heard of which `confirming` is the likeliest, best first: the next guess after a “no”. */
  readonly heard: readonly Hypothesis[] | undefined;
  /** What was read back at this node, and denied. */
  readonly denied: readonly Meaning[] | undefined;
  /** The slot of a form that was asked for by name. */
  readonly asked: string | undefined;
  readonly tries: Tries;
  readonly keypad: KeypadProgress;
  /** Questions answered at a `converse` node. */
  readonly answered: number;
  /** The `subflow` nodes that were begun and have not returned, the innermost last. Absent: none. */
  readonly returns?: readonly string[];
  /** Absent: the flow's own. */
  readonly language?: string;
  /** The language is known from an earlier call: the first menu that asks for it is passed over. */
  readonly languageKnown?: boolean;
}

/** Failed attempts at the present question. */
export interface Tries {
  readonly noInput: number;
  readonly noMatch: number;
  /** Keys without a meaning, and times without a key: counted apart. */
  readonly wrongKey: number;
  readonly noKey: number;
}

/** What happened at the caller's side, or in the world, that moves the dialog. */
export type DialogInput =
  | { readonly type: 'start'; readonly fallback?: FallbackReason | undefined; readonly language?: string | undefined }
  /** The call was left by an earlier controller; the state is where it was. */
  | { readonly type: 'resume' }
  /** Best first; empty = nothing that this node can accept. `text` is needed only where speech is free. */
  | { readonly type: 'speech'; readonly hypotheses: readonly Hypothesis[]; readonly text: string }
  | { readonly type: 'keys'; readonly event: KeyEvent }
  | { readonly type: 'noinput' }
  /** Speech cannot go on here: the keypad face takes over at the same node. */
  | { readonly type: 'fall'; readonly reason: FallbackReason }
  /** A transfer, a recording or a callback request has come back. */
  | { readonly type: 'done'; readonly ok: boolean }
  | { readonly type: 'spoken'; readonly ok: boolean }
  /** An admin moves the call. */
  | { readonly type: 'steer'; readonly to: Exclude<Steer, 'end'> }
  /** A web service has answered as declared; without values it has not. */
  | {
      readonly type: 'tool';
      readonly values: Readonly<Record<string, string>> | undefined;
      readonly chosen?: ChosenTool | undefined;
    }
  /** The language model has decided on something else than to answer. */
  | { readonly type: 'chosen'; readonly choice: ModelChoice; readonly question: string };

/** A tool that the language model has chosen, and for what. */
export interface ChosenTool {
  readonly choice: Told['choice'];
  readonly question: string;
}

/** Where an admin can move a call. */
export type Steer = 'keypad' | 'person' | 'end';

/** What the world shall do next. `say` is spoken piece by piece, then `then` begins. */
export interface Step {
  readonly state: DialogState;
  readonly say: readonly string[];
  readonly then: Then;
  readonly outcome: TurnOutcome;
  readonly fallback: FallbackReason | undefined;
  /** What was taken as meant, for the record. */
  readonly meaning: Meaning | undefined;
}

export type Then =
  | Listen
  | { readonly type: 'transfer'; readonly to: string; readonly ringMs: number }
  | { readonly type: 'voicemail'; readonly maxMs: number }
  /** Without a number of the flow's own it is the caller's. */
  | { readonly type: 'callback'; readonly number: string | undefined; readonly about: string }
  /** A web service is asked, while `say` is said; `tool` comes back. */
  | {
      readonly type: 'tool';
      readonly node: ToolCall;
      readonly nodeId: string;
      readonly noFiller: boolean;
      /** Absent at a `tool` node. */
      readonly chosen?: ChosenTool;
    }
  /** The language model answers; when it has been heard, or failed, `spoken` comes back. The caller may talk into it. */
  | { readonly type: 'converse'; readonly question: string; readonly listen: Listen; readonly told?: Told }
  | { readonly type: 'hangup' };

export interface Listen {
  readonly type: 'listen';
  readonly expectation: Expectation;
  readonly face: Face;
  readonly keys: KeySpec;
  readonly bargeIn: boolean;
  readonly sensitive: boolean;
  /** What the caller hears when the turn is late: the keypad prompt of this very question, piece by piece. */
  readonly keypadPrompt: readonly string[];
  /** The language of the question, where it is not the flow's own. Speech in it may not be understood: see `isUnderstood`. */
  readonly language?: string;
}

/** Facts of the moment that the pure interpreter needs from outside. */
export interface Circumstances {
  readonly wallMs: number;
  /** Whether speech recognition is there; without it every question starts on the keypad. */
  readonly speech: boolean;
  /** Whether a language model is configured and up. */
  readonly languageModel: boolean;
  /** What people have said about the line, whatever its calendar says. */
  readonly hours?: 'open' | 'closed' | undefined;
}

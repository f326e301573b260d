import type { Answered, Utterance } from './second-chance.js';
import type { DialogState, Step } from './state.js';
import type { Meaning } from '../flow/expectation.js';
import { waysToSay } from '../flow/said-values.js';
import type { Flow } from '../flow/schema.js';
import { withoutMarks } from '../flow/voice-mark.js';
import type { Clock } from '../kernel/clock.js';
import type { TurnInput, TurnMarks, TurnRecord } from '../observability/turn-record.js';

/** What the caller did to bring about a step: the first half of a turn. */
export interface Cue {
  readonly input: CueInput;
  /** The moment that the marks count from: last voiced sample, key press, or when the silence was noticed. */
  readonly referenceMs: number;
  readonly marks: TurnMarks;
  /** Of speech: the sound of it. */
  readonly said?: Utterance;
  /** The answer that came too early: what was said since belongs to the question before it. */
  readonly takesBack?: Answered | undefined;
}

/** What a record tells of it, while the sound of it is not needed any more. */
export type NotedCue = Pick<Cue, 'input' | 'referenceMs' | 'marks'>;

export type CueInput =
  | {
      readonly type: 'speech';
      readonly text: string;
      readonly confidence: number;
      readonly meaning: Meaning | undefined;
      readonly takesBack?: true;
    }
  | { readonly type: 'keys'; readonly digits: string }
  | { readonly type: 'none' };

/** The caller did nothing. */
export function noCue(referenceMs: number): Cue {
  return { input: { type: 'none' }, referenceMs, marks: {} };
}

export function keyCue(digits: string, referenceMs: number): Cue {
  return { input: { type: 'keys', digits }, referenceMs, marks: {} };
}

const HIDDEN = '[sensitive]';

/**
 * Makes the records of one call, numbered from 1. Words and digits of sensitive nodes stay out, and so do their values
 * where the bot says them, then or later in the call.
 */
export class TurnLog {
  #index: number;
  readonly #secrets = new Set<string>();

  constructor(
    private readonly callId: string,
    private readonly flow: Flow,
    private readonly clock: Clock,
    /** Turns that the call has had under an earlier controller. */
    turnsBefore = 0,
  ) {
    this.#index = turnsBefore;
  }

  record(before: DialogState, sensitive: boolean, cue: NotedCue, step: Step, late: Partial<TurnMarks>): TurnRecord {
    const index = ++this.#index;
    if (sensitive) this.#remember(cue.input, step.meaning);
    return {
      turnId: `${this.callId}-${index}`,
      callId: this.callId,
      index,
      nodeId: before.nodeId,
      face: before.face,
      startedAtWallMs: Math.round(this.clock.wallMs() - (this.clock.nowMs() - cue.referenceMs)),
      input: inputRecord(cue.input, step.meaning, sensitive),
      outcome: step.outcome,
      fallback: step.fallback,
      said: this.#redact(withoutMarks(step.say.join(' '))),
      nextNodeId: step.state.nodeId,
      marks: { referenceAtMs: Math.round(10 * cue.referenceMs) / 10, ...cue.marks, ...late },
    };
  }

  /** Whether one of these texts says what the caller said or pressed in confidence. */
  tells(texts: readonly string[]): boolean {
    const text = texts.join(' ');
    return this.#redact(text) !== text;
  }

  #remember(input: CueInput, taken: Meaning | undefined): void {
    const heard = input.type === 'speech' ? input.meaning : taken;
    const slots = [...Object.entries(heard?.slots ?? {}), ...Object.entries(taken?.slots ?? {})];
    for (const [name, value] of slots) for (const said of waysToSay(this.flow, name, value)) this.#secrets.add(said);
  }

  #redact(text: string): string {
    // The longest first: one may be a part of another, and would leave the rest of it to be read.
    return [...this.#secrets]
      .filter((secret) => secret !== '')
      .sort((a, b) => b.length - a.length)
      .reduce((redacted, secret) => redacted.replaceAll(secret, HIDDEN), text);
  }
}

function inputRecord(input: CueInput, taken: Meaning | undefined, sensitive: boolean): TurnInput {
  const hide = (text: string): string => (sensitive ? HIDDEN : text);
  const meaningOf = (meaning: Meaning | undefined) => ({
    intent: meaning?.intent,
    slots: sensitive ? {} : (meaning?.slots ?? {}),
  });
  switch (input.type) {
    case 'none':
      return { type: 'none' };
    case 'keys':
      return { type: 'keys', digits: hide(input.digits), meaning: meaningOf(taken) };
    case 'speech':
      return {
        type: 'speech',
        text: hide(input.text),
        confidence: input.confidence,
        meaning: meaningOf(input.meaning),
        ...(input.takesBack && { takesBack: true }),
      };
  }
}

import { initialState } from './entering.js';
import { step } from './interpreter.js';
import type { Understander } from './ports.js';
import type { Circumstances, DialogInput, DialogState, Step } from './state.js';
import { KeyCollector } from '../fallback-ivr/key-collector.js';
import type { Expectation, Hypothesis } from '../flow/expectation.js';
import type { Flow } from '../flow/schema.js';
import { withoutMarks } from '../flow/voice-mark.js';
import { toolArguments, toolRequest, toolResults } from '../flow/tool.js';
import { isUnderstood } from '../flow/words/words-of.js';
import type { Face, FallbackReason, TurnOutcome } from '../observability/turn-record.js';

/** What a pretended caller does, or what happens to them. */
export type SimulatedInput =
  /** `sure`: how sure the recogniser is of the words, 0 to 1; 1 when absent. */
  | { readonly type: 'say'; readonly text: string; readonly sure?: number }
  /** A sound that is no speech, or none that can be understood. */
  | { readonly type: 'noise' }
  /** What the recogniser made of real speech, see `hear`. */
  | HeardSpeech
  | { readonly type: 'keys'; readonly keys: string }
  /** Nothing, until the no-input time is over. */
  | { readonly type: 'silence' }
  /** The turn is late, or its recogniser has died. */
  | { readonly type: 'trouble'; readonly reason: Extract<FallbackReason, 'deadline' | 'engine'> }
  /** A person was called, a message recorded, or a web service asked: whether it worked. */
  | { readonly type: 'done'; readonly ok: boolean }
  /** What the web service of a tool node answers, as JSON; nobody is really asked. */
  | { readonly type: 'tool'; readonly answer: unknown };

export interface HeardSpeech {
  readonly type: 'heard';
  readonly text: string;
  /** The most probable first. */
  readonly hypotheses: readonly Hypothesis[];
  /** What recognition and understanding took, in milliseconds. */
  readonly sttMs: number;
  readonly nluMs: number;
}

export interface SimulatedStep {
  /** Absent for the first step: the call begins. */
  readonly input: SimulatedInput | undefined;
  /** Where the caller was, and where they are now. */
  readonly fromNodeId: string;
  readonly nodeId: string;
  readonly face: Face;
  readonly said: readonly string[];
  /** What the flow waits for now. */
  readonly then: Step['then']['type'];
  /** What a tool node would send, where one waits for its service. */
  readonly asks: { readonly method: string; readonly url: string; readonly body: string | undefined } | undefined;
  readonly outcome: TurnOutcome;
  readonly fallback: FallbackReason | undefined;
  /** How a sentence was understood, the most probable first. */
  readonly understood: readonly Hypothesis[];
  readonly variables: Readonly<Record<string, string>>;
  /** How long understanding and deciding took, without any sound. */
  readonly tookMs: number;
}

/** What a simulation shares with the line. */
export interface SimulationWorld {
  readonly nlu: Understander;
  /** A monotonic clock. */
  readonly nowMs: () => number;
}

/** At a step for which the input has no meaning (keys into a hangup) the simulation ends before it. */
export function simulate(
  flow: Flow,
  inputs: readonly SimulatedInput[],
  now: Circumstances,
  world: SimulationWorld,
  language?: string,
): readonly SimulatedStep[] {
  const call = new SimulatedCall(flow, now, world, language);
  for (const input of inputs) if (!call.play(input)) break;
  return call.steps;
}

function asked({ then, state }: Step): SimulatedStep['asks'] {
  if (then.type !== 'tool') return undefined;
  const { mcp } = then.node;
  if (mcp) {
    const sent = toolArguments(then.node, state.variables);
    return { method: 'MCP', url: `${mcp.server}/${mcp.tool}`, body: JSON.stringify(sent) };
  }
  const request = toolRequest(then.node, state.variables);
  return request && { method: request.method, url: request.url.href, body: request.body };
}

/** A pretended call, input by input; it has begun when it is made. */
export class SimulatedCall {
  readonly steps: SimulatedStep[] = [];
  #state: DialogState;
  #then: Step['then'] = { type: 'hangup' };

  constructor(
    private readonly flow: Flow,
    private readonly now: Circumstances,
    private readonly world: SimulationWorld,
    /** The language that this caller has chosen before. */
    language?: string,
  ) {
    this.#state = initialState(flow);
    this.#take({ type: 'start', language }, undefined, world.nowMs());
  }

  get waitsFor(): Step['then']['type'] {
    return this.#then.type;
  }

  /** What the caller could answer now by speech; undefined when nothing is asked. */
  get question(): Expectation | undefined {
    return this.#then.type === 'listen' && this.now.speech && isUnderstood(this.#then.language ?? this.flow.language)
      ? this.#then.expectation
      : undefined;
  }

  /** @returns false when nothing is asked that this would answer */
  play(input: SimulatedInput): boolean {
    const then = this.#then;
    const fromMs = this.world.nowMs();
    if (then.type === 'tool') {
      if (input.type === 'keys' && input.keys.startsWith('0')) {
        this.#take({ type: 'keys', event: { type: 'operator' } }, input, fromMs);
        return true;
      }
      if (input.type !== 'tool' && input.type !== 'done') return false;
      const values = input.type === 'tool' ? toolResults(then.node, input.answer) : undefined;
      this.#take({ type: 'tool', values }, input, fromMs);
      return true;
    }
    if (input.type === 'tool') return false;
    if (input.type === 'done') {
      if (then.type !== 'transfer' && then.type !== 'voicemail' && then.type !== 'callback') return false;
      this.#take({ type: 'done', ok: input.ok }, input, fromMs);
      return true;
    }
    if (then.type !== 'listen') return false;
    switch (input.type) {
      case 'say': {
        const { text, sure = 1 } = input;
        const { hypotheses: clear } = this.world.nlu.compile(then.expectation).understandText(text);
        const hypotheses = clear.map((guess) => ({ ...guess, probability: guess.probability * sure }));
        this.#take({ type: 'speech', hypotheses, text }, input, fromMs, hypotheses);
        return true;
      }
      case 'heard': {
        const { hypotheses, text } = input;
        this.#take({ type: 'speech', hypotheses, text }, input, fromMs, hypotheses);
        return true;
      }
      case 'keys':
        return this.#press(input, input.keys);
      case 'noise':
        this.#take({ type: 'speech', hypotheses: [], text: '' }, input, fromMs);
        return true;
      case 'silence':
        this.#take({ type: 'noinput' }, input, fromMs);
        return true;
      case 'trouble':
        this.#take({ type: 'fall', reason: input.reason }, input, fromMs);
        return true;
    }
  }

  #take(
    event: DialogInput,
    input: SimulatedInput | undefined,
    fromMs: number,
    understood: readonly Hypothesis[] = [],
  ): void {
    const fromNodeId = this.#state.nodeId;
    const next = step(this.flow, this.#state, event, this.now);
    this.#state = next.state;
    this.#then = next.then;
    this.steps.push({
      input,
      fromNodeId,
      nodeId: next.state.nodeId,
      face: next.state.face,
      said: next.say.map(withoutMarks),
      then: next.then.type,
      asks: asked(next),
      outcome: next.outcome,
      fallback: next.fallback,
      understood,
      variables: { ...next.state.variables, ...next.state.draft },
      tookMs: Math.round(1_000 * (this.world.nowMs() - fromMs)) / 1_000,
    });
  }

  /** Keys that one question does not need answer the next one; the last ones are followed by a pause. */
  #press(input: SimulatedInput, keys: string): boolean {
    let collector: KeyCollector | undefined;
    let fromMs = this.world.nowMs();
    for (const key of keys) {
      if (this.#then.type !== 'listen') return false;
      collector ??= new KeyCollector(this.#then.keys);
      const event = collector.press(key);
      if (event.type === 'more') continue;
      this.#take({ type: 'keys', event }, input, fromMs);
      collector = undefined;
      fromMs = this.world.nowMs();
    }
    if (collector?.pending) this.#take({ type: 'keys', event: collector.timeout() }, input, fromMs);
    return true;
  }
}

import type { CallLine } from './call-line.js';
import { CallPlace } from './call-place.js';
import { initialState } from './entering.js';
import { step } from './interpreter.js';
import { isSensitive, type JournalEntry } from './journal.js';
import { Listener, type Question, type SpeechInput } from './listener.js';
import { Conversation, modelMarks } from './model-turn.js';
import { SecondChance, type Answered } from './second-chance.js';
import type { SessionParts } from './session-parts.js';
import { begunBefore, Speaker, type Speech } from './speaker.js';
import type { DialogInput, DialogState, Steer, Step, Then } from './state.js';
import { answerOfTool } from './tool-turn.js';
import { callPerson } from './transfer.js';
import { noCue, TurnLog, type Cue } from './turn-log.js';
import { consentOf } from './consent.js';
import { messageName, takeMessage } from './voicemail.js';
import type { AriEvent } from '../ari/port.js';
import type { MediaEvent, SharedPcm } from '../externalmedia/port.js';
import { flowIn, inVoice } from '../flow/languages.js';
import { wordsOf } from '../flow/words/words-of.js';
import { explain } from '../kernel/errors.js';
import type { CallEnding, FallbackReason, TurnMarks } from '../observability/turn-record.js';

type RecordTurn = (said: readonly string[], late: Partial<TurnMarks>) => void;

/**
 * One call from the first prompt to the end. The interpreter decides; this shell carries out what it decided on a real
 * line and turns what happens there into its inputs. At every moment the call does exactly one thing, and whatever belongs
 * to an older one is cancelled.
 */
export class CallSession {
  #state: DialogState;
  /** Ends what belongs to the present step: a question, a ringing phone, a recording, a language model. */
  #present = new AbortController();
  /** What follows the language model's answer, when the caller has cut it off. */
  #afterAnswer: (() => void) | undefined;
  /** Said while the language model was waited for, since the caller has last done something. */
  #filler: Speech | undefined;
  #persons = 0;
  #messages = 0;
  #ringing = false;
  #ended = false;
  readonly #speaker: Speaker;
  readonly #listener: Listener;
  readonly #conversation: Conversation;
  readonly #place: CallPlace;
  readonly #log: TurnLog;
  readonly #unsubscribes: (() => void)[] = [];
  readonly ended: Promise<CallEnding>;
  #end: (ending: CallEnding) => void = () => undefined;

  constructor(
    readonly callId: string,
    private readonly callerNumber: string,
    private readonly line: CallLine,
    private readonly parts: SessionParts,
    /** Where an earlier controller left the call. */
    private readonly left?: JournalEntry,
    /** The language that this caller has chosen before. */
    private readonly language?: string,
    /** Told when the caller has said whether the call may be recorded. */
    private readonly onConsent: (agreed: boolean) => void = () => undefined,
  ) {
    this.#state = left?.state ?? initialState(parts.flow);
    this.#speaker = new Speaker(line.leg, parts.prompts, parts.tts, parts.settings.ttsDeadlineMs, parts.log);
    this.#listener = new Listener(callId, line.leg, parts, {
      onInput: (input, cue, spokenAlready) => this.#advance(input, cue, spokenAlready),
      onNoise: () => this.#resume(),
      onGuess: (guess) => this.#onGuess(guess),
    });
    this.#conversation = new Conversation({ ...parts, speaker: this.#speaker });
    this.#place = new CallPlace(callId, line.channelId, parts, left?.turns);
    this.#log = new TurnLog(callId, parts.flow, parts.clock, left?.turns);
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** @param fallback why it does not begin by speech, if it does not */
  start(fallback?: FallbackReason): void {
    this.#unsubscribes.push(
      this.parts.ari.onChannel(this.line.channelId, (event) => this.#onChannel(event)),
      this.line.leg.subscribe((event) => this.#onMedia(event)),
    );
    this.line.watchMedia(() => this.finish('dialplan'));
    this.#advance(this.left ? { type: 'resume' } : { type: 'start', fallback, language: this.language });
  }

  /** Ends the session from outside; the channel is the owner's business. Idempotent. */
  finish(ending: CallEnding): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelPresent();
    this.#speaker.stop();
    for (const unsubscribe of this.#unsubscribes) unsubscribe();
    this.#end(ending);
  }

  /** @returns false when the call has ended, is with a person already, or asks nothing that keys could answer */
  steer(to: Steer): boolean {
    if (this.#ended) return false;
    if (to === 'end') this.finish('hungup-by-admin');
    else if (!this.line.isOurs || (to === 'keypad' && !this.#listener.question)) return false;
    else this.#advance({ type: 'steer', to });
    return true;
  }

  /* -------------------------------------------------------------- what happens on the line */

  #onChannel(event: AriEvent): void {
    switch (event.type) {
      case 'dtmf':
        // A person's phone goes on ringing.
        if (!this.#ringing) this.#speaker.stop();
        this.#listener.press(event.digit);
        break;
      case 'channel-destroyed':
      case 'stasis-end':
      case 'hangup-request':
        this.finish('hungup-by-caller');
        break;
      default:
        break;
    }
  }

  #onMedia(event: MediaEvent): void {
    if (event.type === 'deadline') this.#listener.onDeadline(event);
    if (event.type === 'media-lost' && event.silentMs === 0) void this.#restoreLine();
  }

  /** Nobody can hear or be heard on this line any more. If it cannot be mended, the dialplan's menu can serve the caller. */
  async #restoreLine(): Promise<void> {
    if (!(await this.line.restore())) this.finish('dialplan');
  }

  /* -------------------------------------------------------------- from input to step to action */

  /** @param cue what the caller did about it; without one, nothing */
  #advance(input: DialogInput, cue: Cue = noCue(this.parts.clock.nowMs()), spokenAlready?: SharedPcm): void {
    if (this.#ended) return;
    const here = this.#state;
    const { question } = this.#listener;
    const { said, takesBack, ...noted } = cue;
    const asked = takesBack?.listen ?? question?.listen;
    const before = takesBack?.state ?? here;
    const sensitive = asked?.sensitive ?? isSensitive(this.parts.flow.nodes[before.nodeId]);
    const next = this.#step(input, before);
    const { state, say, then } = next;
    this.#state = state;
    if (state.language !== undefined && state.language !== here.language)
      this.parts.languages?.chosen(this.callerNumber, state.language);
    const consent = consentOf(this.parts.flow.nodes[before.nodeId], next);
    if (consent !== undefined) this.onConsent(consent);
    if (then.type !== 'converse') this.#conversation.forget();
    if (state === here && say.length === 0 && then.type === 'listen') {
      // What is being said goes on, and the caller has all of the no-input time after it.
      const said = question?.noInputAfter ?? Promise.resolve();
      this.#listen({ listen: then, noInputAfter: said.then(() => 'finished') });
      return;
    }
    this.#cancelPresent();
    this.#place.turnTaken(here, state);
    if (spokenAlready) this.#speaker.forget();
    else if (input.type !== 'chosen') this.#speaker.stop();
    if (noted.input.type !== 'none') this.#filler = undefined;
    const secret = sensitive || (then.type === 'listen' && then.sensitive) || this.#log.tells(say);
    this.line.leg.redact(secret);
    const record: RecordTurn = (spoken, late) =>
      this.parts.observer.turnTaken(this.#log.record(before, sensitive, noted, { ...next, say: spoken }, late));
    if (then.type === 'converse') return this.#beginConverse(then, noted.referenceMs, record);
    const bargeIn = then.type === 'listen' && then.bargeIn;
    const speech = spokenAlready
      ? begunBefore(spokenAlready, this.parts.clock)
      : this.#speaker.say(say, { bargeIn, keep: !secret });
    void this.#whenAudible(speech, noted.referenceMs).then((late) => record(say, late));
    // What the caller has agreed to is not taken back, nor what is said to its end.
    const mayGoOn = consent === undefined && bargeIn && said !== undefined && asked !== undefined;
    const meaning = next.outcome !== 'nomatch' && noted.input.type === 'speech' ? noted.input.meaning : undefined;
    this.#begin(
      then,
      speech,
      mayGoOn ? this.#secondChance({ said, meaning, listen: asked, state: before }) : undefined,
    );
  }

  #secondChance(answered: Omit<Answered, 'decidedMs'>): SecondChance {
    const { clock } = this.parts;
    return new SecondChance({ ...answered, decidedMs: clock.nowMs() }, clock);
  }

  #step(input: DialogInput, state = this.#state): Step {
    return step(this.parts.flow, state, input, {
      wallMs: this.parts.clock.wallMs(),
      speech: this.parts.stt.state === 'ready',
      languageModel: this.parts.chat.state === 'ready',
      hours: this.parts.hours?.(),
    });
  }

  /** @param secondChance absent: what the caller has said cannot be taken back any more */
  #begin(then: Exclude<Then, { type: 'converse' }>, speech: Speech, secondChance?: SecondChance): void {
    switch (then.type) {
      case 'listen':
        this.#listen({ listen: then, noInputAfter: speech.ended, secondChance });
        break;
      case 'tool':
        void this.#askTool(then, this.#filler ?? speech);
        break;
      case 'transfer':
        void this.#whenSaid(speech, () => this.#transfer(then));
        break;
      case 'voicemail':
        void this.#whenSaid(speech, () => this.#takeMessage(then.maxMs));
        break;
      case 'callback':
        void this.#whenSaid(speech, () => this.#noteCallback(then));
        break;
      case 'hangup':
        void this.#whenSaid(speech, () => this.finish('hungup-by-flow'));
        break;
    }
  }

  async #whenSaid(speech: Speech, action: () => Promise<void> | void): Promise<void> {
    const { signal } = this.#present;
    await speech.ended;
    if (!signal.aborted) await action();
  }

  async #whenAudible(speech: Speech, referenceMs: number): Promise<Partial<TurnMarks>> {
    const audibleAt = await Promise.race([speech.audible, this.ended.then(() => undefined)]);
    return audibleAt === undefined ? {} : { audibleMs: Math.round(audibleAt - referenceMs) };
  }

  #cancelPresent(): void {
    this.#listener.stop();
    this.#afterAnswer = undefined;
    this.#ringing = false;
    this.#present.abort();
    this.#present = new AbortController();
  }

  /* -------------------------------------------------------------- listening */

  #listen(question: Question): void {
    this.#listener.listen(question, this.#present.signal);
  }

  /** The language model is asked before the turn is over. */
  #onGuess(guess: SpeechInput | undefined): void {
    const node = this.parts.flow.nodes[this.#state.nodeId];
    const then = guess && node?.kind === 'converse' && node.llm ? this.#step(guess).then : undefined;
    if (node?.kind === 'converse' && then?.type === 'converse') this.#conversation.guess(node, then.question);
    else this.#conversation.forget();
  }

  /** A cough is no answer: the question stands, and what it cut short goes on. */
  #resume(): void {
    const { question } = this.#listener;
    if (!question) return;
    const again = this.#speaker.resume();
    const { signal } = this.#present;
    const after = this.#afterAnswer;
    if (!after) return this.#listen(again ? { ...question, noInputAfter: again.ended } : question);
    this.#listen({ ...question, noInputAfter: undefined });
    void again?.ended.then((how) => how !== 'flushed' && !signal.aborted && after());
    if (!again) after();
  }

  /* -------------------------------------------------------------- what is not listening */

  /** The caller may talk or press into the model's answer; one that does not come in time ends on the keypad. */
  #beginConverse(then: Extract<Then, { type: 'converse' }>, waitingSinceMs: number, record: RecordTurn): void {
    const { signal } = this.#present;
    this.#listen({ listen: then.listen, noInputAfter: undefined, waitingSinceMs });
    // Nobody listens any more: the keypad question is being said, and is not talked over.
    if (signal.aborted) record([], {});
    else void this.#converse(then, waitingSinceMs, record, signal);
  }

  async #converse(
    { question, told }: Extract<Then, { type: 'converse' }>,
    waitingSinceMs: number,
    record: RecordTurn,
    signal: AbortSignal,
  ): Promise<void> {
    const node = this.parts.flow.nodes[this.#state.nodeId];
    if (node?.kind !== 'converse') return;
    const given = await this.#conversation.answer(node, question, waitingSinceMs, signal, told);
    record(given.said, modelMarks(given, waitingSinceMs));
    const goOn = (): void => {
      if (signal.aborted) return;
      this.#filler = given.filler;
      if (given.choice) this.#advance({ type: 'chosen', choice: given.choice, question });
      else this.#advance({ type: 'spoken', ok: given.ok });
    };
    // A caller who speaks or presses into the answer has the word; after a cough the answer goes on.
    if (given.cutOff) this.#afterAnswer = goOn;
    else goOn();
  }

  /** Meanwhile key 0 leads to a person; others have no meaning yet. */
  async #askTool({ chosen, node, nodeId, noFiller }: Extract<Then, { type: 'tool' }>, speech: Speech): Promise<void> {
    const { clock, tools } = this.parts;
    const { signal } = this.#present;
    this.#listener.listenForOperator();
    const asked = { nodeId, node, variables: { ...this.#state.variables, ...chosen?.choice.arguments } };
    const flow = flowIn(this.parts.flow, this.#state.language);
    const { filler, stillWaiting } = wordsOf(flow.language);
    const fillers = noFiller ? [] : [inVoice(flow, filler), inVoice(flow, stillWaiting)];
    const filled = this.#filler !== undefined;
    const values = await answerOfTool({ tools, asked, speaker: this.#speaker, speech, fillers, filled, clock, signal });
    if (!signal.aborted) this.#advance({ type: 'tool', values, chosen });
  }

  async #transfer({ to, ringMs }: Extract<Then, { type: 'transfer' }>): Promise<void> {
    const { ari, clock, settings } = this.parts;
    const { signal } = this.#present;
    const request = {
      callId: this.callId,
      attempt: ++this.#persons,
      endpoint: settings.agentEndpoint.replaceAll('{to}', to),
      callerId: this.callerNumber,
      ringMs,
      format: settings.media.codec,
    };
    const person = callPerson(ari, this.line, request, clock);
    signal.addEventListener('abort', () => person.cancel(), { once: true });
    this.#ringing = true;
    const answered = await person.answered;
    if (signal.aborted) return;
    this.#ringing = false;
    if (answered) void person.gone.then(() => this.finish('transferred'));
    // Whom the person left while they were being connected can hear nothing from us any more.
    else if (!this.line.isOurs) this.finish('dialplan');
    else this.#advance({ type: 'done', ok: false });
  }

  async #takeMessage(maxMs: number): Promise<void> {
    const { ari, clock, log, settings } = this.parts;
    const { signal } = this.#present;
    const name = messageName(this.callId, ++this.#messages);
    const message = { turnId: `${this.callId}-message`, maxMs, dir: settings.voicemailDir, name };
    const file = await takeMessage(this.line, ari, message, clock, log, signal);
    // A caller who hangs up after the message has left it all the same.
    if (file !== undefined) void this.parts.outbox.put({ type: 'voicemail', ...this.#leftHere, file });
    if (!signal.aborted) this.#advance({ type: 'done', ok: file !== undefined });
  }

  async #noteCallback({ number = this.callerNumber, about }: Extract<Then, { type: 'callback' }>): Promise<void> {
    const { callbacks, log, outbox } = this.parts;
    const { signal } = this.#present;
    const left = { type: 'callback', ...this.#leftHere, number, about } as const;
    const isNumber = /^[0-9+*#]{2,32}$/.test(number);
    const kept =
      isNumber &&
      (await callbacks.add(left).then(
        () => true,
        (err: unknown) => {
          log.error({ problem: explain(err) }, 'a callback request could not be kept');
          return false;
        },
      ));
    if (kept) void outbox.put(left);
    if (!signal.aborted) this.#advance({ type: 'done', ok: kept });
  }

  get #leftHere() {
    const { callId, callerNumber } = this;
    return { callId, callerNumber, nodeId: this.#state.nodeId, atWallMs: Math.round(this.parts.clock.wallMs()) };
  }
}

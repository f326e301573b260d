import type { CallLine } from './call-line.js';
import { initialState } from './entering.js';
import { step } from './interpreter.js';
import { placeInDialplan, type CallJournal, type JournalEntry } from './journal.js';
import { KeyEntry } from './key-entry.js';
import { Conversation, modelMarks } from './model-turn.js';
import { ListeningTurn, type Heard } from './listening-turn.js';
import type { CallObserver, PromptSource, Understander, Understanding, WebTools } from './ports.js';
import { deadlineAfterMs, type DialogSettings } from './settings.js';
import { Speaker, type Speech } from './speaker.js';
import type { DialogInput, DialogState, Listen, Steer, Step, Then } from './state.js';
import { answerOfTool } from './tool-turn.js';
import { callPerson } from './transfer.js';
import { TurnLog, type Cue } from './turn-log.js';
import { takeMessage } from './voicemail.js';
import { wording } from './wording.js';
import type { AriEvent, AriPort } from '../ari/port.js';
import type { SharedPcm } from '../externalmedia/port.js';
import type { KeySpec } from '../fallback-ivr/key-collector.js';
import { defaultsOf, type Flow } from '../flow/schema.js';
import type { Cancel, Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { ChatModel, SpeechToText, TextToSpeech } from '../local-models/ports.js';
import type { CallEnding, FallbackReason, TurnMarks } from '../observability/turn-record.js';

export interface SessionParts {
  readonly ari: AriPort;
  readonly flow: Flow;
  readonly flowVersion: number;
  readonly nlu: Understander;
  readonly stt: SpeechToText;
  readonly tts: TextToSpeech;
  readonly chat: ChatModel;
  readonly tools: WebTools;
  readonly prompts: PromptSource;
  /** One rendered prompt for several pieces in a row, if all of them are rendered. */
  readonly joined: (texts: readonly string[]) => SharedPcm | undefined;
  readonly observer: CallObserver;
  readonly journal: CallJournal;
  readonly settings: DialogSettings;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The question that stands, and how it is listened to. */
interface Listening {
  readonly listen: Listen;
  /** The no-input time begins when this is kept, unless by a barge-in; absent where the bot has the word. */
  readonly noInputAfter: Promise<'finished' | 'flushed' | 'failed'> | undefined;
  /** Whether the turn deadline counts from now, because the caller is waiting already. */
  readonly fromNow: boolean;
}

type RecordTurn = (said: readonly string[], late: Partial<TurnMarks>) => void;

/**
 * One call from the first prompt to the end. The interpreter decides; this shell carries out what it decided on a real
 * line and turns what happens there into its inputs. At every moment exactly one question stands, and whatever belongs to
 * an older one is cancelled.
 */
export class CallSession {
  #state: DialogState;
  #listening: Listening | undefined;
  #turn: ListeningTurn | undefined;
  #keys: KeyEntry | undefined;
  #noInput: Cancel = () => undefined;
  /** Ends what belongs to the present step: a ringing phone, a recording, a language model. */
  #present = new AbortController();
  /** What follows the language model's answer, when the caller has cut it off. */
  #afterAnswer: (() => void) | undefined;
  #turnNumber = 0;
  /** Turns taken so far, those that are not recorded yet included. */
  #turns: number;
  #persons = 0;
  #ringing = false;
  #ended = false;
  readonly #speaker: Speaker;
  readonly #conversation: Conversation;
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
  ) {
    this.#turns = left?.turns ?? 0;
    this.#state = left?.state ?? initialState(parts.flow);
    this.#speaker = new Speaker(line.leg, parts.prompts, parts.tts, parts.settings.ttsDeadlineMs, parts.log);
    this.#conversation = new Conversation({ ...parts, speaker: this.#speaker });
    this.#log = new TurnLog(callId, parts.clock, left?.turns);
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** @param fallback why it does not begin by speech, if it does not */
  start(fallback?: FallbackReason): void {
    const { ari } = this.parts;
    this.#unsubscribes.push(
      ari.onChannel(this.line.channelId, (event) => this.#onChannel(event)),
      this.line.leg.subscribe((event) => {
        if (event.type === 'deadline' && event.turnId === this.#turn?.turnId) this.#onDeadline(event.atMs);
        if (event.type === 'media-lost' && event.silentMs === 0) void this.#restoreLine();
      }),
    );
    this.line.watchMedia(() => this.finish('dialplan'));
    this.#advance(this.left ? { type: 'resume' } : { type: 'start', fallback }, this.#noCue());
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

  /** @returns false when the call has ended, or asks nothing that keys could answer */
  steer(to: Steer): boolean {
    if (this.#ended || (to === 'keypad' && !this.#listening)) return false;
    if (to === 'end') this.finish('hungup-by-admin');
    else this.#advance({ type: 'steer', to }, this.#noCue());
    return true;
  }

  /** Nobody can hear or be heard on this line any more. If it cannot be mended, the dialplan's menu can serve the caller. */
  async #restoreLine(): Promise<void> {
    if (!(await this.line.restore())) this.finish('dialplan');
  }

  /* -------------------------------------------------------------- from input to step to action */

  #advance(input: DialogInput, cue: Cue, spokenAlready?: SharedPcm): void {
    if (this.#ended) return;
    const before = this.#state;
    const sensitive = this.#listening?.listen.sensitive ?? isSensitive(this.parts.flow, before);
    const next = this.#step(input);
    this.#state = next.state;
    if (next.then.type !== 'converse') this.#conversation.forget();
    if (next.state === before && next.say.length === 0 && next.then.type === 'listen') {
      // What is being said goes on, and the caller has all of the no-input time after it.
      const said = this.#listening?.noInputAfter ?? Promise.resolve();
      this.#beginListening({ listen: next.then, noInputAfter: said.then(() => 'finished'), fromNow: false });
      return;
    }
    this.#turns++;
    this.#keep();
    this.#cancelPresent();
    this.#tellNode(before, next.state);
    if (spokenAlready) this.#speaker.forget();
    else this.#speaker.stop();
    const secret = sensitive || (next.then.type === 'listen' && next.then.sensitive) || this.#log.tells(next.say);
    this.line.leg.redact(secret);
    const speech = spokenAlready ? undefined : this.#say(next, secret);
    const record = (said: readonly string[], late: Partial<TurnMarks>): void =>
      this.parts.observer.turnTaken(this.#log.record(before, sensitive, cue, { ...next, say: said }, late));
    if (next.then.type === 'converse') return this.#beginConverse(next.then, cue, record);
    void this.#whenAudible(speech, cue.referenceMs).then((late) => record(next.say, late));
    this.#begin(next, speech, cue, spokenAlready);
  }

  #step(input: DialogInput): Step {
    return step(this.parts.flow, this.#state, input, {
      wallMs: this.parts.clock.wallMs(),
      speech: this.parts.stt.state === 'ready',
      languageModel: this.parts.chat.state === 'ready',
    });
  }

  #say(next: Step, secret: boolean): Speech {
    const listen = next.then.type === 'listen' ? next.then : undefined;
    return this.#speaker.say(next.say, { bargeIn: listen?.bargeIn ?? false, keep: !secret });
  }

  #begin({ then }: Step, speech: Speech | undefined, cue: Cue, spokenAlready?: SharedPcm): void {
    this.#listening = undefined;
    switch (then.type) {
      case 'listen': {
        const said = spokenAlready ? clockWait(this.parts.clock, spokenAlready.samples.length / 8) : speech?.ended;
        this.#beginListening({ listen: then, noInputAfter: said ?? Promise.resolve('finished'), fromNow: false });
        break;
      }
      case 'converse':
        this.#beginConverse(then, cue, () => undefined);
        break;
      case 'tool':
        void this.#askTool(then, speech);
        break;
      case 'transfer':
        void this.#whenSaid(speech, () => this.#transfer(then.to, then.ringMs));
        break;
      case 'voicemail':
        void this.#whenSaid(speech, () => this.#takeMessage(then.maxMs));
        break;
      case 'hangup':
        void this.#whenSaid(speech, () => Promise.resolve(this.finish('hungup-by-flow')));
        break;
    }
  }

  async #whenSaid(speech: Speech | undefined, action: () => Promise<void>): Promise<void> {
    const present = this.#present;
    await speech?.ended;
    if (!present.signal.aborted) await action();
  }

  #cancelPresent(): void {
    this.#noInput();
    this.#turn?.stop();
    this.#turn = undefined;
    this.#keys?.cancel();
    this.#keys = undefined;
    this.#afterAnswer = undefined;
    this.#ringing = false;
    this.line.leg.arm(undefined);
    this.#present.abort();
    this.#present = new AbortController();
  }

  /** Writes down where the call is, for the controller that may have to take it up. */
  #keep(): void {
    const { flow, flowVersion, journal } = this.parts;
    journal.note({ callId: this.callId, flowId: flow.id, flowVersion, turns: this.#turns, state: this.#state }, flow);
  }

  #tellNode(before: DialogState, after: DialogState): void {
    if (before.nodeId === after.nodeId && before.face === after.face && this.#turnNumber > 0) return;
    this.parts.observer.nodeEntered(this.callId, after.nodeId, after.face);
    for (const [name, value] of placeInDialplan(before, after)) {
      this.parts.ari
        .setVariable(this.line.channelId, name, value)
        .catch((err: unknown) => this.parts.log.debug({ err }, 'place not told to Asterisk'));
    }
  }

  async #whenAudible(speech: Speech | undefined, referenceMs: number): Promise<Partial<TurnMarks>> {
    const audibleAt = await Promise.race([speech?.audible, this.ended.then(() => undefined)]);
    return audibleAt === undefined ? {} : { audibleMs: Math.round(audibleAt - referenceMs) };
  }

  /* -------------------------------------------------------------- listening */

  #beginListening(listening: Listening): void {
    const { listen, noInputAfter, fromNow } = listening;
    const turnId = `${this.callId}-t${String(++this.#turnNumber)}`;
    const { clock, flow, settings } = this.parts;
    this.#noInput();
    this.#turn?.stop();
    this.#turn = undefined;
    this.#listening = listening;
    this.#keys ??= new KeyEntry(listen.keys, defaultsOf(flow).interDigitMs, clock, (event, digits) => {
      this.#advance(
        { type: 'keys', event },
        { input: { type: 'keys', digits }, referenceMs: clock.nowMs(), marks: {} },
      );
    });
    if (this.parts.stt.state === 'ready') {
      this.#turn = new ListeningTurn(
        turnId,
        {
          leg: this.line.leg,
          stt: this.parts.stt,
          compiled: this.parts.nlu.compile(listen.expectation),
          clock,
          log: this.parts.log,
          settings,
          accept: defaultsOf(flow).accept,
          onGuess: (understanding) => this.#onGuess(understanding),
        },
        () => {
          this.#noInput();
          // Whoever was waited for has the word again: the silence behind it counts in full.
          if (!fromNow) return;
          this.#listening = { ...listening, fromNow: false };
          this.#arm(turnId, listen, false);
        },
        (heard) => this.#onHeard(heard),
      );
      this.#arm(turnId, listen, fromNow);
    }
    if (listen.face === 'ai' && !this.#turn) {
      // Nobody listens: the recogniser went down since the question was chosen.
      this.#advance({ type: 'fall', reason: 'engine' }, this.#noCue());
      return;
    }
    const present = this.#present;
    void noInputAfter?.then((how) => {
      if (!present.signal.aborted && how !== 'flushed') this.#startNoInput();
    });
  }

  #arm(turnId: string, listen: Listen, fromNow: boolean): void {
    const prompt = listen.face === 'ai' ? this.#keypadPrompt(listen) : undefined;
    const afterMs = deadlineAfterMs(this.parts.settings, fromNow);
    this.line.leg.arm(prompt && { turnId, afterMs, prompt, fromNow });
  }

  /** What the media thread says by itself when a turn is late. */
  #keypadPrompt(listen: Listen): SharedPcm | undefined {
    return this.parts.joined([wording.toKeypad, ...listen.keypadPrompt]);
  }

  #startNoInput(): void {
    this.#noInput();
    const { clock, flow } = this.parts;
    this.#noInput = clock.after(defaultsOf(flow).noInputMs, () => this.#advance({ type: 'noinput' }, this.#noCue()));
  }

  #onHeard(heard: Heard): void {
    switch (heard.type) {
      case 'noise':
        this.#resume();
        break;
      case 'failed':
        this.#advance(
          { type: 'fall', reason: heard.reason },
          { input: { type: 'none' }, referenceMs: heard.lastVoicedMs, marks: {} },
        );
        break;
      case 'speech': {
        const input = speechOf(heard.understanding);
        const best = input.hypotheses[0];
        this.#advance(input, {
          input: { type: 'speech', text: input.text, confidence: best?.probability ?? 0, meaning: best?.meaning },
          referenceMs: heard.lastVoicedMs,
          marks: heard.marks,
        });
        break;
      }
    }
  }

  /** The language model is asked before the turn is over. */
  #onGuess(understanding: Understanding | undefined): void {
    const node = this.parts.flow.nodes[this.#state.nodeId];
    const isModelAsked = understanding && node?.kind === 'converse' && node.llm;
    const then = isModelAsked && this.#step(speechOf(understanding)).then;
    if (then && then.type === 'converse') this.#conversation.guess(node, then.question);
    else this.#conversation.forget();
  }

  /** A cough is no answer: the question stands, and what it cut short goes on. */
  #resume(): void {
    const listening = this.#listening;
    if (!listening) return;
    const again = this.#speaker.resume();
    const { signal } = this.#present;
    const after = this.#afterAnswer;
    if (after) {
      this.#beginListening({ ...listening, noInputAfter: undefined });
      void again?.ended.then((how) => how !== 'flushed' && !signal.aborted && after());
      if (!again) after();
      return;
    }
    this.#beginListening(again ? { ...listening, noInputAfter: again.ended } : listening);
  }

  /** The media thread has begun to say the keypad prompt: the dialog follows, silently. A late answer is dropped. */
  #onDeadline(atMs: number): void {
    const listening = this.#listening;
    const prompt = listening && this.#keypadPrompt(listening.listen);
    if (!prompt) return;
    this.#advance(
      { type: 'fall', reason: 'deadline' },
      {
        input: { type: 'none' },
        referenceMs: atMs - deadlineAfterMs(this.parts.settings, listening.fromNow),
        marks: {},
      },
      prompt,
    );
  }

  #onChannel(event: AriEvent): void {
    switch (event.type) {
      case 'dtmf':
        this.#noInput();
        // A person's phone goes on ringing.
        if (!this.#ringing) this.#speaker.stop();
        this.#keys?.press(event.digit);
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

  /* -------------------------------------------------------------- what is not listening */

  /** The caller may talk or press into the model's answer; one that does not come in time ends on the keypad. */
  #beginConverse(then: Extract<Then, { type: 'converse' }>, cue: Cue, record: RecordTurn): void {
    const { signal } = this.#present;
    this.#beginListening({ listen: then.listen, noInputAfter: undefined, fromNow: true });
    // Nobody listens any more: the keypad question is being said, and is not talked over.
    if (signal.aborted) return record([], {});
    void this.#converse(then.question, cue, record);
  }

  async #converse(question: string, cue: Cue, record: RecordTurn): Promise<void> {
    const node = this.parts.flow.nodes[this.#state.nodeId];
    if (node?.kind !== 'converse') return;
    const { signal } = this.#present;
    const given = await this.#conversation.answer(node, question, signal);
    record(given.said, modelMarks(given, cue.referenceMs));
    const goOn = (): void => {
      if (signal.aborted) return;
      this.#advance({ type: 'spoken', ok: given.ok }, this.#noCue());
    };
    // A caller who speaks or presses into the answer has the word; after a cough the answer goes on.
    if (given.cutOff) this.#afterAnswer = goOn;
    else goOn();
  }

  /** Meanwhile key 0 leads to a person; others have no meaning yet. */
  async #askTool({ node, nodeId }: Extract<Then, { type: 'tool' }>, speech: Speech | undefined): Promise<void> {
    const { clock, flow, tools } = this.parts;
    const { signal } = this.#present;
    this.#keys = new KeyEntry(noChoice, defaultsOf(flow).interDigitMs, clock, (event, digits) => {
      const cue: Cue = { input: { type: 'keys', digits }, referenceMs: clock.nowMs(), marks: {} };
      if (event.type === 'operator') this.#advance({ type: 'keys', event }, cue);
    });
    const asked = { nodeId, node, variables: this.#state.variables };
    const values = await answerOfTool({ tools, asked, speaker: this.#speaker, speech, clock, signal });
    if (signal.aborted) return;
    this.#advance({ type: 'tool', values }, this.#noCue());
  }

  async #transfer(to: string, ringMs: number): Promise<void> {
    const { ari, clock, settings } = this.parts;
    const { signal } = this.#present;
    const attempt = ++this.#persons;
    const endpoint = settings.agentEndpoint.replaceAll('{to}', to);
    const request = {
      callId: this.callId,
      attempt,
      endpoint,
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
    else this.#done(false);
  }

  async #takeMessage(maxMs: number): Promise<void> {
    const { ari, clock, log, settings } = this.parts;
    const { signal } = this.#present;
    const message = { turnId: `${this.callId}-message`, maxMs, dir: settings.voicemailDir, name: this.callId };
    const file = await takeMessage(this.line, ari, message, clock, log, signal);
    if (!signal.aborted) this.#done(file !== undefined);
  }

  #done(ok: boolean): void {
    this.#advance({ type: 'done', ok }, this.#noCue());
  }

  /** The caller did nothing; marks count from now. */
  #noCue(): Cue {
    return { input: { type: 'none' }, referenceMs: this.parts.clock.nowMs(), marks: {} };
  }
}

/** No key has a meaning but those that always have one. */
const noChoice: KeySpec = { kind: 'choice', keys: new Set() };

function isSensitive(flow: Flow, { nodeId }: DialogState): boolean {
  const node = flow.nodes[nodeId];
  return node !== undefined && 'sensitive' in node && node.sensitive === true;
}

function speechOf({ hypotheses, text }: Understanding): Extract<DialogInput, { type: 'speech' }> {
  return { type: 'speech', hypotheses, text: text.reveal() };
}

function clockWait(clock: Clock, ms: number): Promise<'finished'> {
  return new Promise((resolve) => clock.after(ms, () => resolve('finished')));
}

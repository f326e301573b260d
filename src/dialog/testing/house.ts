import { FakeAri } from '../../ari/fake-ari.js';
import { FakeMediaPlane, type FakeMediaLeg } from '../../externalmedia/fake-media.js';
import type { MediaTransport, SharedPcm } from '../../externalmedia/port.js';
import { toSharedPcm } from '../../externalmedia/shared-pcm.js';
import { Admission } from '../../fallback-ivr/admission.js';
import type { Flow } from '../../flow/schema.js';
import { FakeClock } from '../../kernel/fake-clock.js';
import { RecordingLogger } from '../../kernel/log.js';
import { sensitive } from '../../kernel/sensitive.js';
import { absentChatModel, absentSpeechToText } from '../../local-models/absent.js';
import { FakeChat, FakeStt, FakeTts } from '../../local-models/fakes.js';
import type { SpeechToText } from '../../local-models/ports.js';
import type { CallEnding, CallRecord, TurnRecord } from '../../observability/turn-record.js';
import { JoinedPrompts } from '../joined-prompts.js';
import type { JournalEntry } from '../journal.js';
import { compileExpectation } from '../nlu/compile.js';
import type { CallbackList, LeftByCaller, WebTools } from '../ports.js';
import { PinGuard } from '../pin-guard.js';
import { Reception } from '../reception.js';
import type { HoursOverride } from '../service-call.js';
import type { DialogSettings } from '../settings.js';
import { CachingUnderstander } from '../understander.js';
import { smallFlow } from './small-flow.js';

/** One second of a tone: long enough to see an interruption. */
const audio = Int16Array.from({ length: 8_000 }, (_x, i) => 8_000 * Math.sin(i / 3));
/** One second of something to recognise. */
export const words = new Int16Array(8_000).fill(1_000);

/** What is otherwise in a house than usual. */
export interface HouseChanges {
  readonly settings?: Partial<DialogSettings>;
  /** Something between the recogniser and the calls. */
  readonly guard?: (stt: SpeechToText, clock: FakeClock) => SpeechToText;
}

/** A whole controller on fakes and a clock that stands still, with one caller. */
export class House {
  readonly clock = new FakeClock();
  readonly ari = new FakeAri(this.clock);
  readonly media = new FakeMediaPlane(this.clock);
  readonly stt = new FakeStt(this.clock, [], 100);
  readonly tts = new FakeTts(this.clock);
  readonly chat: FakeChat;
  readonly log = new RecordingLogger();
  readonly turns: TurnRecord[] = [];
  readonly endings: CallEnding[] = [];
  readonly calls: CallRecord[] = [];
  readonly measured: string[] = [];
  readonly reception: Reception;
  readonly notes = new Map<string, JournalEntry>();
  readonly left = new Map<string, JournalEntry>();
  admission = new Admission(2, 3);
  /** What the engine has to speak. */
  readonly unrendered = new Set<string>();
  voice = true;
  readonly consents: boolean[] = [];
  readonly outbox: LeftByCaller[] = [];
  addCallback: CallbackList['add'] = () => Promise.resolve();
  readonly pin = new PinGuard(sensitive('4711'), this.clock);
  readonly kept: { readonly length: number; readonly who: string }[] = [];
  readonly switches = {
    hours: 'calendar' as HoursOverride,
    keypadOnly: false,
    setHours(to: HoursOverride): Promise<void> {
      this.hours = to;
      return Promise.resolve();
    },
    setKeypadOnly(on: boolean): Promise<void> {
      this.keypadOnly = on;
      return Promise.resolve();
    },
  };
  service: WebTools['ask'] = () => Promise.resolve(undefined);
  readonly earlier = new Map<number, Flow>();
  live: { readonly flow: Flow; readonly version: number } = { flow: smallFlow, version: 1 };

  constructor(
    answers: readonly string[] = [],
    transport: MediaTransport = 'rtp',
    private readonly recordCalls = false,
    changes: HouseChanges = {},
  ) {
    this.chat = new FakeChat(this.clock, answers);
    const prompts = {
      get: (text: string): SharedPcm | undefined => (this.unrendered.has(text) ? undefined : toSharedPcm(audio)),
      keep: () => undefined,
    };
    const joined = new JoinedPrompts(prompts);
    this.reception = new Reception({
      ari: this.ari,
      media: this.media,
      flowForCall: () => ({ ...this.live, canSpeak: this.voice }),
      flowOfVersion: (version) => {
        const flow = this.earlier.get(version);
        return flow ? Promise.resolve({ flow, version, canSpeak: true }) : Promise.reject(new Error('no such version'));
      },
      admit: (speaking, all) => this.admission.admit(speaking, all),
      hours: () => (this.switches.hours === 'calendar' ? undefined : this.switches.hours),
      service: {
        pin: this.pin,
        switches: this.switches,
        keepPrompt: (recorded, who) => {
          this.kept.push({ length: recorded.length, who });
          return Promise.resolve();
        },
      },
      without: { stt: absentSpeechToText('no speech'), chat: absentChatModel('no model') },
      nlu: new CachingUnderstander(compileExpectation),
      stt: changes.guard?.(this.stt, this.clock) ?? this.stt,
      tts: this.tts,
      chat: this.chat,
      tools: { ask: (asked, signal) => this.service(asked, signal) },
      prompts,
      joined: (texts) => joined.get(texts),
      journal: {
        note: (entry) => void this.notes.set(entry.callId, entry),
        forget: (callId) => void this.notes.delete(callId),
        take: (callId) => this.left.get(callId),
      },
      outbox: {
        put: (left) => {
          this.outbox.push(left);
          return Promise.resolve();
        },
      },
      callbacks: { add: (request) => this.addCallback(request) },
      observer: {
        callStarted: (call) => void this.calls.push(call),
        nodeEntered: () => undefined,
        turnTaken: (turn) => void this.turns.push(turn),
        callEnded: (_id, ending) => void this.endings.push(ending),
        consentGiven: (_id, agreed) => void this.consents.push(agreed),
        mediaEnded: (id) => void this.measured.push(id),
      },
      settings: {
        app: 'handrail',
        media: { transport, host: '127.0.0.1', codec: 'ulaw' },
        turnDeadlineMs: 1_200,
        minEndpointMs: 250,
        breathMs: 410,
        maxEndpointMs: 1_000,
        pauseMs: 180,
        maxUtteranceMs: 12_000,
        bargeInMs: 120,
        sttDeadlineMs: 900,
        ttsDeadlineMs: 4_000,
        llmDeadlineMs: 4_000,
        llmMaxTokens: 64,
        agentEndpoint: 'Local/{to}@people',
        voicemailDir: '/nowhere',
        recordCalls: this.recordCalls,
        recordConsented: true,
        tapFolders: { recording: '/nowhere/recordings', capture: '/nowhere/captures' },
        ...changes.settings,
      },
      clock: this.clock,
      log: this.log,
    });
  }

  async call(): Promise<FakeMediaLeg> {
    this.ari.callArrives();
    await this.wait(200);
    const leg = this.media.legs.at(-1);
    if (!leg) throw new Error('no line was opened');
    return leg;
  }

  wait(ms: number): Promise<void> {
    return this.clock.advanceAsync(ms);
  }

  /** The caller says something that the recogniser is sure of, and hears the answer begin. */
  async says(leg: FakeMediaLeg, text: string, posterior = 0.99): Promise<void> {
    this.stt.hear({ readings: [{ text, posterior }] });
    leg.startSpeaking();
    await this.wait(1_000);
    leg.pauseSpeaking(words);
    await this.wait(400);
  }

  get last(): TurnRecord | undefined {
    return this.turns.at(-1);
  }
}

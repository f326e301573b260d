import type { CallJournal } from './journal.js';
import type { ListenerParts } from './listener.js';
import type { CallbackList, CallerLanguages, CallObserver, Outbox, PromptSource, WebTools } from './ports.js';
import type { AriPort } from '../ari/port.js';
import type { ChatModel, TextToSpeech } from '../local-models/ports.js';

/** What a call is served with. */
export interface SessionParts extends ListenerParts {
  readonly ari: AriPort;
  readonly flowVersion: number;
  readonly tts: TextToSpeech;
  readonly chat: ChatModel;
  readonly tools: WebTools;
  readonly prompts: PromptSource;
  readonly observer: CallObserver;
  readonly journal: CallJournal;
  readonly outbox: Outbox;
  readonly callbacks: CallbackList;
  /** What people have said about the opening hours, see `Circumstances`. Absent: nothing. */
  readonly hours?: () => 'open' | 'closed' | undefined;
  /** Absent: every call begins in the flow's own language. */
  readonly languages?: CallerLanguages | undefined;
}

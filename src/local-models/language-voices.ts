import type { Unsubscribe } from '../kernel/emitter.js';
import { markOf } from '../flow/voice-mark.js';
import type { EngineState, SpeechLimits, TextToSpeech } from './ports.js';

/** The line's voice, and others for texts that are marked with their language. Health is that of the line's own. */
export class LanguageVoices implements TextToSpeech {
  constructor(
    private readonly main: TextToSpeech,
    private readonly others: ReadonlyMap<string, TextToSpeech>,
  ) {}

  get name(): string {
    return this.main.name;
  }

  get state(): EngineState {
    return this.main.state;
  }

  get problem(): string | undefined {
    return this.main.problem;
  }

  get waitMs(): number {
    return this.main.waitMs ?? 0;
  }

  get voiceId(): string {
    return this.main.voiceId;
  }

  onState(listener: (state: EngineState) => void): Unsubscribe {
    return this.main.onState(listener);
  }

  /** Who speaks a language: its own voice, else the line's. */
  of(language: string | undefined): TextToSpeech {
    return this.others.get(language ?? '') ?? this.main;
  }

  speak(text: string, limits: SpeechLimits): AsyncIterable<Int16Array> {
    const { language, text: plain } = markOf(text);
    return this.of(language).speak(plain, limits);
  }

  async close(): Promise<void> {
    await Promise.all([this.main, ...this.others.values()].map((voice) => voice.close()));
  }
}

/** What a voice thread is started with. */
export interface VoiceThreadData {
  readonly modelPath: string;
  /** `BatchRows.bytes`, shared. */
  readonly memory: SharedArrayBuffer;
}

/** To the voice thread: judge so many rows, or end. */
export type VoiceCommand = { readonly type: 'run'; readonly size: number } | { readonly type: 'stop' };

export type VoiceReport =
  { readonly type: 'ready' | 'judged' | 'stopped' } | { readonly type: 'failed'; readonly reason: string };

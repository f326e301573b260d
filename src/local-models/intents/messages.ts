import type { IntentTask } from '../ports.js';

export interface IntentThreadData {
  /** Folder with model.onnx and tokenizer.json. */
  readonly modelDir: string;
}

export type IntentCommand =
  | { readonly type: 'prepare'; readonly request: number; readonly task: IntentTask }
  | { readonly type: 'classify'; readonly request: number; readonly taskId: string; readonly text: string }
  /** What waits is refused, and the thread ends by itself. */
  | { readonly type: 'close' };

export type IntentReport =
  | { readonly type: 'ready' }
  | { readonly type: 'answer'; readonly request: number; readonly probabilities: readonly number[] }
  /** `reason` never quotes what a caller said. */
  | { readonly type: 'refused'; readonly request: number; readonly reason: string };

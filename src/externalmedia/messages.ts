import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../kernel/errors.js';
import type { LatenessSnapshot } from './lateness.js';
import type { ThreadPriority } from './native-io.js';
import type {
  LegStats,
  LegTotals,
  ListenOptions,
  MediaCodec,
  MediaEvent,
  MediaRemote,
  MediaTransport,
  TurnDeadline,
} from './port.js';

/** What crosses the border between the main thread and a media thread. `leg` and `request` are numbers of the main thread. */
export type MediaCommand =
  | {
      readonly type: 'open';
      readonly request: number;
      readonly leg: number;
      readonly codec: MediaCodec;
      readonly transport: MediaTransport;
      readonly host: string;
    }
  | { readonly type: 'leg-stats'; readonly request: number; readonly leg: number }
  | { readonly type: 'thread-stats'; readonly request: number }
  /** Where recordings and captures are written to; before the first of them. */
  | { readonly type: 'taps'; readonly port: MessagePort }
  /** Close all sockets; answered with `stopped`, after which the thread may be ended. */
  | { readonly type: 'stop' }
  | LegCommand;

/** A command that is not answered. */
export type LegCommand =
  | { readonly type: 'connect'; readonly leg: number; readonly remote: MediaRemote }
  | {
      readonly type: 'play';
      readonly leg: number;
      readonly id: string;
      readonly samples: Int16Array;
      readonly bargeIn: boolean;
    }
  | { readonly type: 'play-stream'; readonly leg: number; readonly id: string; readonly bargeIn: boolean }
  | { readonly type: 'append'; readonly leg: number; readonly id: string; readonly samples: Int16Array }
  | { readonly type: 'finish'; readonly leg: number; readonly id: string }
  | { readonly type: 'flush' | 'resume'; readonly leg: number }
  | { readonly type: 'listen'; readonly leg: number; readonly options: ListenOptions | undefined }
  | { readonly type: 'arm'; readonly leg: number; readonly deadline: TurnDeadline | undefined }
  /** `tap` numbers the file over all threads; without a path what runs is ended. */
  | {
      readonly type: 'record' | 'capture';
      readonly leg: number;
      readonly tap: number;
      readonly path: string | undefined;
    }
  | { readonly type: 'redact' | 'steady'; readonly leg: number; readonly on: boolean }
  | { readonly type: 'close'; readonly leg: number };

/** Answers carry the number of their request. */
export type MediaAnswer =
  | { readonly type: 'opened'; readonly request: number; readonly port: number }
  | { readonly type: 'leg-stats'; readonly request: number; readonly stats: LegStats }
  | {
      readonly type: 'thread-stats';
      readonly request: number;
      readonly legs: number;
      readonly lateness: LatenessSnapshot;
      readonly packets: LegTotals;
    }
  | { readonly type: 'failed'; readonly request: number; readonly code: ErrorCode; readonly where: string };

export type MediaReport =
  | MediaAnswer
  | { readonly type: 'event'; readonly leg: number; readonly event: MediaEvent }
  /** The last word about a leg. */
  | { readonly type: 'closed'; readonly leg: number; readonly stats: LegStats }
  | { readonly type: 'stopped' }
  /** How this thread judges voice, once after its start; `reason` tells why there is no model. */
  | { readonly type: 'vad'; readonly judge: 'model' | 'energy'; readonly reason: string | undefined }
  /** Whose sockets and timer this thread uses, once at its start; `reason` tells why they are not the native ones. */
  | { readonly type: 'sockets'; readonly kind: 'native' | 'node'; readonly reason: string | undefined }
  /** What the system lets the thread have, once at its start, when it was to ask. */
  | { readonly type: 'priority'; readonly got: ThreadPriority }
  /** Something went wrong that media survives. */
  | { readonly type: 'trouble'; readonly what: string; readonly detail: string };

/** What a media thread is started with. */
export interface MediaThreadData {
  readonly vadModelPath: string | undefined;
  /** Whether it asks to be served before the machine's other work. */
  readonly first: boolean;
}

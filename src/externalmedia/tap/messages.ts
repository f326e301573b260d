import type { PcapEnd } from './pcap.js';

/** What a media thread tells the writer thread. `tap` is a number that the main thread chose for one file. */
export type TapMessage =
  | { readonly type: 'begin'; readonly tap: number; readonly path: string; readonly kind: 'recording' | 'capture' }
  | { readonly type: 'audio'; readonly tap: number; readonly interleaved: Int16Array }
  | {
      readonly type: 'datagram';
      readonly tap: number;
      readonly atMs: number;
      readonly source: PcapEnd;
      readonly destination: PcapEnd;
      readonly payload: Uint8Array;
    }
  | { readonly type: 'end'; readonly tap: number };

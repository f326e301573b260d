import type { CallMedia, CallMediaDependencies } from './call-media.js';
import type { LegStats, MediaCodec, MediaRemote } from './port.js';
import type { CaptureTap } from './tap/leg-taps.js';
import type { PcapEnd } from './tap/pcap.js';

/** A leg on its socket: what a media thread drives, whatever the transport is. */
export interface LegEnd {
  readonly media: CallMedia;
  /** The UDP port that Asterisk shall send to; 0 where we call Asterisk. */
  readonly port: number;
  /** Begins with Asterisk's end; again after it was lost. */
  connect(remote: MediaRemote): void;
  tick(frames: number, skipped: number): void;
  /** Whether silence is sent as well. */
  steady(on: boolean): void;
  /** Captures datagrams from now on, if the transport has any; `undefined` ends it. */
  capture(open: OpenCapture | undefined): void;
  stats(): LegStats;
  close(): void;
}

/** @param remote the far end at the time of a datagram */
export type OpenCapture = (local: PcapEnd, remote: () => PcapEnd | undefined) => CaptureTap;

export interface LegEndDependencies extends CallMediaDependencies {
  readonly codec: MediaCodec;
  /** A mistake that media survives. */
  readonly trouble: (what: string, error: unknown) => void;
}

import { join } from 'node:path';
import type { MediaLeg } from '../externalmedia/port.js';
import type { Clock } from '../kernel/clock.js';
import { asFileName } from '../kernel/file-name.js';

export type TapKind = 'recording' | 'capture';

/** Where the files of all calls go. */
export type TapFolders = Readonly<Record<TapKind, string>>;

/**
 * The files of one call's media: a recording (stereo WAV), and a capture of its packets (pcap). Each time that one is begun
 * it is a new file, named after the moment and the call.
 */
export class CallTaps {
  readonly #running = new Map<TapKind, string>();

  constructor(
    private readonly callId: string,
    private readonly leg: Pick<MediaLeg, 'record' | 'capture'>,
    private readonly folders: TapFolders,
    private readonly clock: Clock,
  ) {}

  /** Begins one, unless it runs already. @returns the path of its file */
  begin(kind: TapKind): string {
    const running = this.#running.get(kind);
    if (running !== undefined) return running;
    const moment = new Date(this.clock.wallMs()).toISOString().replace(/[:.]/g, '-');
    const name = `${moment}_${asFileName(this.callId)}`;
    const path = join(this.folders[kind], `${name}${kind === 'recording' ? '.wav' : '.pcap'}`);
    this.#running.set(kind, path);
    this.#tell(kind, path);
    return path;
  }

  /** Ends one. @returns the path of its file; `undefined` when none ran */
  end(kind: TapKind): string | undefined {
    const running = this.#running.get(kind);
    if (running === undefined) return undefined;
    this.#running.delete(kind);
    this.#tell(kind, undefined);
    return running;
  }

  #tell(kind: TapKind, path: string | undefined): void {
    if (kind === 'recording') this.leg.record(path);
    else this.leg.capture(path);
  }
}

import type { CanaryBook, CanaryEnd, CanaryRecord } from './canary-book.js';
import { reasonToTakeBack, takesCanary, type CanaryPlan, type VersionFigures } from './canary.js';
import type { Act, FlowDesk, LiveFlow } from './desk.js';
import { HandrailError } from '../kernel/errors.js';

export interface CanaryDeskOptions {
  readonly book: CanaryBook;
  readonly desk: FlowDesk;
  /** How ended calls that began since then fared on one version. */
  readonly figures: (version: number, sinceWallMs: number) => Promise<VersionFigures>;
  readonly nowWallMs: () => number;
  /** A canary was taken back by its guard: nobody asked for it, so somebody must be told. */
  readonly onTakenBack: (record: CanaryRecord, end: CanaryEnd) => Promise<void>;
}

export interface CanaryReport {
  /** The canary that was begun last; `end` is absent while it runs. */
  readonly canary: CanaryRecord;
  /** Of calls that began while both were given; absent when it has ended. */
  readonly figures:
    { readonly stable: VersionFigures & { readonly version: number }; readonly canary: VersionFigures } | undefined;
}

interface Running {
  readonly record: CanaryRecord;
  readonly live: LiveFlow;
}

const GUARD = 'handrail';

/**
 * Gives a second version to some callers, beside the one that is live. Only one runs at a time; it ends when it is promoted,
 * stopped, taken back by its guard, or when another version goes live. Asterisk's copy of the menu stays that of the live
 * version, and calls in progress keep what they began with.
 */
export class CanaryDesk {
  #running: Running | undefined;
  #looking = false;

  private constructor(
    private readonly options: CanaryDeskOptions,
    running: Running | undefined,
  ) {
    this.#running = running;
    options.desk.onLive(async (entry) => {
      const record = this.#running?.record;
      if (!record) return;
      const promoted = entry.origin === 'promotion' && entry.restores === record.version;
      await this.#end({ how: promoted ? 'promoted' : 'replaced', why: entry.why, who: entry.author });
    });
  }

  /**
   * Goes on with a canary that ran when the controller ended. One that this Handrail cannot read any more is left alone: its
   * callers get the live version.
   * @throws HandrailError HR_STORE_FAILED
   */
  static async open(options: CanaryDeskOptions): Promise<CanaryDesk> {
    const record = await options.book.latest(options.desk.live.flow.id);
    // A file that has changed went live at the start: what ran beside its forerunner ends with it.
    if (!record || record.end || record.version < options.desk.live.version) return new CanaryDesk(options, undefined);
    const known = await options.desk.version(record.version).catch((error: unknown) => {
      if (error instanceof HandrailError && error.code === 'HR_FLOW_INVALID') return undefined;
      throw error;
    });
    return new CanaryDesk(options, known && { record, live: { flow: known.flow, version: record.version } });
  }

  /** The canary that runs. */
  get running(): LiveFlow | undefined {
    return this.#running?.live;
  }

  /** What a new call gets. */
  flowFor(call: { readonly callId: string; readonly callerNumber: string }): LiveFlow {
    const running = this.#running;
    if (!running || !takesCanary(running.record, nameOf(running.record), call)) return this.options.desk.live;
    return running.live;
  }

  /**
   * A document becomes a version that some callers get.
   * @throws HandrailError HR_FLOW_CONFLICT while another one runs; HR_FLOW_INVALID; of the voice or the store
   */
  async begin(document: unknown, plan: CanaryPlan, act: Act): Promise<CanaryRecord> {
    this.#requireNone();
    const { book, desk, nowWallMs } = this.options;
    const { flow, entry } = await desk.rehearse(document, act);
    this.#requireNone();
    const record = { ...plan, ...act, flowId: flow.id, version: entry.version, begunAtWallMs: Math.round(nowWallMs()) };
    await book.begin(record);
    const begun = { ...record, end: undefined };
    this.#running = { record: begun, live: { flow, version: entry.version } };
    return begun;
  }

  /** The canary goes live for everybody, as a new version. @throws HandrailError HR_NOT_THERE, as publishing */
  promote(act: Act): ReturnType<FlowDesk['promote']> {
    return this.options.desk.promote(this.#required().version, act);
  }

  /** New calls get the live version again. @throws HandrailError HR_NOT_THERE, HR_STORE_FAILED */
  async stop({ author, why }: Act): Promise<CanaryRecord> {
    const record = this.#required();
    await this.#end({ how: 'stopped', why, who: author });
    return record;
  }

  /** Compares, and takes the canary back when its guard says so. For after each call. @throws HandrailError HR_STORE_FAILED */
  async look(): Promise<void> {
    const record = this.#running?.record;
    if (!record?.guard || this.#looking) return;
    this.#looking = true;
    try {
      const { stable, canary } = await this.#figures(record);
      const why = reasonToTakeBack(record.guard, stable, canary);
      if (why === undefined || this.#running?.record !== record) return;
      const end = await this.#end({ how: 'taken-back', why, who: GUARD });
      if (end) await this.options.onTakenBack(record, end);
    } finally {
      this.#looking = false;
    }
  }

  /** Undefined when there never was a canary. */
  async report(): Promise<CanaryReport | undefined> {
    const { book, desk } = this.options;
    const canary = this.#running?.record ?? (await book.latest(desk.live.flow.id));
    return canary && { canary, figures: canary.end ? undefined : await this.#figures(canary) };
  }

  async #figures({ version, begunAtWallMs }: CanaryRecord) {
    const { desk, figures } = this.options;
    const stable = desk.live.version;
    const [old, canary] = await Promise.all([figures(stable, begunAtWallMs), figures(version, begunAtWallMs)]);
    return { stable: { version: stable, ...old }, canary };
  }

  /** New calls get the live version from here on, whatever the store says. */
  async #end(end: Omit<CanaryEnd, 'atWallMs'>): Promise<CanaryEnd | undefined> {
    const record = this.#running?.record;
    if (!record) return undefined;
    this.#running = undefined;
    const ended = { ...end, atWallMs: Math.round(this.options.nowWallMs()) };
    await this.options.book.end(record.flowId, record.version, ended);
    return ended;
  }

  #required(): CanaryRecord {
    if (!this.#running) throw new HandrailError('HR_NOT_THERE', 'a canary that runs');
    return this.#running.record;
  }

  #requireNone(): void {
    if (!this.#running) return;
    const { version } = this.#running.record;
    throw new HandrailError('HR_FLOW_CONFLICT', `Version ${String(version)} runs as canary: promote or stop it first.`);
  }
}

function nameOf({ flowId, version }: CanaryRecord): string {
  return `${flowId} ${String(version)}`;
}

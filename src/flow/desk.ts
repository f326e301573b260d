import { HandrailError } from '../kernel/errors.js';
import type { Finding } from './finding.js';
import { flowText } from './flow-text.js';
import { parseFlow } from './load.js';
import { requireNoErrors } from './lint.js';
import type { Flow } from './schema.js';
import type { FlowDraft, FlowVersion, NewVersion, VersionBook } from './version-book.js';

/** A flow and the number under which it serves. */
export interface LiveFlow {
  readonly flow: Flow;
  readonly version: number;
}

/** What makes a flow fit to be heard, on both faces. */
export interface FlowStage {
  /**
   * Renders prompts, compiles what can be understood, and loads the keypad copy into the dialplan.
   * @throws HandrailError of what could not be done; the flow of before is in force then, its keypad copy too
   */
  prepare(flow: Flow): Promise<void>;
  /** The same for a flow that only some callers get: the dialplan keeps the keypad copy that it has. */
  rehearse(flow: Flow): Promise<void>;
}

export interface FlowDeskOptions {
  readonly book: VersionBook;
  readonly stage: FlowStage;
  /** Every finding about a flow, the world around it included. */
  readonly check: (flow: Flow) => Promise<readonly Finding[]>;
  readonly nowWallMs: () => number;
}

/** Who does something, and why. */
export interface Act {
  readonly author: string;
  readonly why: string;
}

/**
 * The one place that says which version new calls get. A version goes live in this order: checked, prepared, written into
 * the book, and then from the next call on; when a step fails everything stays as it was. Calls in progress keep the flow
 * that they began with.
 */
export class FlowDesk {
  #live: LiveFlow;
  #publishing = false;
  #onLive: (entry: FlowVersion) => Promise<void> = () => Promise.resolve();

  private constructor(
    private readonly options: FlowDeskOptions,
    live: LiveFlow,
  ) {
    this.#live = live;
  }

  /**
   * The version to start with. The file counts when it has changed since it was last read; otherwise what people have
   * published here since then does.
   *
   * @param file name of the flow's file, for the history
   * @throws HandrailError HR_FLOW_INVALID when the newest version is none that this Handrail knows; HR_STORE_FAILED
   */
  static async open(options: FlowDeskOptions, flow: Flow, file: string): Promise<FlowDesk> {
    const { book, nowWallMs } = options;
    const lastRead = await book.newestFromFile(flow.id);
    const newest = await book.newest(flow.id);
    if (lastRead && newest && sameText(lastRead, flow))
      return new FlowDesk(options, { flow: flowOf(newest), version: newest.version });
    const { version } = await book.append({
      flowId: flow.id,
      json: flowText(flow),
      author: 'handrail',
      why: `read from ${file}`,
      publishedAtWallMs: Math.round(nowWallMs()),
      origin: 'file',
      restores: undefined,
    });
    return new FlowDesk(options, { flow, version });
  }

  /** Who is told of each version that goes live; one listener, and a publication ends after it. */
  onLive(listener: (entry: FlowVersion) => Promise<void>): void {
    this.#onLive = listener;
  }

  /** What new calls get. */
  get live(): LiveFlow {
    return this.#live;
  }

  /** Newest first. */
  versions(): Promise<readonly FlowVersion[]> {
    return this.options.book.versions(this.#live.flow.id);
  }

  /** @throws HandrailError HR_FLOW_VERSION when there is no such version */
  async version(version: number): Promise<{ readonly flow: Flow; readonly entry: FlowVersion }> {
    const entry = await this.options.book.version(this.#live.flow.id, version);
    if (!entry) throw new HandrailError('HR_FLOW_VERSION', `${this.#live.flow.id} has no version ${String(version)}.`);
    return { flow: flowOf(entry), entry };
  }

  /** The draft, or undefined when nobody has begun one. */
  draft(): Promise<FlowDraft | undefined> {
    return this.options.book.draft(this.#live.flow.id);
  }

  /**
   * Saves a document as the draft, sound or not: half a flow is worth keeping too.
   *
   * @param seen revision of the draft that the author has worked on, 0 when there was none
   * @throws HandrailError HR_FLOW_CONFLICT when somebody else has saved in between
   */
  async saveDraft(document: unknown, seen: number, author: string): Promise<FlowDraft> {
    const saved = await this.options.book.saveDraft(
      {
        flowId: this.#live.flow.id,
        json: JSON.stringify(document),
        basedOn: this.#live.version,
        author,
        savedAtWallMs: Math.round(this.options.nowWallMs()),
      },
      seen,
    );
    if (saved) return saved;
    const there = await this.draft();
    throw conflict(
      there
        ? `${there.author} has saved revision ${String(there.revision)}; yours was made from ${String(seen)}.`
        : `The draft is gone; yours was made from revision ${String(seen)}.`,
    );
  }

  dropDraft(): Promise<void> {
    return this.options.book.dropDraft(this.#live.flow.id);
  }

  /** Every finding about a flow, as publishing looks at it. */
  check(flow: Flow): Promise<readonly Finding[]> {
    return this.options.check(flow);
  }

  /**
   * The draft goes live.
   *
   * @param seen the revision that its publisher has looked at
   * @throws HandrailError HR_FLOW_CONFLICT when the draft is another one by now or somebody else publishes; HR_FLOW_INVALID; of
   * the voice, the dialplan or the store
   */
  async publishDraft(seen: number, act: Act): Promise<FlowVersion> {
    const version = await this.publish(await this.draftDocument(seen), act);
    // A later save stays: it is the next draft.
    if ((await this.draft())?.revision === seen) await this.dropDraft();
    return version;
  }

  /** What the draft of this revision says. @throws HandrailError HR_FLOW_CONFLICT when it is another one by now */
  async draftDocument(seen: number): Promise<unknown> {
    const draft = await this.draft();
    if (draft?.revision === seen) return JSON.parse(draft.json);
    throw conflict(`The draft is at revision ${String(draft?.revision ?? 0)}, not at ${String(seen)}.`);
  }

  /** A document goes live. @throws HandrailError as `publishDraft` */
  publish(document: unknown, act: Act): Promise<FlowVersion> {
    return this.#goLive(parseFlow(document, 'flow'), { ...act, origin: 'draft', restores: undefined });
  }

  /** What an earlier version said goes live again, as a new version: the history is never rewritten. */
  async rollback(version: number, act: Act): Promise<FlowVersion> {
    const { flow } = await this.version(version);
    return this.#goLive(flow, { ...act, origin: 'rollback', restores: version });
  }

  /** What a canary said goes live for everybody, as a new version. @throws HandrailError as `rollback` */
  async promote(version: number, act: Act): Promise<FlowVersion> {
    const { flow } = await this.version(version);
    return this.#goLive(flow, { ...act, origin: 'promotion', restores: version });
  }

  /**
   * A document becomes a version that is fit to be heard, but does not go live.
   * @throws HandrailError as `publishDraft`
   */
  rehearse(document: unknown, act: Act): Promise<{ readonly flow: Flow; readonly entry: FlowVersion }> {
    const flow = parseFlow(document, 'flow');
    return this.#oneAtATime(flow, async () => {
      await this.options.stage.rehearse(flow);
      return { flow, entry: await this.#append(flow, { ...act, origin: 'canary', restores: undefined }) };
    });
  }

  #goLive(flow: Flow, how: Act & Pick<NewVersion, 'origin' | 'restores'>): Promise<FlowVersion> {
    const { stage } = this.options;
    const before = this.#live;
    return this.#oneAtATime(flow, async () => {
      await stage.prepare(flow);
      const entry = await this.#append(flow, how).catch(async (error: unknown) => {
        // The dialplan already has the new copy; the first error is the one to tell.
        await stage.prepare(before.flow).catch(() => undefined);
        throw error;
      });
      this.#live = { flow, version: entry.version };
      await this.#onLive(entry);
      return entry;
    });
  }

  /** Checks a flow, then works on it while nobody else does. */
  async #oneAtATime<Result>(flow: Flow, work: () => Promise<Result>): Promise<Result> {
    const { id } = this.#live.flow;
    if (flow.id !== id) throw new HandrailError('HR_FLOW_INVALID', `id: this line’s flow is ${id}, not ${flow.id}.`);
    if (this.#publishing) throw conflict('A version is on its way at this moment.');
    this.#publishing = true;
    try {
      requireNoErrors(await this.options.check(flow), 'flow');
      return await work();
    } finally {
      this.#publishing = false;
    }
  }

  #append(flow: Flow, how: Act & Pick<NewVersion, 'origin' | 'restores'>): Promise<FlowVersion> {
    const { book, nowWallMs } = this.options;
    const publishedAtWallMs = Math.round(nowWallMs());
    return book.append({ ...how, flowId: flow.id, json: flowText(flow), publishedAtWallMs });
  }
}

function flowOf({ json, flowId, version }: FlowVersion): Flow {
  return parseFlow(JSON.parse(json), `${flowId}, version ${String(version)}`);
}

/** A version of an older schema that is no flow any more is another text. */
function sameText(version: FlowVersion, flow: Flow): boolean {
  try {
    return flowText(flowOf(version)) === flowText(flow);
  } catch {
    return false;
  }
}

function conflict(what: string): HandrailError {
  return new HandrailError('HR_FLOW_CONFLICT', what);
}

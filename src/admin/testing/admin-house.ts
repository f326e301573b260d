import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hear } from '../../dialog/hear.js';
import { compileExpectation } from '../../dialog/nlu/compile.js';
import type { HoursOverride } from '../../dialog/service-call.js';
import { CachingUnderstander } from '../../dialog/understander.js';
import { smallFlow } from '../../dialog/testing/small-flow.js';
import { lintFlow } from '../../flow/lint.js';
import { CanaryDesk } from '../../flow/canary-desk.js';
import { FlowDesk } from '../../flow/desk.js';
import type { Flow } from '../../flow/schema.js';
import { FakeClock } from '../../kernel/fake-clock.js';
import { silentLogger } from '../../kernel/log.js';
import { sensitive } from '../../kernel/sensitive.js';
import { FakeStt } from '../../local-models/fakes.js';
import type { Role } from '../../store/access-port.js';
import { PromptRecordings } from '../../store/prompt-recordings.js';
import { SqliteStore } from '../../store/sqlite-store.js';
import { Gate } from '../access/gate.js';
import { LiveBoard } from '../live-board.js';
import type { HealthReport } from '../live.js';
import { buildAdmin, type AdminDeps } from '../server.js';

export const LOCAL_TOKEN = 'the-local-token';
export const PASSWORD = 'correct horse battery';

/** A whole admin server on a database in memory, with a flow that goes live at once; for tests. */
export class AdminHouse {
  readonly #nlu = new CachingUnderstander(compileExpectation);
  readonly live = new LiveBoard();
  readonly steered: string[] = [];
  readonly #heardAt = new Set<string>();
  /** Hears what a test puts into its script. */
  readonly stt: FakeStt;
  readonly gate: Gate;
  #app: ReturnType<typeof buildAdmin> | undefined;
  signOn: AdminDeps['signOn'];
  readonly hours = {
    value: 'calendar' as HoursOverride,
    set(to: HoursOverride) {
      this.value = to;
      return Promise.resolve();
    },
  };
  readonly prompts = new PromptRecordings(mkdtempSync(join(tmpdir(), 'handrail-prompts-')));
  health: HealthReport = { ready: true, parts: [], admission: { mode: 'measured', service: 'full' } };

  private constructor(
    readonly clock: FakeClock,
    readonly store: SqliteStore,
    readonly desk: FlowDesk,
    readonly canary: CanaryDesk,
    private readonly webDir: string,
  ) {
    this.stt = new FakeStt(clock, [], 0);
    this.gate = new Gate({ store: store.access, localToken: sensitive(LOCAL_TOKEN), clock });
  }

  static async open(flow: Flow = smallFlow, webDir = '/nowhere'): Promise<AdminHouse> {
    const clock = new FakeClock();
    const store = SqliteStore.open({ path: ':memory:', keepWords: true, clock, log: silentLogger });
    const options = {
      book: store.flows,
      stage: { prepare: () => Promise.resolve(), rehearse: () => Promise.resolve() },
      check: (checked: Flow) => Promise.resolve(lintFlow(checked)),
      nowWallMs: () => clock.wallMs(),
    };
    const desk = await FlowDesk.open(options, flow, 'flow.json');
    const canary = await CanaryDesk.open({
      book: store.canaries,
      desk,
      figures: (version, sinceWallMs) => store.figures.ofVersion({ flowId: flow.id, version, sinceWallMs }),
      nowWallMs: options.nowWallMs,
      onTakenBack: () => Promise.resolve(),
    });
    return new AdminHouse(clock, store, desk, canary, webDir);
  }

  deps(): AdminDeps {
    return {
      calls: this.store,
      live: this.live,
      health: () => this.health,
      setAdmission: (mode) => void (this.health = { ...this.health, admission: { mode, service: 'full' } }),
      switchEngine: (engine, on) => {
        const { parts } = this.health;
        const isOff = !on;
        this.health = {
          ...this.health,
          parts: parts.map((part) => (part.name === engine ? { ...part, isOff } : part)),
        };
        return parts.some(({ breaker, name }) => name === engine && breaker !== undefined);
      },
      metrics: () => 'handrail_calls_active 0\n',
      version: '0.1.0',
      webDir: this.webDir,
      docsDir: '/nowhere',
      clock: this.clock,
      log: silentLogger,
      gate: this.gate,
      signOn: this.signOn,
      access: this.store.access,
      audit: this.store.audit,
      desk: this.desk,
      canary: this.canary,
      scenarios: this.store.scenarios,
      figures: this.store.figures,
      control: {
        steer: (callId, to) => {
          this.steered.push(`${callId} ${to}`);
          return callId === 'call-1' ? (to === 'keypad' ? 'not-now' : 'done') : 'no-such-call';
        },
        tryOut: (extension, { name }, start) => Promise.resolve(`${extension} ${name} ${start}`),
      },
      taps: { tap: () => ({ type: 'no-such-call' }) },
      simulation: { nlu: this.#nlu, nowMs: () => this.clock.nowMs() },
      prompts: this.prompts,
      callbacks: this.store.callbacks,
      listening: {
        listen: (callId, extension) => {
          this.steered.push(`${callId} heard at ${extension}`);
          const isUp = callId === 'call-1' || callId === 'now';
          if (isUp) this.#heardAt.add(`${callId} ${extension}`);
          return Promise.resolve(isUp ? 'ringing' : 'no-such-call');
        },
        stop: (callId, extension) => this.#heardAt.delete(`${callId} ${extension}`),
      },
      hours: this.hours,
      recordings: { of: () => Promise.resolve([]), read: () => Promise.resolve(undefined) },
      voice: {
        speak: (text) => Promise.resolve(new Int16Array(1_000 * text.split(' ').length)),
        hear: (flow, inputs, now, samples) =>
          hear(flow, inputs, { ...now, languageModel: false }, samples, {
            nlu: this.#nlu,
            stt: this.stt,
            nowMs: () => this.clock.nowMs(),
            sttDeadlineMs: 1_000,
          }),
      },
    };
  }

  async ask(options: {
    readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
    readonly url: string;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  }) {
    // Built at the first question: building it takes longer than answering.
    const app = await (this.#app ??= buildAdmin({ deps: this.deps() }));
    const { method = 'GET', url, body, headers = {} } = options;
    return app.inject({
      method,
      url,
      headers: { host: '127.0.0.1:8080', ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
  }

  /** A new user of this role, logged in: the headers that their browser would send. */
  async as(role: Role, name: string = role): Promise<Record<string, string>> {
    await this.gate.addUser(name, role);
    const { secret, principal } = await this.gate.accept(await this.gate.invite(name), PASSWORD);
    const csrf = principal.kind === 'user' ? principal.csrf : '';
    return { cookie: `handrail_session=${secret}`, 'x-csrf-token': csrf };
  }
}

export const local = { authorization: `Bearer ${LOCAL_TOKEN}` } as const;

import type { Logger } from '../kernel/log.js';
import { traceOf } from './call-trace.js';
import type { CallEnding, CallRecord, TurnRecord } from './turn-record.js';

/** Traces that are under way to the collector; more are dropped, a call is worth more than its trace. */
const MOST_UNDER_WAY = 16;
const SEND_WITHIN_MS = 5_000;

/**
 * Sends each call that has ended to an OpenTelemetry collector (OTLP over HTTP, JSON): one request a call, by Node's own
 * `fetch`. A collector that is away costs the traces, which is logged once until one arrives again.
 */
export class TraceExporter {
  readonly #calls = new Map<string, { readonly call: CallRecord; readonly turns: TurnRecord[] }>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #url: URL;
  #failing = false;

  /** @param baseUrl of the collector, as OTEL_EXPORTER_OTLP_ENDPOINT: `/v1/traces` is added */
  constructor(
    baseUrl: string,
    private readonly log: Logger,
  ) {
    this.#url = new URL(`${baseUrl.replace(/\/+$/, '')}/v1/traces`);
  }

  callStarted(call: CallRecord): void {
    this.#calls.set(call.callId, { call, turns: [] });
  }

  turnTaken(turn: TurnRecord): void {
    this.#calls.get(turn.callId)?.turns.push(turn);
  }

  callEnded(callId: string, ending: CallEnding, endedAtWallMs: number): void {
    const known = this.#calls.get(callId);
    if (!known) return;
    this.#calls.delete(callId);
    if (this.#underWay.size >= MOST_UNDER_WAY) return this.#failed(new Error(`${MOST_UNDER_WAY} traces are under way`));
    const sending = this.#send(JSON.stringify(traceOf(known.call, known.turns, ending, endedAtWallMs)));
    this.#underWay.add(sending);
    void sending.then(() => this.#underWay.delete(sending));
  }

  /** Waits for what is under way, each for at most 5 s. */
  async close(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #send(body: string): Promise<void> {
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(SEND_WITHIN_MS),
      });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`the collector answered ${response.status}`);
      this.#failing = false;
    } catch (err) {
      this.#failed(err);
    }
  }

  #failed(err: unknown): void {
    if (!this.#failing) this.log.warn({ err, host: this.#url.host }, 'traces cannot be sent');
    this.#failing = true;
  }
}

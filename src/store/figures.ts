import type { Database } from 'better-sqlite3';
import type { VersionFigures } from '../flow/canary.js';
import type { Ask } from './port.js';

/** Which calls are counted: those that began since then and have ended, on one version or on any. */
export interface FigureQuery {
  readonly flowId: string;
  readonly version?: number;
  readonly sinceWallMs: number;
}

/** What happened at one node. Counts are of turns, but for `entered` and `hungUp`, which are of calls' ways. */
export interface NodeFigures {
  readonly nodeId: string;
  /** Times that a call came to it and it asked, spoke last, or called somebody. */
  readonly entered: number;
  /** Answers that were spoken and acted on. */
  readonly answeredByVoice: number;
  /** Of these, after the caller had said yes to what was read back. */
  readonly confirmed: number;
  /** Turns that fell back here, by reason. */
  readonly fellBack: Readonly<Record<string, number>>;
  /** Key 0; not known where digits are not kept (`store.keepWords`), or of a sensitive node. */
  readonly pressedZero: number;
  /** Callers who hung up here. */
  readonly hungUp: number;
}

interface Bound {
  readonly flow_id: string;
  readonly version: number | null;
  readonly since: number;
}

/** Sums over the calls that are kept. */
export class SqliteFigures {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(
    database: Database,
    private readonly ask: Ask,
  ) {
    this.#sql = prepare(database);
  }

  ofVersion(query: FigureQuery): Promise<VersionFigures> {
    const bound = boundOf(query);
    return this.ask(() => {
      const calls = this.#sql.calls.get(bound);
      const times = this.#sql.voiceToVoice.all(bound).map(({ ms }) => ms);
      return {
        calls: calls?.calls ?? 0,
        contained: calls?.contained ?? 0,
        hungUpByCaller: calls?.hung_up ?? 0,
        fellBack: this.#sql.fellBack.get(bound)?.calls ?? 0,
        reasons: Object.fromEntries(this.#sql.reasons.all(bound).map(({ reason, turns }) => [reason, turns])),
        p50Ms: nearestRank(times, 0.5),
        p95Ms: nearestRank(times, 0.95),
      };
    });
  }

  /** Running calls count too. Most entered first. */
  ofNodes(query: FigureQuery): Promise<readonly NodeFigures[]> {
    const bound = boundOf(query);
    return this.ask(() => {
      const reasons = this.#sql.nodeReasons.all(bound);
      return this.#sql.nodes.all(bound).map((row) => ({
        nodeId: row.node_id,
        entered: row.entered,
        answeredByVoice: row.answered,
        confirmed: row.confirmed,
        fellBack: Object.fromEntries(
          reasons.filter(({ node_id }) => node_id === row.node_id).map(({ reason, turns }) => [reason, turns]),
        ),
        pressedZero: row.pressed_zero,
        hungUp: row.hung_up,
      }));
    });
  }
}

function boundOf({ flowId, version, sinceWallMs }: FigureQuery): Bound {
  return { flow_id: flowId, version: version ?? null, since: Math.round(sinceWallMs) };
}

/** @param sorted from the least */
function nearestRank(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** Turns whose answer was taken back in the next one count no more. */
const turnsOf = (calls: string): string =>
  `SELECT * FROM turns WHERE call_id IN (${calls}) AND NOT EXISTS (SELECT 1 FROM turns AS next
     WHERE next.call_id = turns.call_id AND next.position = turns.position + 1 AND json_extract(next.input, '$.takesBack'))`;

const of = `flow_id = @flow_id AND (@version IS NULL OR flow_version = @version) AND started_at_ms >= @since`;
const ended = `SELECT call_id FROM calls WHERE ${of} AND ended_at_ms IS NOT NULL`;
const all = `SELECT call_id FROM calls WHERE ${of}`;

function prepare(database: Database) {
  return {
    calls: database.prepare<Bound, { calls: number; contained: number; hung_up: number }>(
      `SELECT count(*) AS calls, total(ending IN ('hungup-by-flow', 'hungup-by-caller')) AS contained,
         total(ending = 'hungup-by-caller') AS hung_up FROM calls WHERE ${of} AND ended_at_ms IS NOT NULL`,
    ),
    fellBack: database.prepare<Bound, { calls: number }>(
      `SELECT count(DISTINCT call_id) AS calls FROM (${turnsOf(ended)})
         WHERE fallback IS NOT NULL AND fallback NOT IN ('caller', 'admin')`,
    ),
    reasons: database.prepare<Bound, { reason: string; turns: number }>(
      `SELECT fallback AS reason, count(*) AS turns FROM (${turnsOf(ended)})
         WHERE fallback IS NOT NULL GROUP BY fallback ORDER BY fallback`,
    ),
    voiceToVoice: database.prepare<Bound, { ms: number }>(
      `SELECT json_extract(marks, '$.audibleMs') AS ms FROM (${turnsOf(ended)})
         WHERE json_extract(input, '$.type') = 'speech' AND ms IS NOT NULL ORDER BY ms`,
    ),
    nodes: database.prepare<
      Bound,
      {
        node_id: string;
        entered: number;
        answered: number;
        confirmed: number;
        pressed_zero: number;
        hung_up: number;
      }
    >(
      `WITH ours AS (${turnsOf(all)}),
         happened AS (
           SELECT next_node_id AS node_id, 1 AS entered, 0 AS answered, 0 AS confirmed, 0 AS zero, 0 AS hung_up
             FROM ours WHERE position = 1 OR node_id <> next_node_id
           UNION ALL
           SELECT node_id, 0, outcome IN ('accepted', 'confirmed'), outcome = 'confirmed', 0, 0
             FROM ours WHERE json_extract(input, '$.type') = 'speech'
           UNION ALL
           SELECT node_id, 0, 0, 0, 1, 0 FROM ours WHERE json_extract(input, '$.digits') = '0'
           UNION ALL
           SELECT next_node_id, 0, 0, 0, 0, 1
             FROM (SELECT call_id, next_node_id, max(position) FROM ours GROUP BY call_id)
             WHERE call_id IN (SELECT call_id FROM calls WHERE ending = 'hungup-by-caller')
         )
       SELECT node_id, sum(entered) AS entered, sum(answered) AS answered, sum(confirmed) AS confirmed,
         sum(zero) AS pressed_zero, sum(hung_up) AS hung_up
         FROM happened GROUP BY node_id ORDER BY entered DESC, node_id`,
    ),
    nodeReasons: database.prepare<Bound, { node_id: string; reason: string; turns: number }>(
      `SELECT node_id, fallback AS reason, count(*) AS turns FROM (${turnsOf(all)})
         WHERE fallback IS NOT NULL GROUP BY node_id, fallback ORDER BY fallback`,
    ),
  };
}

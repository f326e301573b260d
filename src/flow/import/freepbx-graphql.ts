import type { FreePbxTables, Row } from './freepbx.js';

type Json = Readonly<Record<string, unknown>>;

/** What FreePBX’s GraphQL does not tell may stand beside `data`, as tables. */
const beside = [
  'recordings',
  'announcement',
  'timeconditions',
  'timegroups_details',
  'queues_config',
  'directory_details',
  'directory_entries',
] as const;

/**
 * The tables in an answer of FreePBX’s GraphQL API to `fetchAllIvrs`, and to `fetchAllExtensions` and `fetchAllRingGroups` for the
 * names of destinations. Lists and Relay’s edges are both read.
 *
 * @returns undefined for what is no such answer
 */
export function tablesOfGraphQl(json: unknown): FreePbxTables | undefined {
  const outer = recordOf(json);
  const data = recordOf(outer?.['data']) ?? outer;
  const ivrs = data && listOf(data['fetchAllIvrs'], 'ivrs');
  if (!outer || !ivrs) return undefined;
  const tables = beside.flatMap((name) => {
    const rows = outer[name];
    return Array.isArray(rows) ? [[name, records(rows).map(rowOf)] as const] : [];
  });
  return {
    ...Object.fromEntries(tables),
    ivr_details: ivrs.map((ivr) => ({ ...rowOf(ivr), id: cell(ivr['ivrId']) })),
    ivr_entries: ivrs.flatMap((ivr) =>
      records(ivr['entries']).map((entry) => ({ ...rowOf(entry), ivr_id: cell(ivr['ivrId']) })),
    ),
    users: (listOf(data['fetchAllExtensions'], 'extension') ?? []).map(({ extensionId, user }) => ({
      extension: cell(extensionId),
      name: cell(recordOf(user)?.['name']),
      voicemail: cell(recordOf(user)?.['voicemail']),
    })),
    ringgroups: (listOf(data['fetchAllRingGroups'], 'ringgroups') ?? []).map(({ groupNumber, description }) => ({
      grpnum: cell(groupNumber),
      description: cell(description),
    })),
  };
}

/** The objects of a connection, whichever way the query asked for them. */
function listOf(connection: unknown, name: string): readonly Json[] | undefined {
  const found = recordOf(connection);
  if (!found) return undefined;
  if (Array.isArray(found[name])) return records(found[name]);
  return records(records(found['edges']).map(({ node }) => node));
}

function records(list: unknown): readonly Json[] {
  return Array.isArray(list) ? list.map(recordOf).filter((record) => record !== undefined) : [];
}

function recordOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function rowOf(record: Json): Row {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, cell(value)]));
}

/** As the database has it. */
function cell(value: unknown): Row[string] {
  if (typeof value === 'string' || typeof value === 'number') return value;
  return typeof value === 'boolean' ? Number(value) : null;
}

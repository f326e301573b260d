import { HandrailError } from '../../kernel/errors.js';
import { buildFlow, type Imported, type ImportOptions } from './build.js';
import { readable } from './phrases.js';
import {
  labelOf,
  leaveOut,
  type LeftOut,
  type Plan,
  type PlannedDirectory,
  type PlannedHours,
  type PlannedMenu,
  type PlannedSay,
  type Target,
} from './plan.js';
import { openingHours } from './time-spec.js';

/** A row as FreePBX's database has it: text and numbers. */
export type Row = Readonly<Record<string, string | number | null | undefined>>;

/** FreePBX’s tables by name; those that are not named here are not read. */
export interface FreePbxTables {
  readonly ivr_details: readonly Row[];
  readonly ivr_entries?: readonly Row[];
  readonly recordings?: readonly Row[];
  readonly announcement?: readonly Row[];
  readonly timeconditions?: readonly Row[];
  readonly timegroups_details?: readonly Row[];
  readonly queues_config?: readonly Row[];
  readonly ringgroups?: readonly Row[];
  readonly users?: readonly Row[];
  readonly directory_details?: readonly Row[];
  readonly directory_entries?: readonly Row[];
}

/**
 * IVRs of FreePBX, from its tables as JSON (`{ "ivr_details": [ … ], "ivr_entries": [ … ], … }`), as a flow.
 *
 * @param entry where calls begin, as FreePBX writes destinations: `ivr-1,s,1` or `timeconditions,1,1`; absent: the first
 * time condition, else the first IVR
 * @throws HandrailError HR_IMPORT when there is no IVR in it
 */
export function importFreePbx(tables: FreePbxTables, options: ImportOptions, entry?: string): Imported {
  return buildFlow(new FreePbxReader(tables).read(entry), options);
}

export function isFreePbx(json: unknown): json is FreePbxTables {
  if (typeof json !== 'object' || json === null || !('ivr_details' in json)) return false;
  return Object.values(json).every(
    (table) => Array.isArray(table) && table.every((row: unknown) => typeof row === 'object' && row !== null),
  );
}

class FreePbxReader {
  readonly #menus = new Map<string, PlannedMenu>();
  readonly #hours = new Map<string, PlannedHours>();
  readonly #says = new Map<string, PlannedSay>();
  readonly #directories = new Map<string, PlannedDirectory>();
  readonly #leftOut: LeftOut[] = [];
  /** What is being read or was: an IVR that leads back to itself finds itself here. */
  readonly #known = new Set<string>();

  constructor(private readonly tables: FreePbxTables) {}

  read(entry: string | undefined): Plan {
    const [condition] = this.tables.timeconditions ?? [];
    const [first] = this.tables.ivr_details;
    if (!first) throw new HandrailError('HR_IMPORT', 'ivr_details has no row');
    const begin =
      entry ??
      (condition ? `timeconditions,${text(condition['timeconditions_id'])},1` : `ivr-${text(first['id'])},s,1`);
    const target = this.#target(begin, 'the beginning');
    if (this.#menus.size === 0) throw new HandrailError('HR_IMPORT', `${begin} leads to no IVR`);
    const [menu] = [...this.#menus.values()];
    return {
      name: menu?.title ?? 'Line',
      entry: target,
      menus: this.#menus,
      hours: this.#hours,
      says: this.#says,
      directories: this.#directories,
      leftOut: this.#leftOut,
    };
  }

  /** A destination as FreePBX writes it: `context,extension,priority`. */
  #target(destination: string, where: string): Target {
    const [context = '', extension = ''] = destination.split(',');
    const ivr = /^ivr-(\d+)$/.exec(context)?.[1];
    if (ivr !== undefined) return this.#ivr(ivr, where, destination);
    const announcement = /^app-announcement-(\d+)$/.exec(context)?.[1];
    if (announcement !== undefined) return this.#announcement(announcement, where, destination);
    switch (context) {
      case 'timeconditions':
        return this.#timeCondition(extension, where, destination);
      case 'from-did-direct':
      case 'ext-local': {
        const mailbox = /^vm[bsui](\d+)$/.exec(extension)?.[1];
        if (mailbox === undefined) return this.#person('users', 'extension', extension, 'name');
        this.#lost(where, `voicemail of ${mailbox}: the message is kept by Handrail`);
        return { type: 'message', label: this.#nameOf('users', 'extension', mailbox, 'name') };
      }
      case 'ext-queues':
        return this.#person('queues_config', 'extension', extension, 'descr');
      case 'ext-group':
        return this.#person('ringgroups', 'grpnum', extension, 'description');
      case 'directory':
        if (!this.tables.directory_details) break;
        return this.#directory(extension, where, destination);
      case 'app-blackhole':
        if (extension !== 'hangup') this.#lost(where, destination);
        return { type: 'hangup' };
      default:
        break;
    }
    this.#lost(where, destination === '' ? 'no destination' : destination);
    return { type: 'hangup' };
  }

  #ivr(id: string, where: string, destination: string): Target {
    const row = find(this.tables.ivr_details, 'id', id);
    if (!row) return this.#missing(where, destination);
    const target: Target = { type: 'menu', key: id };
    if (this.#known.has(`ivr ${id}`)) return target;
    this.#known.add(`ivr ${id}`);
    const title = text(row['name']) || `ivr ${id}`;
    const entries: PlannedMenu['entries'][number][] = [];
    // It stands while its ways are read: they may lead back here.
    const menu = { title, prompt: this.#recording(row['announcement'], title), entries, ...this.#timeouts(row) };
    this.#menus.set(id, { ...menu, tries: undefined, silences: undefined, giveUp: undefined });
    for (const entry of (this.tables.ivr_entries ?? []).filter((e) => text(e['ivr_id']) === id)) {
      const key = text(entry['selection']);
      const leads = this.#target(text(entry['dest']), `${title}, key ${key}`);
      if (/^[0-9]$/.test(key)) entries.push({ key, label: this.#label(leads), target: leads });
      else this.#lost(title, `key ${key}: Handrail has one digit, and another use for * and #`);
    }
    if (isOn(row['directdial'])) this.#lost(title, 'direct dial');
    for (const field of [
      'invalid_recording',
      'timeout_recording',
      'invalid_retry_recording',
      'timeout_retry_recording',
    ])
      if (Number(row[field]) > 0) this.#lost(title, `${field}: Handrail says it in its own words`);
    this.#menus.set(id, { ...menu, ...this.#failures(row, title) });
    return target;
  }

  #timeouts(row: Row): Pick<PlannedMenu, 'noInputMs'> {
    const seconds = Number(row['timeout_time']);
    return { noInputMs: seconds > 0 ? seconds * 1_000 : undefined };
  }

  /** Loops are repetitions: three of them make four tries. */
  #failures(row: Row, title: string): Pick<PlannedMenu, 'tries' | 'silences' | 'giveUp'> {
    const [invalid, timeout] = ['invalid', 'timeout'].map((kind) => ({
      loops: Number(row[`${kind}_loops`]),
      destination: text(row[`${kind}_destination`]),
    }));
    if (!invalid || Number.isNaN(invalid.loops) || invalid.destination === '')
      return { tries: undefined, silences: undefined, giveUp: undefined };
    if (timeout && timeout.destination !== invalid.destination)
      this.#lost(title, `its own way after silence (${timeout.destination}): a flow has one for both`);
    const silences = timeout && !Number.isNaN(timeout.loops) ? timeout.loops + 1 : undefined;
    return { tries: invalid.loops + 1, silences, giveUp: this.#target(invalid.destination, `${title}, invalid`) };
  }

  #announcement(id: string, where: string, destination: string): Target {
    const row = find(this.tables.announcement, 'announcement_id', id);
    if (!row) return this.#missing(where, destination);
    const target: Target = { type: 'say', key: id };
    if (this.#known.has(`say ${id}`)) return target;
    this.#known.add(`say ${id}`);
    const title = text(row['description']) || `announcement ${id}`;
    const next = this.#target(text(row['post_dest']), title);
    this.#says.set(id, { title, prompt: this.#recording(row['recording_id'], title), next });
    return target;
  }

  #timeCondition(id: string, where: string, destination: string): Target {
    const row = find(this.tables.timeconditions, 'timeconditions_id', id);
    if (!row) return this.#missing(where, destination);
    const target: Target = { type: 'hours', key: id };
    if (this.#known.has(`hours ${id}`)) return target;
    this.#known.add(`hours ${id}`);
    const title = text(row['displayname']) || 'hours';
    const specs = (this.tables.timegroups_details ?? [])
      .filter((detail) => text(detail['timegroupid']) === text(row['time']))
      .map((detail) => text(detail['time']));
    const open = specs.flatMap((spec) => {
      const ranges = openingHours(spec);
      if (!ranges) this.#lost(title, `the time ${spec}`);
      return ranges ?? [];
    });
    const whenOpen = this.#target(text(row['truegoto']), `${title}, open`);
    const whenClosed = this.#target(text(row['falsegoto']), `${title}, closed`);
    if (open.length === 0) return whenOpen;
    this.#hours.set(id, { title, open, whenOpen, whenClosed });
    return target;
  }

  /** Whoever is in it has a name of their own or that of their extension, and likewise a number. */
  #directory(id: string, where: string, destination: string): Target {
    const row = find(this.tables.directory_details, 'id', id);
    if (!row) return this.#missing(where, destination);
    const target: Target = { type: 'directory', key: id };
    if (this.#known.has(`directory ${id}`)) return target;
    this.#known.add(`directory ${id}`);
    const title = text(row['dirname']) || 'directory';
    const people = (this.tables.directory_entries ?? [])
      .filter((entry) => text(entry['id']) === id)
      .flatMap((entry) => {
        const user = text(entry['foreign_id']);
        const name = text(entry['name']) || text(find(this.tables.users, 'extension', user)?.['name']);
        const extension = text(entry['dial']) || user;
        if (/^[^;{}[\]]{1,80}$/.test(name) && /^[0-9A-Za-z_*#+-]{1,40}$/.test(extension)) return [{ name, extension }];
        this.#lost(title, `somebody without a name or a number that can be dialled: ${name || extension}`);
        return [];
      });
    if (row['announcement'] !== undefined && Number(row['announcement']) > 0)
      this.#lost(title, 'announcement: Handrail asks in its own words');
    this.#lost(title, 'the mailboxes of its people: who is not answered goes on in the flow');
    const failed = text(row['invalid_destination']);
    this.#directories.set(id, { title, people, failed: { type: 'hangup' } });
    if (failed !== '')
      this.#directories.set(id, { title, people, failed: this.#target(failed, `${title}, nobody found`) });
    return target;
  }

  #person(table: 'users' | 'queues_config' | 'ringgroups', key: string, number: string, name: string): Target {
    const row = find(this.tables[table], key, number);
    const voicemail = text(row?.['voicemail']);
    const label = this.#nameOf(table, key, number, name);
    return { type: 'person', to: number, label, mailbox: voicemail !== '' && voicemail !== 'novm' };
  }

  #nameOf(table: 'users' | 'queues_config' | 'ringgroups', key: string, number: string, name: string): string {
    return text(find(this.tables[table], key, number)?.[name]) || `extension ${number}`;
  }

  #label(target: Target): string {
    const known = { menus: this.#menus, hours: this.#hours, says: this.#says, directories: this.#directories };
    return labelOf(target, known, () => 'another menu');
  }

  /** A recording's description is what people wrote about it; its words are in the sound. */
  #recording(id: Row[string], title: string): string {
    const row = find(this.tables.recordings, 'id', text(id));
    const description = text(row?.['description']);
    if (description.split(' ').length >= 4) return description;
    this.#lost(
      title,
      `the recording ${text(row?.['filename'] ?? row?.['displayname'] ?? id)}: its text is to be written down`,
    );
    return `${readable(title).replace(/^./, (letter) => letter.toUpperCase())}.`;
  }

  #missing(where: string, destination: string): Target {
    this.#lost(where, `${destination}: it is not in the tables`);
    return { type: 'hangup' };
  }

  #lost(where: string, what: string): void {
    leaveOut(this.#leftOut, where, what);
  }
}

function find(rows: readonly Row[] | undefined, key: string, value: string): Row | undefined {
  return rows?.find((row) => text(row[key]) === value);
}

function text(value: Row[string]): string {
  return value === null || value === undefined ? '' : String(value).trim();
}

/** FreePBX has several ways to write yes; an older one is the context that direct dial looks in. */
function isOn(value: Row[string]): boolean {
  return !['', '0', 'no', 'Disabled', 'CHECKED_NO'].includes(text(value));
}

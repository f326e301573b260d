import { parse } from 'csv-parse/sync';
import { HandrailError } from '../kernel/errors.js';
import type { Flow, Person } from './schema.js';

const columns = { name: 'name', extension: 'extension', about: 'about', lastname: 'lastName', say: 'say' } as const;

/**
 * The people of a list that another program wrote: CSV whose first line names the columns (`name`, `extension`, and as wanted
 * `about`, `last name`, `say`, the last with `|` between several), or JSON as in the flow. What is in it is checked with the flow.
 *
 * @param where file or other place, for the message
 * @throws HandrailError HR_IMPORT
 */
export function peopleIn(text: string, where: string): readonly unknown[] {
  const plain = text.replace(/^\uFEFF/, '');
  return /^\s*[[{]/.test(plain) ? fromJson(plain, where) : fromCsv(plain, where);
}

function fromJson(text: string, where: string): readonly unknown[] {
  try {
    const told: unknown = JSON.parse(text);
    if (Array.isArray(told)) return told;
  } catch (cause) {
    throw new HandrailError('HR_IMPORT', `${where}: it is no JSON`, { cause });
  }
  throw new HandrailError('HR_IMPORT', `${where}: it is no list of people`);
}

function fromCsv(text: string, where: string): readonly unknown[] {
  const rows = rowsOf(text, where);
  const [head = [], ...people] = rows;
  const names = head.map((name) => name.toLowerCase().replace(/[\s_-]/g, ''));
  for (const needed of ['name', 'extension']) {
    if (!names.includes(needed))
      throw new HandrailError('HR_IMPORT', `${where}: the first line names no column “${needed}”`);
  }
  return people.map((cells) => {
    const person: Partial<Record<keyof Person, string | string[]>> = {};
    names.forEach((name, index) => {
      const field = name in columns ? columns[name as keyof typeof columns] : undefined;
      const value = cells[index]?.trim() ?? '';
      if (field === undefined || value === '') return;
      person[field] = field === 'say' ? value.split('|').map((one) => one.trim()) : value;
    });
    return person;
  });
}

/** Fields parted by commas, or by semicolons as spreadsheets write them where the comma is in numbers. */
function rowsOf(text: string, where: string): readonly string[][] {
  const [head = ''] = text.split('\n');
  const delimiter = head.includes(';') ? ';' : ',';
  try {
    return parse(text, { delimiter, skip_empty_lines: true, relax_column_count: true });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : 'no CSV';
    throw new HandrailError('HR_IMPORT', `${where}: ${detail}`, { cause });
  }
}

/** The flow document with another list in one of its directories; not checked. @throws HandrailError HR_IMPORT */
export function withPeople(flow: Flow, nodeId: string, people: readonly unknown[]): unknown {
  const node = flow.nodes[nodeId];
  if (node?.kind !== 'directory') throw new HandrailError('HR_IMPORT', `${nodeId} is no directory of the flow`);
  return { ...flow, nodes: { ...flow.nodes, [nodeId]: { ...node, people } } };
}

import { HandrailError } from '../../kernel/errors.js';
import type { Imported, ImportOptions } from './build.js';
import { importDialplan } from './dialplan.js';
import { tablesOfGraphQl } from './freepbx-graphql.js';
import { importFreePbx, isFreePbx } from './freepbx.js';

export type { Imported, ImportOptions } from './build.js';
export type { LeftOut } from './plan.js';

/**
 * An old menu as a flow: FreePBX's tables or an answer of its GraphQL API as JSON, or a dialplan.
 *
 * @param entry where calls begin, in the words of what is imported
 * @throws HandrailError HR_IMPORT when there is no menu in it
 */
export function importMenu(text: string, options: ImportOptions, entry?: string): Imported {
  if (!/^\s*[{[]\s*["}\]]/.test(text)) return importDialplan(text, options, entry);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new HandrailError('HR_IMPORT', cause instanceof Error ? cause.message : 'not JSON', { cause });
  }
  const tables = isFreePbx(json) ? json : tablesOfGraphQl(json);
  if (!tables)
    throw new HandrailError('HR_IMPORT', 'it has no table ivr_details of rows, and no answer to fetchAllIvrs');
  return importFreePbx(tables, options, entry);
}

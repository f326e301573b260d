import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { HandrailError } from '../kernel/errors.js';
import { Installation } from '../pbx-kit/index.js';
import { installUsage } from './install.js';

/** `handrail uninstall --pbx`: Asterisk's configuration as it was before `install --pbx`, byte for byte. */
export function run(args: string[]): Promise<number> {
  const etcDir = parse(args);
  const installation = new Installation(etcDir);
  if (!installation.exists) {
    console.log(`Nothing to do: nothing was installed in ${etcDir}.`);
    return Promise.resolve(0);
  }
  for (const remark of installation.undo()) console.log(`! ${remark}`);
  console.log(`Taken out of ${etcDir}. Send your callers to the menu again, then: asterisk -rx 'core reload'.`);
  return Promise.resolve(0);
}

function parse(args: string[]): string {
  let values;
  try {
    ({ values } = parseArgs({ args, options: { pbx: { type: 'boolean' }, etc: { type: 'string' } } }));
  } catch (cause) {
    throw new HandrailError('HR_USAGE', `${cause instanceof Error ? cause.message : String(cause)}\n${installUsage}`, {
      cause,
    });
  }
  if (!values.pbx) throw new HandrailError('HR_USAGE', `--pbx is needed.\n${installUsage}`);
  return resolve(values.etc ?? '/etc/asterisk');
}

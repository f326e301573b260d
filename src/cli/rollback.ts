import { HandrailError } from '../kernel/errors.js';
import { systemClock } from '../kernel/clock.js';
import { dataDir, projectRoot } from '../kernel/paths.js';
import { prefixOf, rollBack } from '../bundle/index.js';

export const rollbackUsage = 'PREFIX/bin/handrail rollback         make the version of before the current one again';

/** `handrail rollback`: the way back from an upgrade. A second one goes forward again. */
export async function run(args: string[]): Promise<number> {
  if (args.length > 0) throw new HandrailError('HR_USAGE', `rollback takes no words.\n${rollbackUsage}`);
  const { from, to, newerDatabase } = await rollBack(prefixOf(projectRoot), dataDir, systemClock);
  console.log(`Handrail ${to} is the current version; ${from} is kept.`);
  if (newerDatabase !== undefined)
    console.log(
      `The database is that of before the upgrade. The newer one, with the calls since then: ${newerDatabase}`,
    );
  console.log('What runs changes over with: systemctl restart handrail handrail-lifeline');
  return 0;
}

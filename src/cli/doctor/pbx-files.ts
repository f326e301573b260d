import { explain } from '../../kernel/errors.js';
import { damageOf, Installation, moduleLines } from '../../pbx-kit/index.js';
import { ok, problem, warning, type Finding } from './check.js';

/**
 * Whether what `install --pbx` wrote is still there, and whether modules.conf lets it work: told from the files, so also when
 * ARI itself is what is missing.
 *
 * @returns `undefined` where nothing was installed, for instance because Asterisk is on another host
 */
export function lookAtPbxFiles(etcDir: string): Finding | undefined {
  const installation = new Installation(etcDir);
  try {
    if (!installation.exists) return undefined;
    const { lost, barred, unnamed } = damageOf(installation.files, installation.read);
    const found = [
      ...lost,
      ...barred.map((name) => `modules.conf forbids ${name}`),
      ...unnamed.map((name) => `modules.conf does not load ${name}`),
    ];
    if (found.length === 0) return ok(`all that was written into ${etcDir} is there`);
    const mend = [
      ...(lost.length > 0 ? ['Run `npx handrail install --pbx` again with the options of the first time.'] : []),
      ...(barred.length > 0 ? [`Take out of modules.conf: ${moduleLines('noload', barred)}.`] : []),
      ...(unnamed.length > 0 ? [`Write into modules.conf under [modules]: ${moduleLines('load', unnamed)}.`] : []),
      'Then `core reload`; modules are loaded at Asterisk’s next start, or by `module load`.',
    ];
    return problem(found.join(', '), mend.join(' '));
  } catch (error) {
    return warning(`not looked at: ${explain(error)}`, `Run doctor as a user who may read ${etcDir}.`);
  }
}

import { sectionsOf, type ReadConf } from './conf-text.js';
import { contexts } from './files.js';
import { hasBlock, isOurs, modulesToLoad } from './plan.js';

/** What keeps an installed kit from working, as the files tell it. Nothing in either list: nothing does. */
export interface Damage {
  /** What was installed and is not there any more, in words. */
  readonly lost: readonly string[];
  /** Modules that calls need and that modules.conf names with `noload`. */
  readonly barred: readonly string[];
  /** Modules that calls need and that a modules.conf without `autoload` does not name. */
  readonly unnamed: readonly string[];
}

/**
 * Looks at an installation after somebody else was at the files: an “Apply Config”, a package, a tool that keeps
 * configurations. Pure.
 *
 * @param files that the kit wrote, its own and those of the PBX
 */
export function damageOf(files: readonly string[], read: ReadConf): Damage {
  const lost = files.flatMap((file) => {
    const text = read(file);
    if (text === undefined) return [`${file} is gone`];
    return isOurs(file) || hasBlock(text) ? [] : [`${file} does not include Handrail’s file any more`];
  });
  // A file that has our line may itself not be included any more.
  if (lost.length === 0 && !sectionsOf('extensions.conf', read).includes(contexts.line))
    lost.push(`extensions.conf does not lead to [${contexts.line}] any more`);
  const { missing, barred } = modulesToLoad(read);
  return { lost, barred, unnamed: missing };
}

import { ChildHandle } from './child-handle.js';
import type { FarmCommand, FarmReport } from './media-farm.js';

/** The bench's end of a farm of far ends (media-farm.ts), which runs in a process of its own. */
export type FarmHandle = ChildHandle<FarmCommand, FarmReport>;

export function startFarm(): Promise<FarmHandle> {
  return ChildHandle.start<FarmCommand, FarmReport>(new URL('./media-farm.js', import.meta.url));
}

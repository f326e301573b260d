import { ChildHandle } from './child-handle.js';
import type { FarmCommand, FarmReport } from './media-farm.js';

/** The bench's end of a farm of far ends (media-farm.ts), which runs in a process of its own. */
export interface FarmHandle extends Pick<ChildHandle<FarmCommand, FarmReport>, 'send' | 'ask' | 'stop'> {
  /** The UDP port on 127.0.0.1 that its far ends share. */
  readonly port: number;
}

export async function startFarm(): Promise<FarmHandle> {
  const child = await ChildHandle.start<FarmCommand, FarmReport>(new URL('./media-farm.js', import.meta.url));
  const port = child.first.type === 'ready' ? child.first.port : 0;
  return {
    port,
    send: (command) => child.send(command),
    ask: (command, type) => child.ask(command, type),
    stop: () => child.stop(),
  };
}

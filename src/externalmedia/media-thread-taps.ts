import { parentPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { TapMessage } from './tap/messages.js';
import { TapWriter } from './tap/tap-writer.js';

/** What the writer thread is told by the main thread: another media thread will write through this port. */
export interface TapSource {
  readonly source: MessagePort;
}

/** The entry of the writer thread: files of all media threads, so that none of those ever waits for a disk. */
function main(): void {
  const port = parentPort;
  if (!port) return;
  const writer = new TapWriter((what, error) =>
    port.postMessage({ what, detail: error instanceof Error ? error.message : String(error) }),
  );
  port.on('message', ({ source }: TapSource) => source.on('message', (message: TapMessage) => writer.handle(message)));
}

main();

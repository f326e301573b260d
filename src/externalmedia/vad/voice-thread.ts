import { parentPort, workerData } from 'node:worker_threads';
import { BatchRows, SileroSession } from './silero-session.js';
import type { VoiceCommand, VoiceReport, VoiceThreadData } from './voice-messages.js';

/** The entry of a voice thread: the speech model computes here, so that it never keeps a packet waiting. */
async function main(): Promise<void> {
  const port = parentPort;
  if (!port) return;
  const { modelPath, memory }: VoiceThreadData = workerData;
  const rows = new BatchRows(memory);
  const report = (message: VoiceReport): void => port.postMessage(message);
  const failed = (error: unknown): void =>
    report({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
  try {
    const session = await SileroSession.load(modelPath);
    port.on('message', (command: VoiceCommand) => {
      if (command.type === 'run') session.run(rows, command.size).then(() => report({ type: 'judged' }), failed);
      else void session.close().finally(() => report({ type: 'stopped' }));
    });
    report({ type: 'ready' });
  } catch (error) {
    failed(error);
  }
}

await main();

import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../kernel/clock.js';
import type { MediaCommand, MediaReport, MediaThreadData } from './messages.js';
import { loadNativeIo, type NativeIo } from './native-io.js';
import { ThreadLegs } from './thread-legs.js';
import { startVoiceModel } from './vad/voice-thread-handle.js';

/** The entry of a media thread: wires messages, pacer, sockets and the speech model. Nothing is thrown out of it. */
function main(): void {
  const port = parentPort;
  if (!port) return;
  const report = (message: MediaReport, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  const data: MediaThreadData = workerData;
  const io = nativeIo(report);
  if (data.first) report({ type: 'priority', got: io?.goFirst() ?? 'normal' });
  const legs = new ThreadLegs(systemClock, io, report);
  port.on('message', (command: MediaCommand) => legs.handle(command));
  process.on('uncaughtException', (error) => legs.trouble('uncaught', error));
  process.on('unhandledRejection', (error) => legs.trouble('unhandled', error));

  if (data.vadModelPath === undefined) {
    report({ type: 'vad', judge: 'energy', reason: 'no model is configured' });
    return;
  }
  const failed = (error: unknown): void => legs.trouble('speech model', error);
  legs.loadModel(startVoiceModel(data.vadModelPath, systemClock, failed)).then(
    () => report({ type: 'vad', judge: 'model', reason: undefined }),
    (error: unknown) =>
      report({ type: 'vad', judge: 'energy', reason: error instanceof Error ? error.message : String(error) }),
  );
}

/** What was not built here costs processor time, not calls. */
function nativeIo(report: (message: MediaReport) => void): NativeIo | undefined {
  try {
    const io = loadNativeIo();
    report({ type: 'sockets', kind: 'native', reason: undefined });
    return io;
  } catch (error) {
    report({ type: 'sockets', kind: 'node', reason: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

main();

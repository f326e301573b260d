import { parentPort, workerData } from 'node:worker_threads';
import type { IntentCommand, IntentReport, IntentThreadData } from './messages.js';
import { SentenceModel, type Vector } from './sentence-model.js';
import { TrainedTask } from './trained-task.js';

type Request = Exclude<IntentCommand, { type: 'close' }>;

/**
 * The entry of the intent thread: one request after the other, in the order in which they came. It ends by itself when it is
 * told to, between two runs of the model: onnxruntime aborts the process when its thread is ended from outside.
 */
async function main(): Promise<void> {
  const port = parentPort;
  if (!port) return;
  const report = (message: IntentReport): void => port.postMessage(message);
  const data: IntentThreadData = workerData;
  const model = await SentenceModel.load(data.modelDir);
  const tasks = new Map<string, TrainedTask>();

  let closing = false;
  const encode = (text: string): Promise<Vector> =>
    closing ? Promise.reject(new Error('the thread ends')) : model.encode(text);

  const answer = async (command: Request): Promise<readonly number[]> => {
    if (command.type === 'prepare') {
      tasks.set(command.task.id, await TrainedTask.train(command.task, encode));
      return [];
    }
    const task = tasks.get(command.taskId);
    if (!task) throw new Error('the task is unknown');
    return task.classify(command.text, await encode(command.text));
  };

  let before = Promise.resolve();
  port.on('message', (command: IntentCommand) => {
    if (command.type === 'close') {
      closing = true;
      before = before.then(() => model.close()).finally(() => port.close());
      return;
    }
    const { request } = command;
    before = before
      .then(() => answer(command))
      .then(
        (probabilities) => report({ type: 'answer', request, probabilities }),
        (error: unknown) =>
          report({ type: 'refused', request, reason: error instanceof Error ? error.constructor.name : 'failed' }),
      );
  });
  report({ type: 'ready' });
}

await main();

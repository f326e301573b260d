import { parentPort, workerData } from 'node:worker_threads';
import type { IntentCommand, IntentReport, IntentThreadData } from './messages.js';
import { SentenceModel } from './sentence-model.js';
import { TrainedTask } from './trained-task.js';

/** The entry of the intent thread: one command after the other, in the order in which they came. */
async function main(): Promise<void> {
  const port = parentPort;
  if (!port) return;
  const report = (message: IntentReport): void => port.postMessage(message);
  const data: IntentThreadData = workerData;
  const model = await SentenceModel.load(data.modelDir);
  const tasks = new Map<string, TrainedTask>();

  const answer = async (command: IntentCommand): Promise<readonly number[]> => {
    if (command.type === 'prepare') {
      tasks.set(command.task.id, await TrainedTask.train(command.task, (text) => model.encode(text)));
      return [];
    }
    const task = tasks.get(command.taskId);
    if (!task) throw new Error('the task is unknown');
    return task.classify(command.text, await model.encode(command.text));
  };

  let before = Promise.resolve();
  port.on('message', (command: IntentCommand) => {
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

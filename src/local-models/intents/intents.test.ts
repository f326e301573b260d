import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../kernel/fake-clock.js';
import { silentLogger } from '../../kernel/log.js';
import type { IntentTask } from '../ports.js';
import { ThreadedClassifier, type IntentThread } from './intent-classifier.js';
import type { IntentCommand, IntentReport } from './messages.js';
import { TrainedTask } from './trained-task.js';

const task: IntentTask = {
  id: 'task',
  classes: [
    ['opening hours', 'when are you open', 'when do you close'],
    ['talk to a person', 'speak to someone', 'a human please'],
  ],
  others: ['what is the weather like', 'sing me a song'],
};

/** Sentences about time, people and anything else lie in three corners. */
function encode(text: string): Promise<Float32Array> {
  const corner = /open|close|hours|late/.test(text) ? 0 : /person|someone|human|staff/.test(text) ? 1 : 2;
  const vector = new Float32Array(4).fill(0.1);
  vector[corner] = 1;
  const length = Math.hypot(...vector);
  return Promise.resolve(vector.map((value) => value / length));
}

describe('a task', () => {
  const classify = async (text: string) => (await TrainedTask.train(task, encode)).classify(text, await encode(text));

  it('knows a sentence by its meaning, without a word in common', async () => {
    const [hours = 0, person = 0] = await classify('how late may I come');
    expect(hours).toBeGreaterThan(0.5);
    expect(hours + person).toBeLessThanOrEqual(1);
    expect(person).toBeLessThan(0.1);
  });

  it('is surer where words are shared too', async () => {
    const [, far = 0] = await classify('staff');
    const [, near = 0] = await classify('can I speak to someone');
    expect(near).toBeGreaterThan(far);
  });

  it('leaves most of the probability to “something else” for what is none of the classes', async () => {
    const [hours = 0, person = 0] = await classify('tell me a joke');
    expect(hours + person).toBeLessThan(0.2);
  });
});

class FakeThread implements IntentThread {
  readonly commands: IntentCommand[] = [];
  terminated = false;
  #message: (report: IntentReport) => void = () => undefined;
  #exit: () => void = () => undefined;

  postMessage(command: IntentCommand): void {
    this.commands.push(command);
  }

  on(event: string, listener: ((report: IntentReport) => void) & ((error: Error) => void) & (() => void)): void {
    if (event === 'message') this.#message = listener;
    if (event === 'exit') this.#exit = listener;
  }

  say(report: IntentReport): void {
    this.#message(report);
  }

  end(): void {
    this.#exit();
  }

  terminate(): Promise<void> {
    this.terminated = true;
    return Promise.resolve();
  }
}

describe('the thread', () => {
  function setUp() {
    const clock = new FakeClock();
    const threads: FakeThread[] = [];
    const start = (): FakeThread => {
      const thread = new FakeThread();
      threads.push(thread);
      return thread;
    };
    const classifier = new ThreadedClassifier({ absent: undefined, start, clock, log: silentLogger, random: () => 0 });
    const thread = threads[0];
    if (!thread) throw new Error('no thread was started');
    return { classifier, clock, thread, threads };
  }

  it('learns a task before its first sentence, and answers', async () => {
    const { classifier, thread } = setUp();
    thread.say({ type: 'ready' });
    const answer = classifier.classify(task, 'hello', { deadlineMs: 100 });
    expect(thread.commands.map(({ type }) => type)).toEqual(['prepare', 'classify']);
    thread.say({ type: 'answer', request: 1, probabilities: [] });
    thread.say({ type: 'answer', request: 2, probabilities: [0.9, 0.1] });
    expect(await answer).toEqual([0.9, 0.1]);
  });

  it('is asked to end and ends by itself; ended from outside only when it does not', async () => {
    const { classifier, clock, thread } = setUp();
    let closed = 0;
    void classifier.close().then(() => closed++);
    expect(thread.commands).toEqual([{ type: 'close' }]);
    await clock.advanceAsync(9_000);
    expect({ closed, terminated: thread.terminated }).toEqual({ closed: 0, terminated: false });
    await clock.advanceAsync(1_000);
    expect(thread.terminated).toBe(true);
    thread.end();
    await clock.advanceAsync(60_000);
    expect(closed).toBe(1);
  });

  it('that becomes ready while it is being closed is asked nothing any more, so that nothing is waited for', async () => {
    const { classifier, clock, thread } = setUp();
    await classifier.prepare(task);
    const closed = classifier.close();
    thread.say({ type: 'ready' });
    thread.end();
    await closed;
    expect([classifier.state, thread.commands]).toEqual(['down', [{ type: 'close' }]]);
    expect(clock.pendingCount).toBe(0);
  });

  it('gives up at the deadline', async () => {
    const { classifier, clock, thread } = setUp();
    thread.say({ type: 'ready' });
    const prepared = classifier.prepare(task);
    thread.say({ type: 'answer', request: 1, probabilities: [] });
    await prepared;
    const answer = classifier.classify(task, 'hello', { deadlineMs: 100 });
    clock.advance(100);
    await expect(answer).rejects.toMatchObject({ code: 'HR_ENGINE_DEADLINE' });
  });

  it('is started again when it ends, and told its tasks again', async () => {
    const { classifier, clock, thread, threads } = setUp();
    await classifier.prepare(task);
    thread.say({ type: 'ready' });
    const answer = classifier.classify(task, 'hello', { deadlineMs: 100 });
    thread.end();
    await expect(answer).rejects.toMatchObject({ code: 'HR_ENGINE_DOWN' });
    expect(classifier.state).toBe('down');
    clock.advance(1_000);
    threads[1]?.say({ type: 'ready' });
    expect(classifier.state).toBe('ready');
    expect(threads[1]?.commands).toMatchObject([{ type: 'prepare', task }]);
  });

  it('is absent without its files', async () => {
    const absent = new ThreadedClassifier({
      absent: 'model.onnx is not there.',
      start: () => new FakeThread(),
      clock: new FakeClock(),
      log: silentLogger,
      random: () => 0,
    });
    expect(absent.state).toBe('absent');
    await absent.prepare(task);
    await expect(absent.classify(task, 'x', { deadlineMs: 1 })).rejects.toMatchObject({ code: 'HR_ENGINE_DOWN' });
  });
});

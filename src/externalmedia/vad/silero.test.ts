import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../kernel/fake-clock.js';
import { VAD_WINDOW_SAMPLES } from './port.js';
import { BatchRows, INPUT_SAMPLES, STATE_HALF, type BatchRunner } from './silero-session.js';
import { SileroModel } from './silero.js';

/** Says the first new sample of a row, and counts windows in both halves of the row's state. */
class CountingRunner implements BatchRunner {
  readonly sizes: number[] = [];
  error: Error | undefined;

  async run({ input, state, probabilities }: BatchRows, size: number): Promise<void> {
    if (this.error) throw this.error;
    this.sizes.push(size);
    for (let row = 0; row < size; row++) {
      probabilities[row] = input[row * INPUT_SAMPLES + 32] ?? 0;
      state[row * STATE_HALF]! += 1;
      state[(size + row) * STATE_HALF]! += 10;
    }
  }

  async close(): Promise<void> {}
}

const window = (level: number): Int16Array => new Int16Array(VAD_WINDOW_SAMPLES).fill(level * 32_768);

describe('SileroModel', () => {
  test('gives each caller its own row, and its own state back', async () => {
    const clock = new FakeClock();
    const runner = new CountingRunner();
    const model = new SileroModel(runner, clock);
    const streams = [model.stream(), model.stream()] as const;
    const said: (number | undefined)[] = [];
    streams[0].score(window(0.25), 0, (probability) => said.push(probability));
    streams[1].score(window(0.5), 0, (probability) => said.push(probability));
    await clock.advanceAsync(20);
    streams[1].score(window(0.75), 0, (probability) => said.push(probability));
    await clock.advanceAsync(20);
    expect(said).toEqual([0.25, 0.5, 0.75]);
    expect(runner.sizes).toEqual([2, 1]);
    expect(streams.map(({ memory }) => [memory.first[0], memory.second[0]])).toEqual([
      [1, 10],
      [2, 20],
    ]);
    await model.close();
  });

  test('a runner that fails is told once, and every window after it', async () => {
    const clock = new FakeClock();
    const runner = new CountingRunner();
    const failures: unknown[] = [];
    const model = new SileroModel(runner, clock, new BatchRows(), (error) => failures.push(error));
    const said: (number | undefined)[] = [];
    runner.error = new Error('on purpose');
    model.stream().score(window(0.25), 0, (probability) => said.push(probability));
    await clock.advanceAsync(20);
    model.stream().score(window(0.5), 0, (probability) => said.push(probability));
    await clock.advanceAsync(20);
    expect(said).toEqual([undefined, undefined]);
    expect(failures).toEqual([runner.error]);
  });
});

import { describe, expect, it } from 'vitest';
import type { EngineState, IntentClassifier, IntentTask } from '../../local-models/ports.js';
import { compileExpectation } from './compile.js';
import { free, pizzaMenu, reading, recognition } from './nlu-fixtures.js';

describe('the intent classifier', () => {
  /** Says that every sentence means the second class. */
  function classifier(answer: () => Promise<readonly number[]>, state: EngineState = 'ready') {
    const asked: string[] = [];
    const learnt: IntentTask[] = [];
    const engine: IntentClassifier = {
      name: 'intents',
      state,
      problem: undefined,
      onState: () => () => undefined,
      close: () => Promise.resolve(),
      prepare: (task) => Promise.resolve(void learnt.push(task)),
      classify: (_task, text) => {
        asked.push(text);
        return answer();
      },
    };
    return { engine, asked, learnt };
  }
  const unclear = recognition([reading('the manager', 0.1)], { free: free('Which street is it in?') });

  it('judges what the automaton does not explain', async () => {
    const { engine, asked, learnt } = classifier(() => Promise.resolve([0, 0.9, 0]));
    const others = ['I am bored'];
    const { hypotheses } = await compileExpectation({ ...pizzaMenu, others }, engine).understand(unclear);
    expect(asked).toEqual(['Which street is it in?']);
    expect(hypotheses[0]?.meaning.intent).toBe('where');
    expect(hypotheses[0]?.probability).toBeGreaterThan(0.7);
    expect(learnt).toMatchObject([
      { classes: [expect.anything(), expect.anything(), ['talk to a person', 'human', 'the manager']], others },
    ]);
  });

  it('is not asked where the words are clear', async () => {
    const { engine, asked } = classifier(() => Promise.resolve([0, 0.9, 0]));
    const clear = recognition([reading('the manager', 0.97)], { free: free('The manager.') });
    const { hypotheses } = await compileExpectation(pizzaMenu, engine).understand(clear);
    expect(hypotheses[0]?.meaning.intent).toBe('person');
    expect(asked).toEqual([]);
  });

  it.each(['late', 'down'] as const)('leaves it to the words when it is %s', async (trouble) => {
    const { engine } = classifier(() => Promise.reject(new Error('late')), trouble === 'down' ? 'down' : 'ready');
    const alone = await compileExpectation(pizzaMenu).understand(unclear);
    expect(await compileExpectation(pizzaMenu, engine).understand(unclear)).toEqual(alone);
  });
});

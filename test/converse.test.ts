import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { homeDir } from '../src/kernel/paths.js';
import { expectNothingLeft, useLine, type TestLine } from './harness.js';
import { EnginesElsewhere } from './support/engines-elsewhere.js';
import { cafeNode, cafeWith } from './support/flows.js';
import type { TestCall } from './support/test-call.js';
import { shareHeard, wordsOf } from './support/sounds.js';

const questions = cafeNode('questions', 'converse');

/** The café's `questions` node with a language model for what people have not written down. */
const withModel = (dataDir: string): Record<string, string> =>
  cafeWith(dataDir, {
    questions: { llm: { instructions: 'You are the friendly telephone voice of a small café.', maxSentences: 2 } },
  });

/** By voice: a caller who presses keys is asked by keys from then on. */
async function atQuestions(line: TestLine): Promise<TestCall> {
  const call = await line.call();
  await call.listen();
  await call.say(await line.sounds.caller('I have a question.'));
  await call.expectPrompt(questions.prompt);
  return call;
}

describe('a question that people have written an answer to', () => {
  const line = useLine({ env: { HANDRAIL_LLM_ENGINE: 'off' }, prepare: withModel });

  it('is answered in their words', async () => {
    const question = await line().sounds.caller('Do you have parking?');
    const call = await atQuestions(line());
    await call.listen();
    await call.say(question);
    await call.expectPrompt(questions.knowledge.find(({ id }) => id === 'parking')?.answer ?? '');
    await call.expectPrompt(questions.anythingElse ?? '', 600);
    await call.hangup();
  });

  it('is asked for in other words where nobody has, and there is no language model', async () => {
    const question = await line().sounds.caller('Why do people like the smell of coffee?');
    const call = await atQuestions(line());
    await call.listen();
    await call.say(question);
    await call.expectPrompt(questions.noMatch?.[0] ?? '');
    await call.hangup();
  });

  it('leaves nothing behind', () => expectNothingLeft(line()));
});

describe.skipIf(!existsSync(join(homeDir, 'llama/prefix')))('a question for a language model elsewhere', () => {
  let elsewhere: EnginesElsewhere | undefined;
  const line = useLine({
    // By addresses alone, as docker/compose.gpu.yaml has them: the recogniser, too.
    prepare: async (dataDir) => {
      elsewhere = await EnginesElsewhere.start();
      return { ...withModel(dataDir), ...elsewhere.settings() };
    },
  });
  afterAll(() => elsewhere?.close());

  /** A small model does not pass its checks every time; then the caller is told that nobody knows. */
  const asked = [
    'Why do people like the smell of coffee?',
    'What makes a good cup of coffee?',
    'What goes well together with a cappuccino?',
  ];

  it("is heard in the bot's voice, in the model's own words", async () => {
    const spoken = await Promise.all(asked.map((text) => line().sounds.caller(text)));
    const call = await atQuestions(line());
    let answeredBefore = 0;
    let own: string[] = [];
    for (const question of spoken) {
      await call.listen();
      await call.say(question);
      await call.listen();
      const turn = await call.turn(
        ({ nodeId, input, index }) => nodeId === 'questions' && input.type === 'speech' && index > answeredBefore,
      );
      answeredBefore = turn.index;
      own = turn.marks.llmFirstTokenMs === undefined ? [] : wordsOf(turn.said);
      if (own.length > 0) break;
    }
    expect(own.length, 'the model said something that passed its checks').toBeGreaterThan(2);
    expect(shareHeard(own, await call.wordsHeard())).toBeGreaterThan(0.6);
    await call.hangup();
  });

  it('leaves nothing behind', () => expectNothingLeft(line()));
});

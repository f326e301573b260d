import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { answer } from '../src/dialog/answering.js';
import { decisionSchema, type ModelChoice } from '../src/dialog/model-choice.js';
import type { ConverseNode } from '../src/flow/schema.js';
import { systemClock } from '../src/kernel/clock.js';
import { silentLogger } from '../src/kernel/log.js';
import { homeDir } from '../src/kernel/paths.js';
import { sensitive } from '../src/kernel/sensitive.js';
import { createChatModel } from '../src/local-models/llm.js';
import type { ChatModel } from '../src/local-models/ports.js';
import { untilStarted } from '../src/local-models/until-started.js';
import { expectNothingLeft, useLine, type TestLine } from './harness.js';
import { EnginesElsewhere } from './support/engines-elsewhere.js';
import { cafeNode, cafeWith } from './support/flows.js';
import type { TestCall } from './support/test-call.js';
import { shareHeard, wordsOf } from './support/sounds.js';

const questions = cafeNode('questions', 'converse');
const DECIDES_WITHIN_MS = 60_000;
const choosing: ConverseNode = {
  ...questions,
  llm: {
    instructions: 'You are the friendly telephone voice of a small café.',
    exits: true,
    tools: [
      {
        name: 'orderState',
        description: 'Looks up how far an order is.',
        parameters: [{ name: 'orderNumber', description: 'The four digits of the order', schema: { type: 'string' } }],
        url: 'http://shop.example/{orderNumber}',
        results: [],
      },
    ],
  },
};

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

  it('decides in the form that it is held to, and has a service asked for the number that the caller gave', async () => {
    const { HANDRAIL_LLM_API_KEY: key = '', HANDRAIL_LLM_URL: baseUrl = '' } = elsewhere?.settings() ?? {};
    const common = { clock: systemClock, log: silentLogger };
    const chat = createChatModel({
      baseUrl,
      apiKey: sensitive(key),
      model: 'local',
      stallMs: DECIDES_WITHIN_MS,
      ...common,
    });
    const chosen: ModelChoice[] = [];
    try {
      await untilStarted(chat, systemClock, DECIDES_WITHIN_MS);
      for (const question of ['Where is my order 4821?', 'Look up order 4821.', 'How far is order number 4821?']) {
        let written = '';
        const listened: Pick<ChatModel, 'complete'> = {
          async *complete(request, limits) {
            for await (const piece of chat.complete(request, limits)) {
              written += piece;
              yield piece;
            }
          },
        };
        const events = { onFirstToken: () => undefined, onFirstClause: () => undefined };
        const limits = { deadlineMs: DECIDES_WITHIN_MS, maxTokens: 64 };
        const asking = { node: choosing, history: [], question };
        for await (const _ of answer(listened, asking, limits, {
          ...events,
          onChoice: (choice) => chosen.push(choice),
        }));
        if (chosen.length > 0) expect(Value.Check(decisionSchema(choosing) as TSchema, JSON.parse(written))).toBe(true);
        if (chosen.length > 0) break;
      }
    } finally {
      await chat.close();
    }
    expect(chosen).toMatchObject([{ type: 'tool', tool: { name: 'orderState' }, arguments: { orderNumber: '4821' } }]);
  });

  it('leaves nothing behind', () => expectNothingLeft(line()));
});

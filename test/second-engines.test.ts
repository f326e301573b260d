import { existsSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { modelFile } from '../src/engines.js';
import { homeDir } from '../src/kernel/paths.js';
import { expectNothingLeft, useLine } from './harness.js';
import { EnginesElsewhere } from './support/engines-elsewhere.js';
import { cafeNode, cafeWith } from './support/flows.js';

const questions = cafeNode('questions', 'converse');

/** Its first word is the caller's own, so that nothing of it is there before the call. */
const status = '{orderNumber} is on its way, and will be ready in about five minutes.';

/** On a busy machine the smallest model is late for one or the other. */
const asked = [
  'What makes a good cup of coffee?',
  'Why do people like the smell of coffee?',
  'What goes well together with a cappuccino?',
];

/** A server that seems to be well, and fails at every request. */
class Failing {
  readonly asked: string[] = [];
  private constructor(private readonly server: Server) {}

  static async start(): Promise<Failing> {
    const server = createServer();
    const failing = new Failing(server);
    server.on('request', (request, response) => {
      if (request.method === 'GET') return void response.end('{"data":[]}');
      failing.asked.push(request.url ?? '');
      request.resume().once('end', () => response.writeHead(500).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return failing;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** The voice that every set-up has, under a name that its process can be told by. */
function otherVoice(dataDir: string): string {
  const first = modelFile('piper-en_US-joe-medium', '.onnx');
  const other = join(dataDir, 'other-voice.onnx');
  for (const ending of ['', '.json']) symlinkSync(first + ending, other + ending);
  return other;
}

describe.skipIf(!existsSync(join(homeDir, 'llama/prefix')))('where the first engine of a kind fails', () => {
  let elsewhere: EnginesElsewhere | undefined;
  let failing: Failing | undefined;
  const line = useLine({
    prepare: async (dataDir) => {
      [elsewhere, failing] = await Promise.all([EnginesElsewhere.start(), Failing.start()]);
      return {
        ...cafeWith(dataDir, {
          questions: {
            llm: { instructions: 'You are the friendly telephone voice of a small café.', maxSentences: 2 },
          },
          orderStatus: { prompt: status },
        }),
        HANDRAIL_TTS_FAILOVER_VOICE: otherVoice(dataDir),
        ...elsewhere.settingsBehind(failing.url),
      };
    },
  });
  afterAll(async () => {
    failing?.close();
    await elsewhere?.close();
  });
  const askedFor = (path: string): number => failing?.asked.filter((url) => url.includes(path)).length ?? 0;

  it('another recogniser understands the sentence, and another model answers, within the same turn', async () => {
    const wish = await line().sounds.caller('I have a question.');
    const spoken = await Promise.all(asked.map((text) => line().sounds.caller(text)));
    const call = await line().call();
    await call.listen();
    await call.say(wish);
    await call.expectPrompt(questions.prompt);
    const understood = await call.turn(({ nextNodeId }) => nextNodeId === 'questions');
    expect(understood.input.type).toBe('speech');
    expect(understood.fallback).toBeUndefined();
    expect(askedFor('/inference')).toBeGreaterThan(0);
    let after = understood.index;
    for (const question of spoken) {
      await call.listen();
      await call.say(question);
      await call.listen();
      const turn = await call.turn(
        ({ nodeId, input, index }) => nodeId === 'questions' && input.type === 'speech' && index > after,
      );
      after = turn.index;
      if (turn.marks.llmFirstTokenMs !== undefined) break;
      expect(question, 'the model answered one of them').not.toBe(spoken.at(-1));
    }
    expect(askedFor('/chat/completions')).toBeGreaterThan(0);
    await call.hangup();
  });

  it('another voice says the whole of a sentence, where the first one hangs', async () => {
    const voices = line()
      .processes()
      .filter(({ command }) => command.includes('piper_worker'));
    const first = voices.find(({ command }) => !command.includes('other-voice'));
    if (!first) throw new Error('no voice is running');
    const call = await line().call();
    await call.hearsVoice();
    await call.press('3');
    await call.listen();
    process.kill(first.pid, 'SIGSTOP');
    await call.press('4713');
    await call.turn(({ nextNodeId }) => nextNodeId === 'anythingElse');
    await call.expectPrompt('For ordering a drink, press 1.');
    expect(await call.wordsHeard()).toEqual(expect.arrayContaining(['way', 'ready', 'minutes']));
    await call.hangup();
  });

  it('leaves nothing behind', () => expectNothingLeft(line()));
});

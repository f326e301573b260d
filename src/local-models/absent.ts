import type { ChatModel, Engine, SpeechToText, TextToSpeech } from './ports.js';
import { HandrailError } from '../kernel/errors.js';

/** Engines that are switched off or not installed: every request is refused at once, and calls run without them. */
function absentEngine(name: string, problem: string): Engine {
  return {
    name,
    state: 'absent',
    problem,
    onState: () => () => undefined,
    close: () => Promise.resolve(),
  };
}

export function absentSpeechToText(problem: string): SpeechToText {
  const refuse = () => Promise.reject(new HandrailError('HR_ENGINE_DOWN', problem));
  return { ...absentEngine('stt', problem), prepare: () => Promise.resolve(), recognise: refuse };
}

export function absentTextToSpeech(problem: string): TextToSpeech {
  return { ...absentEngine('tts', problem), voiceId: 'none', speak: () => refusal<Int16Array>(problem) };
}

export function absentChatModel(problem: string): ChatModel {
  return {
    ...absentEngine('llm', problem),
    model: 'none',
    complete: () => refusal<string>(problem),
    warm: () => Promise.resolve(),
  };
}

function refusal<T>(problem: string): AsyncIterable<T> {
  const next = () => Promise.reject<IteratorResult<T>>(new HandrailError('HR_ENGINE_DOWN', problem));
  return { [Symbol.asyncIterator]: () => ({ next }) };
}

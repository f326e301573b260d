import type { Flow } from '../../../src/flow/schema.js';

/** Which recordings a flow plays. Pure: each gives a new document. */

/** @param name undefined: the voice speaks the text (again) */
export function withRecording(flow: Flow, language: string, text: string, name: string | undefined): Flow {
  const { [text]: _before, ...others } = flow.recordings?.[language] ?? {};
  const own = name === undefined ? others : { ...others, [text]: name };
  const { [language]: _own, ...rest } = flow.recordings ?? {};
  const recordings = Object.keys(own).length === 0 ? rest : { ...rest, [language]: own };
  const { recordings: _all, ...bare } = flow;
  return Object.keys(recordings).length === 0 ? bare : { ...bare, recordings };
}

/** The recording of a text, as it is said. */
export function recordingOf(flow: Flow, language: string, text: string): string | undefined {
  const own = flow.recordings?.[language] ?? {};
  return Object.hasOwn(own, text) ? own[text] : undefined;
}

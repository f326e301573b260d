/**
 * How a text is to be spoken stands before it, as long as it is on its way to a voice: in which language, and which
 * recording is played in its place. A text without a mark is spoken by the line's own voice. So a text with its mark is one
 * key for everything that is kept by text: rendered prompts, joined prompts, sound files of the dialplan.
 */
export interface VoiceMark {
  readonly language?: string | undefined;
  /** Name of a recording. */
  readonly recording?: string | undefined;
}

/** Of Unicode's private use: no text has them. */
const BEGIN = '\uE000';
const END = '\uE001';

/** A text that has a mark keeps it. */
export function withMark(text: string, { language = '', recording = '' }: VoiceMark): string {
  if (text.startsWith(BEGIN) || (language === '' && recording === '')) return text;
  return `${BEGIN}${language},${recording}${END}${text}`;
}

export function markOf(text: string): VoiceMark & { readonly text: string } {
  const end = text.indexOf(END);
  if (!text.startsWith(BEGIN) || end < 0) return { text };
  const [language = '', recording = ''] = text.slice(1, end).split(',');
  return { text: text.slice(end + 1), language: language || undefined, recording: recording || undefined };
}

/** What is said, without any mark in it: for people and records. */
export function withoutMarks(text: string): string {
  return text.replace(/\uE000[^\uE001]*\uE001/g, '');
}

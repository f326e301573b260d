/**
 * The text messages of Asterisk's `chan_websocket`, in their JSON form (Asterisk 22.8, 23.2 and later; the older plain
 * text is deprecated). Audio goes in binary messages.
 */
export type MediaWord =
  /** Keep what follows in frames of the right size, also across messages, until `STOP_MEDIA_BUFFERING`. */
  | 'START_MEDIA_BUFFERING'
  /** Fill the last frame up with silence and play it. */
  | 'STOP_MEDIA_BUFFERING'
  /** Drop everything that is queued; it ends buffering too. */
  | 'FLUSH_MEDIA';

/** What is of use to us of what Asterisk tells. */
export type MediaNotice =
  | { readonly type: 'start'; readonly format: string }
  /** The queue at Asterisk is nearly full (about 900 frames): what is sent now is dropped. */
  | { readonly type: 'xoff' }
  | { readonly type: 'xon' }
  | { readonly type: 'error'; readonly text: string };

export function mediaWord(word: MediaWord): string {
  return JSON.stringify({ command: word });
}

/** `undefined`: not understood, or of no use to us (keys come by ARI). Never throws. */
export function readNotice(text: string): MediaNotice | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null || !('event' in message)) return undefined;
  switch (message.event) {
    case 'MEDIA_START':
      return { type: 'start', format: 'format' in message ? String(message.format) : '' };
    case 'MEDIA_XOFF':
      return { type: 'xoff' };
    case 'MEDIA_XON':
      return { type: 'xon' };
    case 'ERROR':
      return { type: 'error', text: 'error_text' in message ? String(message.error_text) : '' };
    default:
      return undefined;
  }
}

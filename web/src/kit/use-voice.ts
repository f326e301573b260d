import { useEffect, useRef, useState } from 'react';
import { apiBytes } from './api.js';
import { inWords } from './in-words.js';

/** What the line's voice makes of a text, as WAV. */
export function speech(text: string): Promise<ArrayBuffer> {
  return apiBytes('/api/speech', { method: 'POST', body: { text } });
}

/** Lets the browser be heard. One sound at a time. */
export function useVoice() {
  const [saying, setSaying] = useState(false);
  const [problem, setProblem] = useState('');
  const context = useRef<AudioContext>(undefined);
  useEffect(() => () => void context.current?.close(), []);

  const play = async (wav: ArrayBuffer): Promise<void> => {
    const audio = (context.current ??= new AudioContext());
    // Through the graph, not an element: the page's policy has no media from a blob.
    const source = audio.createBufferSource();
    source.buffer = await audio.decodeAudioData(wav);
    source.connect(audio.destination);
    source.start();
    await new Promise((resolve) => (source.onended = resolve));
  };
  const listen = (load: () => Promise<ArrayBuffer>): void => {
    setSaying(true);
    setProblem('');
    load()
      .then(play)
      .catch((error: unknown) => setProblem(inWords(error)))
      .finally(() => setSaying(false));
  };
  return { listen, saying, problem };
}

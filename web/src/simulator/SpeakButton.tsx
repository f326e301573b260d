import { useRef, useState } from 'react';
import type { Listened } from '../../../src/dialog/hear.js';
import type { SimulatedInput } from '../../../src/dialog/simulate.js';
import type { Flow } from '../../../src/flow/schema.js';
import { api } from '../kit/api.js';
import { inWords } from '../kit/in-words.js';
import { words } from '../words/index.js';
import { telephoneWav } from './telephone-wav.js';

interface Props {
  readonly asked: {
    readonly document: Flow;
    readonly inputs: readonly SimulatedInput[];
    readonly wallMs: number;
  };
  readonly onHeard: (heard: Listened) => void;
}

/** Speaks into the microphone, as on the telephone: 8 kHz, to the line's own recogniser. */
export function SpeakButton({ asked, onHeard }: Props) {
  const [state, setState] = useState<'idle' | 'speaking' | 'hearing'>('idle');
  const [problem, setProblem] = useState('');
  const recorder = useRef<MediaRecorder>(undefined);

  const hear = async (chunks: Blob[]): Promise<void> => {
    setState('hearing');
    try {
      const wav = await telephoneWav(await new Blob(chunks).arrayBuffer());
      onHeard(await api<Listened>('/api/simulate/speech', { method: 'POST', body: { ...asked, wav } }));
    } catch (error) {
      setProblem(inWords(error));
    }
    setState('idle');
  };

  const begin = async (): Promise<void> => {
    setProblem('');
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      setProblem(words.noMicrophone);
      return;
    }
    const chunks: Blob[] = [];
    const recording = (recorder.current = new MediaRecorder(stream));
    recording.ondataavailable = ({ data }) => void chunks.push(data);
    recording.onstop = () => {
      for (const track of stream.getTracks()) track.stop();
      void hear(chunks);
    };
    recording.start();
    setState('speaking');
  };

  return (
    <>
      <button
        type="button"
        className={state === 'speaking' ? 'recording' : ''}
        disabled={state === 'hearing'}
        onClick={() => (state === 'speaking' ? recorder.current?.stop() : void begin())}
      >
        {state === 'speaking' ? words.stopSpeaking : state === 'hearing' ? words.loading : words.speak}
      </button>
      {problem !== '' && (
        <span className="problem" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}

import { useState } from 'react';
import { recordableTexts } from '../../../../src/flow/recorded-texts.js';
import { promptWords } from '../../words/index.js';
import { recordingOf } from '../flow-recordings.js';
import { useRecorded } from './recorded.js';
import { RecordingDialog } from './RecordingDialog.js';

interface Props {
  /** Of the field. */
  readonly label: string;
  readonly text: string;
  /** @defaultValue the flow’s own */
  readonly language?: string;
}

/** Beside a text: chooses the recording that is played for it. Pressed where there is one. */
export function RecordingButton({ label, text, language }: Props) {
  const recorded = useRecorded();
  const [open, setOpen] = useState(false);
  if (!recorded) return null;
  const spoken = language ?? recorded.flow.language;
  const texts = recordableTexts(text);
  const isRecorded = texts.some((said) => recordingOf(recorded.flow, spoken, said) !== undefined);
  return (
    <>
      <button
        type="button"
        className="speak record"
        aria-label={`${promptWords.choose}: ${label}`}
        aria-pressed={isRecorded}
        title={texts.length === 0 ? promptWords.notRecordable : promptWords.choose}
        disabled={texts.length === 0}
        onClick={() => setOpen(true)}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M8 1.5a2.2 2.2 0 0 0-2.2 2.2v4a2.2 2.2 0 0 0 4.4 0v-4A2.2 2.2 0 0 0 8 1.5zM3.8 7v.9a4.2 4.2 0 0 0 3.6 4.1V14.5h1.2V12a4.2 4.2 0 0 0 3.6-4.1V7H11v.9a3 3 0 0 1-6 0V7z" />
        </svg>
      </button>
      {open && <RecordingDialog texts={texts} language={spoken} onClose={() => setOpen(false)} />}
    </>
  );
}

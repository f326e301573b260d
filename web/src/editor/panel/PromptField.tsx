import { recordableTexts } from '../../../../src/flow/recorded-texts.js';
import { isFixed } from '../../../../src/flow/template.js';
import { apiBytes } from '../../kit/api.js';
import { Labelled } from '../../kit/labelled.js';
import { speech, useVoice } from '../../kit/use-voice.js';
import { pathOf } from '../../prompts/prompts-api.js';
import { words } from '../../words/index.js';
import { recordingOf } from '../flow-recordings.js';
import { useRecorded } from './recorded.js';
import { RecordedLine } from './RecordedLine.js';
import { RecordingButton } from './RecordingButton.js';

interface Props {
  readonly id?: string;
  readonly label: string;
  readonly hint?: string;
  readonly text: string;
  readonly rows?: number;
  readonly onChange: (text: string) => void;
}

/** A text that callers hear, with a button that lets them be heard: the line's own voice, or the recording that is played. */
export function PromptField({ id, label, hint, text, rows = 3, onChange }: Props) {
  const { listen, saying, problem } = useVoice();
  const recording = useRecordingOf(text);
  return (
    <Labelled label={label} {...(hint === undefined ? {} : { hint })}>
      {(fieldId) => (
        <>
          <span className="speakable">
            <textarea
              id={fieldId}
              data-field={id}
              rows={rows}
              dir="auto"
              value={text}
              onChange={({ target }) => onChange(target.value)}
            />
            <button
              type="button"
              className="speak"
              aria-label={`${words.listenTo}: ${label}`}
              title={words.listenTo}
              disabled={saying || text.trim() === ''}
              onClick={() =>
                listen(() => (recording === undefined ? speech(spoken(text)) : apiBytes(pathOf(recording))))
              }
            >
              <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d="M4 2.5v11l9.5-5.5z" />
              </svg>
            </button>
            <RecordingButton label={label} text={text} />
          </span>
          <RecordedLine text={text} />
          {problem !== '' && (
            <span className="problem" role="alert">
              {problem}
            </span>
          )}
        </>
      )}
    </Labelled>
  );
}

/** Of a text that is recorded as a whole. */
function useRecordingOf(text: string): string | undefined {
  const recorded = useRecorded();
  const [whole] = isFixed(text) ? recordableTexts(text) : [];
  return recorded && whole !== undefined ? recordingOf(recorded.flow, recorded.flow.language, whole) : undefined;
}

/** A prompt as it may be heard: `{drink}` by its name, parts that may be left out said too. */
function spoken(text: string): string {
  return text.replace(/[[\]{}]/g, ' ');
}

import { Labelled } from '../../kit/labelled.js';
import { words } from '../../words/index.js';
import { useVoice } from '../../kit/use-voice.js';

interface Props {
  readonly id?: string;
  readonly label: string;
  readonly hint?: string;
  readonly text: string;
  readonly rows?: number;
  readonly onChange: (text: string) => void;
}

/** A text that callers hear, with a button that lets the line's own voice say it. */
export function PromptField({ id, label, hint, text, rows = 3, onChange }: Props) {
  const { say, saying, problem } = useVoice();
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
              onClick={() => say(spoken(text))}
            >
              <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d="M4 2.5v11l9.5-5.5z" />
              </svg>
            </button>
          </span>
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

/** A prompt as it may be heard: `{drink}` by its name, parts that may be left out said too. */
function spoken(text: string): string {
  return text.replace(/[[\]{}]/g, ' ');
}

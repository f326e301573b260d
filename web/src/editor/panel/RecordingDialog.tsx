import { duration } from '../../calls/format.js';
import { Dialog } from '../../kit/dialog.js';
import { Problem } from '../../kit/problem.js';
import { pathOf, usePrompts } from '../../prompts/prompts-api.js';
import { UploadForm } from '../../prompts/UploadForm.js';
import { promptWords, words } from '../../words/index.js';
import { recordingOf } from '../flow-recordings.js';
import { useRecorded } from './recorded.js';

interface Props {
  /** What of the text can be recorded. */
  readonly texts: readonly string[];
  readonly language: string;
  readonly onClose: () => void;
}

/** Gives a text one of the recordings that are there, or one that is uploaded now. */
export function RecordingDialog({ texts, language, onClose }: Props) {
  return (
    <Dialog title={promptWords.choose} leave={words.close} onClose={onClose} wide>
      <p className="quiet">{texts.length > 1 ? promptWords.piecesHint : promptWords.chooseHint}</p>
      {texts.map((text) => (
        <RecordingOf key={text} text={text} language={language} />
      ))}
    </Dialog>
  );
}

function RecordingOf({ text, language }: { readonly text: string; readonly language: string }) {
  const recorded = useRecorded();
  const prompts = usePrompts();
  if (!recorded) return null;
  const name = recordingOf(recorded.flow, language, text);
  const choose = (chosen: string | undefined): void => recorded.onRecording(language, text, chosen);
  return (
    <section className="recording-of" aria-label={text}>
      <blockquote lang={language} dir="auto">
        {text}
      </blockquote>
      <label className="check">
        <input type="radio" name={text} checked={name === undefined} onChange={() => choose(undefined)} />{' '}
        {promptWords.byVoice}
      </label>
      <Problem of={prompts.error} />
      {name !== undefined && prompts.data && !prompts.data.some((prompt) => prompt.name === name) && (
        <p className="problem">{promptWords.missing(name)}</p>
      )}
      <ul className="recordings-there">
        {prompts.data?.map((prompt) => (
          <li key={prompt.name} className="row">
            <label className="check">
              <input type="radio" name={text} checked={name === prompt.name} onChange={() => choose(prompt.name)} />{' '}
              <span>
                {prompt.name} <span className="quiet">{duration(prompt.lengthMs)}</span>
              </span>
            </label>
            <audio controls preload="none" aria-label={`${words.listenTo}: ${prompt.name}`} src={pathOf(prompt.name)} />
          </li>
        ))}
      </ul>
      <details>
        <summary>{promptWords.uploadTitle}</summary>
        <UploadForm onAdded={(added) => choose(added.name)} />
      </details>
    </section>
  );
}

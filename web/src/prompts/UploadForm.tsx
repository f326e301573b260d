import { useState } from 'react';
import type { PromptRecording } from '../../../src/store/prompt-recordings.js';
import { FormOutcome } from '../kit/form-outcome.js';
import { Labelled } from '../kit/labelled.js';
import { promptWords } from '../words/index.js';
import { useUpload } from './prompts-api.js';

/** Takes a sound file as a recording, and tells how far it has come. */
export function UploadForm({ onAdded }: { readonly onAdded: (recording: PromptRecording) => void }) {
  const [title, setTitle] = useState('');
  const [file, setFile] = useState<File>();
  const { upload, sent } = useUpload(onAdded);
  return (
    <form
      className="upload"
      aria-busy={upload.isPending}
      onSubmit={(event) => {
        event.preventDefault();
        if (file) upload.mutate({ title, file });
      }}
    >
      <Labelled label={promptWords.file} hint={promptWords.fileHint}>
        {(id) => (
          <input
            id={id}
            type="file"
            required
            accept=".wav,.aif,.aiff,.flac,.ogg,.mp3,.m4a,audio/*"
            onChange={({ target }) => {
              const chosen = target.files?.[0];
              setFile(chosen);
              if (title === '' && chosen) setTitle(chosen.name.replace(/\.\w+$/, ''));
            }}
          />
        )}
      </Labelled>
      <Labelled label={promptWords.title}>
        {(id) => (
          <input
            id={id}
            required
            maxLength={100}
            autoComplete="off"
            value={title}
            onChange={({ target }) => setTitle(target.value)}
          />
        )}
      </Labelled>
      <button type="submit" className="primary" disabled={upload.isPending}>
        {promptWords.upload}
      </button>
      {upload.isPending && (
        <p className="row quiet">
          <progress max={1} value={sent} aria-label={promptWords.progress} />{' '}
          {sent < 1 ? promptWords.sent(Math.round(100 * sent)) : promptWords.beingRead}
        </p>
      )}
      <FormOutcome of={upload} done={promptWords.added(upload.data?.name ?? '')} />
    </form>
  );
}

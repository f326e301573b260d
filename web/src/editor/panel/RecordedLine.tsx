import { recordableTexts } from '../../../../src/flow/recorded-texts.js';
import { duration } from '../../calls/format.js';
import { usePrompts } from '../../prompts/prompts-api.js';
import { promptWords } from '../../words/index.js';
import { recordingOf } from '../flow-recordings.js';
import { useRecorded } from './recorded.js';

interface Props {
  readonly text: string;
  /** @defaultValue the flow’s own */
  readonly language?: string;
}

/** Below a text: which recordings are played for it, and how long they are. */
export function RecordedLine({ text, language }: Props) {
  const recorded = useRecorded();
  const names = recordableTexts(text).flatMap((said) => {
    const name = recorded && recordingOf(recorded.flow, language ?? recorded.flow.language, said);
    return name === undefined ? [] : [name];
  });
  return names.length === 0 ? null : <Names names={names} />;
}

function Names({ names }: { readonly names: readonly string[] }) {
  const prompts = usePrompts();
  return names.map((name) => {
    const found = prompts.data?.find((prompt) => prompt.name === name);
    return (
      <p key={name} className={prompts.data && !found ? 'problem' : 'quiet'}>
        {prompts.data && !found ? promptWords.missing(name) : promptWords.played(name, duration(found?.lengthMs ?? 0))}
      </p>
    );
  });
}

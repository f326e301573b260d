import { saidTexts } from '../../../../src/flow/recorded-texts.js';
import type { Flow } from '../../../../src/flow/schema.js';
import { promptWords, words } from '../../words/index.js';
import { withRecording } from '../flow-recordings.js';

interface Props {
  readonly flow: Flow;
  readonly onChange: (flow: Flow) => void;
}

/** Every text that has a recording; one that no node says any more is marked, and can be taken out. */
export function RecordingsField({ flow, onChange }: Props) {
  if (!flow.recordings) return null;
  return (
    <section aria-label={words.prompts}>
      <h3>{words.prompts}</h3>
      <ul className="recorded">
        {Object.entries(flow.recordings).flatMap(([language, own]) => {
          const said = saidTexts(flow, language);
          return Object.entries(own).map(([text, name]) => (
            <li key={`${language} ${text}`} className="row">
              <span>
                <bdi lang={language}>{text}</bdi> <span className="quiet">{`${language}, ${name}`}</span>
                {!said.has(text) && <span className="problem"> {promptWords.saidNowhere}</span>}
              </span>
              <button
                type="button"
                className="plain danger"
                aria-label={`${words.removeOption}: ${text}`}
                onClick={() => onChange(withRecording(flow, language, text, undefined))}
              >
                {words.removeOption}
              </button>
            </li>
          ));
        })}
      </ul>
    </section>
  );
}

import { useState } from 'react';
import type { Flow } from '../../../../src/flow/schema.js';
import { Labelled } from '../../kit/labelled.js';
import { words } from '../../words/index.js';
import { withLanguage, withoutLanguage } from '../flow-texts.js';

interface Props {
  readonly flow: Flow;
  readonly onChange: (flow: Flow) => void;
}

/** The further languages of a flow; what is said in them stands at each node. */
export function LanguagesField({ flow, onChange }: Props) {
  const [added, setAdded] = useState('');
  const there = Object.keys(flow.languages ?? {});
  const mayBe = /^[a-z]{2}-[A-Z]{2}$/.test(added) && added !== flow.language && !there.includes(added);
  return (
    <section aria-label={words.languages}>
      <h3>{words.languages}</h3>
      {there.map((language) => (
        <div className="row" key={language}>
          <b>{language}</b>
          <button
            type="button"
            className="plain danger"
            aria-label={`${words.removeOption}: ${language}`}
            onClick={() => onChange(withoutLanguage(flow, language))}
          >
            {words.removeOption}
          </button>
        </div>
      ))}
      <Labelled label={words.addLanguage} hint={words.languageHint}>
        {(id) => (
          <span className="row together">
            <input
              id={id}
              value={added}
              maxLength={5}
              aria-invalid={added !== '' && !mayBe}
              onChange={({ target }) => setAdded(target.value)}
            />
            <button
              type="button"
              disabled={!mayBe}
              onClick={() => {
                onChange(withLanguage(flow, added));
                setAdded('');
              }}
            >
              {words.addLanguage}
            </button>
          </span>
        )}
      </Labelled>
    </section>
  );
}

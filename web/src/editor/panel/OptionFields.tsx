import type { Option } from '../../../../src/flow/schema.js';
import { Labelled } from '../../kit/labelled.js';
import { words } from '../../words/index.js';
import { OPEN_END, withNewOption } from '../flow-edit.js';
import { NodeSelect } from './NodeSelect.js';

interface Props {
  readonly options: readonly Option[];
  readonly ids: readonly string[];
  /** Further languages of the flow: an option may be offered in one, and lead on in it. */
  readonly languages: readonly string[];
  readonly onChange: (options: Option[], about?: string) => void;
}

/** What can be chosen, both faces side by side: what callers may say, and which key they press. */
export function OptionFields({ options, ids, languages, onChange }: Props) {
  const change = (index: number, part: Partial<Option>, about?: string): void =>
    onChange(
      options.map((option, at) => (at === index ? { ...option, ...part } : option)),
      about && `option ${String(index)} ${about}`,
    );
  return (
    <section aria-label={words.options}>
      <h3>{words.options}</h3>
      {options.map((option, index) => (
        <div className="option" key={index} role="group" aria-label={option.label}>
          <div className="face">
            <h4>{words.byVoice}</h4>
            <Labelled label={words.phrases}>
              {(fieldId) => (
                <textarea
                  id={fieldId}
                  rows={4}
                  dir="auto"
                  value={option.phrases.join('\n')}
                  onChange={({ target }) => change(index, { phrases: target.value.split('\n') }, 'phrases')}
                />
              )}
            </Labelled>
          </div>
          <div className="face">
            <h4>{words.byKeys}</h4>
            <div className="key-and-label">
              <Labelled label={words.key}>
                {(fieldId) => (
                  <input
                    id={fieldId}
                    className="key"
                    inputMode="numeric"
                    maxLength={1}
                    value={option.key}
                    onChange={({ target }) => change(index, { key: target.value }, 'key')}
                  />
                )}
              </Labelled>
              <Labelled label={words.label}>
                {(fieldId) => (
                  <input
                    id={fieldId}
                    dir="auto"
                    value={option.label}
                    onChange={({ target }) => change(index, { label: target.value }, 'label')}
                  />
                )}
              </Labelled>
            </div>
            <p className="quiet" dir="auto">
              {words.pressFor(option.label, option.key)}
            </p>
          </div>
          {(languages.length > 0 || option.language !== undefined) && (
            <LanguageSelect
              {...{ option, languages }}
              onChange={(changed) => onChange(options.map((one, at) => (at === index ? changed : one)))}
            />
          )}
          <div className="row option-foot">
            <span className="quiet">{words.leadsTo}</span>
            <NodeSelect
              label={`${words.leadsTo}: ${option.label}`}
              ids={ids}
              value={option.next}
              onChange={(next) => change(index, { next })}
            />
            <button
              type="button"
              className="plain danger"
              aria-label={`${words.removeOption}: ${option.label}`}
              disabled={options.length === 1}
              onClick={() => onChange(options.filter((_option, at) => at !== index))}
            >
              {words.removeOption}
            </button>
          </div>
        </div>
      ))}
      <button type="button" disabled={options.length >= 9} onClick={() => onChange(withNewOption(options, OPEN_END))}>
        {words.addOption}
      </button>
    </section>
  );
}

interface LanguageProps {
  readonly option: Option;
  readonly languages: readonly string[];
  readonly onChange: (option: Option) => void;
}

function LanguageSelect({ option, languages, onChange }: LanguageProps) {
  const { language = '', ...rest } = option;
  return (
    <Labelled label={words.optionLanguage}>
      {(id) => (
        <select
          id={id}
          value={language}
          onChange={({ target }) => onChange(target.value === '' ? rest : { ...rest, language: target.value })}
        >
          <option value="">{words.sameLanguage}</option>
          {[...new Set([...languages, ...(language === '' ? [] : [language])])].map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

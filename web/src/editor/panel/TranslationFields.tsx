import { textsOf } from '../../../../src/flow/node-texts.js';
import type { Flow, FlowNode } from '../../../../src/flow/schema.js';
import { Labelled } from '../../kit/labelled.js';
import { words } from '../../words/index.js';
import { RecordedLine } from './RecordedLine.js';
import { RecordingButton } from './RecordingButton.js';

interface Props {
  readonly flow: Flow;
  readonly id: string;
  readonly node: FlowNode;
  readonly onText: (language: string, key: string, text: string) => void;
}

/** What the node says in the flow's further languages: each text below the one that it is instead of. */
export function TranslationFields({ flow, id, node, onText }: Props) {
  const texts = [...textsOf(node)];
  if (texts.length === 0) return null;
  return Object.entries(flow.languages ?? {}).map(([language, nodes]) => (
    <details key={language}>
      <summary>
        {words.inLanguage(language)}{' '}
        <span className="count">
          {texts.filter(([key]) => nodes[id]?.[key] !== undefined).length}/{texts.length}
        </span>
      </summary>
      {texts.map(([key, text]) => (
        <Labelled key={key} label={text} hint={key}>
          {(fieldId) => (
            <>
              <span className="speakable">
                <textarea
                  id={fieldId}
                  rows={2}
                  lang={language}
                  dir="auto"
                  value={nodes[id]?.[key] ?? ''}
                  onChange={({ target }) => onText(language, key, target.value)}
                />
                <RecordingButton label={text} text={nodes[id]?.[key] ?? text} language={language} />
              </span>
              <RecordedLine text={nodes[id]?.[key] ?? text} language={language} />
            </>
          )}
        </Labelled>
      ))}
    </details>
  ));
}

import type { ConverseNode, Knowledge } from '../../../../src/flow/schema.js';
import { Labelled } from '../../kit/labelled.js';
import { words } from '../../words/index.js';
import { PromptField } from './PromptField.js';

interface Props {
  readonly node: ConverseNode;
  readonly onChange: (node: ConverseNode, about?: string) => void;
}

/** Questions that callers ask, and the answers that people have written. */
export function KnowledgeFields({ node, onChange }: Props) {
  const { knowledge } = node;
  const change = (index: number, part: Partial<Knowledge>): void =>
    onChange(
      { ...node, knowledge: knowledge.map((one, at) => (at === index ? { ...one, ...part } : one)) },
      `knowledge ${String(index)}`,
    );
  const add = (): void => {
    let n = knowledge.length + 1;
    while (knowledge.some(({ id }) => id === `answer${String(n)}`)) n++;
    const entry = { id: `answer${String(n)}`, questions: [words.newQuestion], answer: words.newAnswer };
    onChange({ ...node, knowledge: [...knowledge, entry] });
  };
  return (
    <details open={knowledge.length <= 3}>
      <summary>
        {words.knowledge} <span className="count">{knowledge.length}</span>
      </summary>
      {knowledge.map((entry, index) => (
        <div className="option" key={index} role="group" aria-label={entry.id}>
          <Labelled label={words.questions}>
            {(fieldId) => (
              <textarea
                id={fieldId}
                rows={4}
                dir="auto"
                value={entry.questions.join('\n')}
                onChange={({ target }) => change(index, { questions: target.value.split('\n') })}
              />
            )}
          </Labelled>
          <PromptField
            label={words.answer}
            rows={4}
            text={entry.answer}
            onChange={(answer) => change(index, { answer })}
          />
          <div className="row option-foot">
            <button
              type="button"
              className="plain danger"
              aria-label={`${words.removeOption}: ${entry.id}`}
              onClick={() => onChange({ ...node, knowledge: knowledge.filter((_one, at) => at !== index) })}
            >
              {words.removeOption}
            </button>
          </div>
        </div>
      ))}
      <button type="button" onClick={add}>
        {words.addQuestion}
      </button>
    </details>
  );
}

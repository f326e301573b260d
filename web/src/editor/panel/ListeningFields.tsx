import type {
  CollectNode,
  ConverseNode,
  DirectoryNode,
  FlowNode,
  FormNode,
  MenuNode,
} from '../../../../src/flow/schema.js';
import { Labelled } from '../../kit/labelled.js';
import { words } from '../../words/index.js';
import { PromptField } from './PromptField.js';

type Listening = MenuNode | CollectNode | FormNode | ConverseNode | DirectoryNode;

export function listens(node: FlowNode): node is Listening {
  return ['menu', 'collect', 'form', 'converse', 'directory'].includes(node.kind);
}

interface Props {
  readonly node: Listening;
  readonly onChange: (node: FlowNode, about?: string) => void;
}

/** The keypad's own prompt, and what happens when nothing is said or understood. */
export function ListeningFields({ node, onChange }: Props) {
  /** An empty field is none. */
  const set = (field: string, value: unknown, isEmpty: boolean): void => {
    const rest: Record<string, unknown> = { ...node };
    if (isEmpty) delete rest[field];
    else rest[field] = value;
    onChange(rest as unknown as FlowNode, field);
  };
  const lines = (field: 'noInput' | 'noMatch', label: string) => (
    <Labelled label={label}>
      {(fieldId) => (
        <textarea
          id={fieldId}
          rows={2}
          dir="auto"
          value={(node[field] ?? []).join('\n')}
          onChange={({ target }) => set(field, target.value.split('\n'), target.value === '')}
        />
      )}
    </Labelled>
  );
  const text = (field: 'keyPrompt' | 'wrongKey' | 'noKey', label: string, hint: string) => (
    <PromptField
      label={label}
      hint={hint}
      rows={2}
      text={node[field] ?? ''}
      onChange={(value) => set(field, value, value === '')}
    />
  );
  return (
    <>
      {text('keyPrompt', words.keysSay, words.keysMade)}
      <details>
        <summary>{words.notUnderstoodThen}</summary>
        <div className="faces">
          <div className="face">
            <h4>{words.byVoice}</h4>
            {lines('noInput', words.noInputSays)}
            {lines('noMatch', words.noMatchSays)}
          </div>
          <div className="face">
            <h4>{words.byKeys}</h4>
            {text('noKey', words.noKeySays, '')}
            {text('wrongKey', words.wrongKeySays, '')}
          </div>
        </div>
        <label className="check">
          <input
            type="checkbox"
            checked={node.sensitive === true}
            onChange={({ target }) => set('sensitive', true, !target.checked)}
          />{' '}
          {words.sensitive}
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={node.bargeIn !== false}
            onChange={({ target }) => set('bargeIn', false, target.checked)}
          />{' '}
          {words.bargeIn}
        </label>
      </details>
    </>
  );
}

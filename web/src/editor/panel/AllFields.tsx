import { useState } from 'react';
import { Problem } from '../../kit/problem.js';
import type { FlowNode } from '../../../../src/flow/schema.js';
import { words } from '../../words/index.js';
import { canBeDrawn } from '../flow-edit.js';

interface Props {
  readonly node: FlowNode;
  readonly onChange: (node: FlowNode) => void;
}

/** The node as it is written, for what has no field of its own. */
export function AllFields({ node, onChange }: Props) {
  const [text, setText] = useState(() => JSON.stringify(node, undefined, 2));
  const [problem, setProblem] = useState('');
  const apply = (): void => {
    try {
      const written = JSON.parse(text) as FlowNode;
      if (!canBeDrawn({ nodes: { written } })) throw new Error(words.noNode);
      onChange(written);
      setProblem('');
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <details>
      <summary>{words.allFields}</summary>
      <textarea
        aria-label={words.allFields}
        className="json"
        rows={14}
        spellCheck={false}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <Problem of={problem} />
      <button type="button" onClick={apply}>
        {words.apply}
      </button>
    </details>
  );
}

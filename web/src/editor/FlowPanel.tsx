import type { Flow } from '../../../src/flow/schema.js';
import { Labelled } from '../kit/labelled.js';
import { words } from '../words/index.js';
import { NodeSelect } from './panel/NodeSelect.js';

interface Props {
  readonly flow: Flow;
  readonly readOnly: boolean;
  readonly onChange: (flow: Flow, about?: string) => void;
}

const defaultNames = ['accept', 'confirm', 'noInputMs', 'interDigitMs', 'aiTries', 'keypadTries'] as const;
type DefaultName = (typeof defaultNames)[number];

/** What holds for the whole flow: where it begins, where it gives up, how sure is sure enough. */
export function FlowPanel({ flow, readOnly, onChange }: Props) {
  const ids = Object.keys(flow.nodes);
  const setDefault = (name: DefaultName, text: string): void => {
    const { [name]: _before, ...rest } = flow.defaults ?? {};
    onChange({ ...flow, defaults: text === '' ? rest : { ...rest, [name]: Number(text) } }, name);
  };
  return (
    <fieldset className="node-panel" disabled={readOnly}>
      <legend className="only-read">{words.wholeFlow}</legend>
      <Labelled label={words.flowName}>
        {(id) => (
          <input
            id={id}
            dir="auto"
            value={flow.name}
            onChange={({ target }) => onChange({ ...flow, name: target.value }, 'name')}
          />
        )}
      </Labelled>
      <Labelled label={words.startNode}>
        {(id) => <NodeSelect id={id} ids={ids} value={flow.start} onChange={(start) => onChange({ ...flow, start })} />}
      </Labelled>
      <Labelled label={words.giveUpNode} hint={words.giveUpHint}>
        {(id) => (
          <NodeSelect id={id} ids={ids} value={flow.giveUp} onChange={(giveUp) => onChange({ ...flow, giveUp })} />
        )}
      </Labelled>
      <Labelled label={words.operatorNode} hint={words.operatorHint}>
        {(id) => (
          <select
            id={id}
            value={flow.operator ?? ''}
            onChange={({ target }) => {
              const { operator: _before, ...rest } = flow;
              onChange(target.value === '' ? rest : { ...rest, operator: target.value });
            }}
          >
            <option value="">{words.noNode0}</option>
            {ids.map((id_) => (
              <option key={id_}>{id_}</option>
            ))}
          </select>
        )}
      </Labelled>
      <h3>{words.defaults}</h3>
      <div className="faces">
        {defaultNames.map((name) => (
          <Labelled key={name} label={words.defaultNames[name]}>
            {(id) => (
              <input
                id={id}
                type="number"
                step={name === 'accept' || name === 'confirm' ? 0.05 : 1}
                value={flow.defaults?.[name] ?? ''}
                onChange={({ target }) => setDefault(name, target.value)}
              />
            )}
          </Labelled>
        ))}
      </div>
    </fieldset>
  );
}

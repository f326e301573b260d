import { flowHeadSchema, type Flow } from '../../../src/flow/schema.js';
import { Labelled } from '../kit/labelled.js';
import { words } from '../words/index.js';
import { LanguagesField } from './panel/LanguagesField.js';
import { NodeSelect } from './panel/NodeSelect.js';
import { RecordingsField } from './panel/RecordingsField.js';
import { jsonSchemaOf } from './schema-form/field.js';
import { SchemaFields } from './schema-form/SchemaFields.js';

interface Props {
  readonly flow: Flow;
  readonly readOnly: boolean;
  readonly onChange: (flow: Flow, about?: string) => void;
}

const head = jsonSchemaOf(flowHeadSchema);
const defaults = head.properties?.['defaults'] ?? {};

/** What holds for the whole flow: where it begins, where it gives up, how sure is sure enough. */
export function FlowPanel({ flow, readOnly, onChange }: Props) {
  const ids = Object.keys(flow.nodes);
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
      <SchemaFields
        schema={head}
        names={['language']}
        value={{ ...flow }}
        ids={ids}
        onChange={(changed, about) => onChange({ ...flow, ...changed }, about)}
      />
      <LanguagesField flow={flow} onChange={onChange} />
      <RecordingsField flow={flow} onChange={onChange} />
      <h3>{words.defaults}</h3>
      <div className="faces">
        <SchemaFields
          schema={defaults}
          names={Object.keys(defaults.properties ?? {})}
          value={{ ...flow.defaults }}
          ids={ids}
          onChange={(changed, about) => onChange({ ...flow, defaults: changed }, about)}
        />
      </div>
    </fieldset>
  );
}

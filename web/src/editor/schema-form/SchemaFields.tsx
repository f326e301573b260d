import { useId } from 'react';
import { Labelled } from '../../kit/labelled.js';
import { choiceWords, words } from '../../words/index.js';
import { NodeSelect } from '../panel/NodeSelect.js';
import { PromptField } from '../panel/PromptField.js';
import { blankOf, fieldOf, listOf, listText, withField, type Field, type FieldSchema, type Values } from './field.js';
import { fieldLabel } from './field-label.js';
import { LinesField } from './LinesField.js';
import { PairsField } from './PairsField.js';

interface Props {
  readonly schema: FieldSchema;
  /** The fields that are shown, in this order. */
  readonly names: readonly string[];
  readonly value: Values;
  readonly ids: readonly string[];
  /** Where this stands in the node, for the labels: `['results']`. */
  readonly path?: readonly string[];
  /** @param about which field: letters typed into one are one step of undo */
  readonly onChange: (value: Values, about?: string) => void;
}

/** Fields of a node as its schema declares them. What the schema gets, the form has. */
export function SchemaFields({ schema, names, value, ids, path = [], onChange }: Props) {
  return names.map((name) => {
    const part = schema.properties?.[name];
    return (
      part && (
        <SchemaField
          key={name}
          {...{ ids, schema: part, value: value[name], path: [...path, name] }}
          required={schema.required?.includes(name) === true}
          onChange={(changed, about = '') => onChange(withField(value, name, changed), `${name} ${about}`)}
        />
      )
    );
  });
}

interface FieldProps {
  readonly schema: FieldSchema;
  readonly value: unknown;
  readonly required: boolean;
  readonly ids: readonly string[];
  readonly path: readonly string[];
  readonly onChange: (value: unknown, about?: string) => void;
}

function SchemaField(props: FieldProps) {
  const { schema, value, required, ids, path, onChange } = props;
  const field = fieldOf(schema);
  const label = fieldLabel(path);
  /** An empty text is none, where there may be none. */
  const orNone = (text: string): string | undefined => (text === '' && !required ? undefined : text);
  switch (field?.type) {
    case 'prompt':
      return <PromptField label={label} rows={2} text={textOf(value)} onChange={(text) => onChange(orNone(text))} />;
    case 'text':
      return (
        <Labelled label={label}>
          {(id) => (
            <input
              id={id}
              dir="auto"
              value={textOf(value)}
              maxLength={schema.maxLength}
              onChange={({ target }) => onChange(orNone(target.value))}
            />
          )}
        </Labelled>
      );
    case 'number':
      return (
        <Labelled label={label}>
          {(id) => (
            <input
              id={id}
              type="number"
              min={field.min}
              max={field.max}
              step={schema.type === 'integer' ? 1 : 'any'}
              placeholder={textOf(schema.default)}
              value={textOf(value)}
              onChange={({ target }) => onChange(target.value === '' && !required ? undefined : Number(target.value))}
            />
          )}
        </Labelled>
      );
    case 'check':
      return (
        <label className="check">
          <input
            type="checkbox"
            checked={value === true}
            onChange={({ target }) => onChange(target.checked || (required ? false : undefined))}
          />{' '}
          {label}
        </label>
      );
    case 'choice':
      return (
        <Labelled label={label}>
          {(id) => (
            <select id={id} value={textOf(value)} onChange={({ target }) => onChange(orNone(target.value))}>
              {!required && <option value="">{words.asUsual(choiceLabel(schema.default))}</option>}
              {field.of.map((one) => (
                <option key={one} value={one}>
                  {choiceLabel(one)}
                </option>
              ))}
            </select>
          )}
        </Labelled>
      );
    case 'way':
      return (
        <Labelled label={label}>
          {(id) => <NodeSelect id={id} ids={ids} value={textOf(value)} onChange={onChange} />}
        </Labelled>
      );
    case 'lines':
      return (
        <LinesField
          label={label}
          hint={words.oneALine}
          value={linesOf(value)}
          onChange={(lines) => onChange(lines.length === 0 && !required ? undefined : lines)}
        />
      );
    case 'list':
      return (
        <LinesField
          label={label}
          hint={words.listLines}
          value={listText(valuesOf(value)).split('\n')}
          onChange={(lines) => onChange(listOf(lines.join('\n')))}
        />
      );
    case 'pairs':
      return (
        <PairsField
          label={label}
          value={(value ?? {}) as Readonly<Record<string, string>>}
          onChange={(pairs) => onChange(Object.keys(pairs).length === 0 && !required ? undefined : pairs)}
        />
      );
    case 'group':
      return <Group {...props} label={label} schema={field.schema} />;
    case 'rows':
      return <Rows {...props} label={label} field={field} />;
    case 'variant':
      return <Variant {...props} label={label} field={field} />;
    case undefined:
      return null;
  }
}

/** A group that may be absent is switched on and off. */
function Group({ label, schema, value, required, ids, path, onChange }: FieldProps & { readonly label: string }) {
  const isThere = required || value !== undefined;
  return (
    <fieldset className="group">
      {required ? (
        <legend>{label}</legend>
      ) : (
        <label className="check">
          <input
            type="checkbox"
            checked={isThere}
            onChange={({ target }) => onChange(target.checked ? blankOf(schema) : undefined)}
          />{' '}
          {label}
        </label>
      )}
      {isThere && (
        <div className="option">
          <SchemaFields
            {...{ schema, ids, path, onChange }}
            names={Object.keys(schema.properties ?? {})}
            value={(value ?? {}) as Values}
          />
        </div>
      )}
    </fieldset>
  );
}

type RowsField = Extract<Field, { readonly type: 'rows' }>;

function Rows({
  label,
  field,
  value,
  required,
  ids,
  path,
  onChange,
}: FieldProps & { readonly label: string; readonly field: RowsField }) {
  const rows = (value ?? []) as readonly Values[];
  const write = (changed: readonly Values[], about?: string): void =>
    onChange(changed.length === 0 && !required ? undefined : changed, about);
  return (
    <section aria-label={label}>
      <h3>
        {label} {rows.length > 3 && <span className="count">{rows.length}</span>}
      </h3>
      {rows.map((row, index) => (
        <div className="option" key={index} role="group" aria-label={`${label} ${String(index + 1)}`}>
          <SchemaFields
            schema={field.item}
            {...{ ids, path }}
            names={Object.keys(field.item.properties ?? {})}
            value={row}
            onChange={(changed, about) =>
              write(
                rows.map((one, at) => (at === index ? changed : one)),
                about && `${String(index)} ${about}`,
              )
            }
          />
          <div className="row option-foot end">
            <button
              type="button"
              className="plain danger"
              aria-label={`${words.removeOption}: ${label} ${String(index + 1)}`}
              disabled={required && rows.length <= field.min}
              onClick={() => write(rows.filter((_row, at) => at !== index))}
            >
              {words.removeOption}
            </button>
          </div>
        </div>
      ))}
      <button
        type="button"
        disabled={rows.length >= field.max}
        onClick={() => write([...rows, blankOf(field.item) as Values])}
      >
        {words.addTo(label)}
      </button>
    </section>
  );
}

type VariantField = Extract<Field, { readonly type: 'variant' }>;

function Variant({
  label,
  field,
  value,
  ids,
  path,
  onChange,
}: FieldProps & { readonly label: string; readonly field: VariantField }) {
  const id = useId();
  const now = (value ?? {}) as Values;
  const type = textOf(now['type']);
  const schema = field.of.get(type);
  return (
    <div className="group">
      <div className="field">
        <label htmlFor={id}>{label}</label>
        <select id={id} value={type} onChange={({ target }) => onChange(blankOf(field.of.get(target.value) ?? {}))}>
          {[...field.of.keys()].map((one) => (
            <option key={one} value={one}>
              {choiceLabel(one)}
            </option>
          ))}
        </select>
      </div>
      {schema && (
        <SchemaFields
          {...{ schema, ids, path, onChange }}
          names={Object.keys(schema.properties ?? {}).filter((name) => name !== 'type')}
          value={now}
        />
      )}
    </div>
  );
}

function choiceLabel(value: unknown): string {
  const text = textOf(value);
  return (choiceWords as Readonly<Record<string, string>>)[text] ?? text;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function linesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function valuesOf(value: unknown): Parameters<typeof listText>[0] {
  return Array.isArray(value) ? (value as Parameters<typeof listText>[0]) : [];
}

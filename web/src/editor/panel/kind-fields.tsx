import type { BranchNode, HoursNode } from '../../../../src/flow/schema.js';
import { Labelled } from '../../kit/labelled.js';
import { dayWords, words } from '../../words/index.js';
import { OPEN_END } from '../flow-edit.js';
import { NodeSelect } from './NodeSelect.js';

interface Props<Node> {
  readonly node: Node;
  readonly onChange: (node: Node, about?: string) => void;
}

type Weekday = HoursNode['open'][number]['days'][number];

export function HoursFields({ node, onChange }: Props<HoursNode>) {
  const change = (index: number, part: Partial<HoursNode['open'][number]>): void =>
    onChange({ ...node, open: node.open.map((span, at) => (at === index ? { ...span, ...part } : span)) }, 'open');
  const toggled = (days: readonly Weekday[], day: Weekday): Weekday[] =>
    days.includes(day) ? days.filter((other) => other !== day) : [...days, day];
  return (
    <section aria-label={words.openHours}>
      <h3>{words.openHours}</h3>
      {node.open.map((span, index) => (
        <div className="option hours" key={index} role="group" aria-label={`${span.from} – ${span.to}`}>
          <div className="days">
            {(Object.keys(dayWords) as Weekday[]).map((day) => (
              <button
                key={day}
                type="button"
                aria-pressed={span.days.includes(day)}
                onClick={() => change(index, { days: toggled(span.days, day) })}
              >
                {dayWords[day]}
              </button>
            ))}
          </div>
          <div className="row">
            {(['from', 'to'] as const).map((end) => (
              <input
                key={end}
                aria-label={words.hoursEnds[end]}
                className="clock"
                value={span[end]}
                maxLength={5}
                onChange={({ target }) => change(index, { [end]: target.value })}
              />
            ))}
            <button
              type="button"
              className="plain danger"
              disabled={node.open.length === 1}
              onClick={() => onChange({ ...node, open: node.open.filter((_span, at) => at !== index) })}
            >
              {words.removeOption}
            </button>
          </div>
        </div>
      ))}
      <button
        type="button"
        onClick={() => onChange({ ...node, open: [...node.open, { days: ['sat'], from: '10:00', to: '14:00' }] })}
      >
        {words.addHours}
      </button>
      <Labelled label={words.closedOn} hint={words.closedOnHint}>
        {(id) => (
          <textarea
            id={id}
            rows={2}
            value={(node.closedOn ?? []).join('\n')}
            onChange={({ target }) => {
              const { closedOn: _before, ...rest } = node;
              onChange(target.value === '' ? rest : { ...rest, closedOn: target.value.split('\n') }, 'closedOn');
            }}
          />
        )}
      </Labelled>
      <Labelled label={words.timezone}>
        {(id) => (
          <input
            id={id}
            value={node.timezone}
            onChange={({ target }) => onChange({ ...node, timezone: target.value }, 'timezone')}
          />
        )}
      </Labelled>
    </section>
  );
}

export function BranchFields({ node, ids, onChange }: Props<BranchNode> & { readonly ids: readonly string[] }) {
  const change = (index: number, part: Partial<BranchNode['cases'][number]>): void =>
    onChange({ ...node, cases: node.cases.map((one, at) => (at === index ? { ...one, ...part } : one)) }, 'cases');
  return (
    <section aria-label={words.cases}>
      <h3>{words.cases}</h3>
      {node.cases.map((one, index) => (
        <div className="row case" key={index} role="group" aria-label={`${one.variable} = ${one.is.join(', ')}`}>
          <input
            aria-label={words.variable}
            value={one.variable}
            onChange={({ target }) => change(index, { variable: target.value })}
          />
          <span aria-hidden="true">=</span>
          <input
            aria-label={words.values}
            placeholder={words.notSet}
            value={one.is.join(', ')}
            onChange={({ target }) => change(index, { is: target.value.split(/, ?/) })}
          />
          <NodeSelect label={words.leadsTo} ids={ids} value={one.next} onChange={(next) => change(index, { next })} />
          <button
            type="button"
            className="plain danger"
            aria-label={`${words.removeOption}: ${one.variable}`}
            disabled={node.cases.length === 1}
            onClick={() => onChange({ ...node, cases: node.cases.filter((_one, at) => at !== index) })}
          >
            {words.removeOption}
          </button>
        </div>
      ))}
      <button
        type="button"
        onClick={() => {
          const variable = node.cases.at(-1)?.variable ?? 'number';
          onChange({ ...node, cases: [...node.cases, { variable, is: [''], next: OPEN_END }] });
        }}
      >
        {words.addCase}
      </button>
      <Labelled label={words.otherwise}>
        {(id) => (
          <NodeSelect
            id={id}
            ids={ids}
            value={node.otherwise}
            onChange={(otherwise) => onChange({ ...node, otherwise })}
          />
        )}
      </Labelled>
    </section>
  );
}

import { words } from '../words/index.js';
import type { Draft } from './flow-api.js';
import { countedHours, type CountedHours } from './use-figures.js';

interface Props {
  readonly view: 'drawing' | 'list';
  readonly readOnly: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly unsaved: boolean;
  readonly saving: boolean;
  readonly draft: Draft;
  readonly mayPublish: boolean;
  readonly canPublish: boolean;
  readonly hours: CountedHours;
  readonly onView: (view: 'drawing' | 'list') => void;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  readonly onFind: () => void;
  readonly onHours: (hours: CountedHours) => void;
  readonly onKeys: () => void;
  readonly onEmpty: () => void;
  readonly onSave: () => void;
  readonly onPublish: () => void;
}

export function Toolbar(props: Props) {
  const { view, readOnly, canUndo, canRedo, unsaved, saving, draft, mayPublish, canPublish, hours } = props;
  return (
    <div className="toolbar">
      <div className="switch" role="group" aria-label={words.view}>
        {(['drawing', 'list'] as const).map((one) => (
          <button key={one} type="button" aria-pressed={view === one} onClick={() => props.onView(one)}>
            {words[one]}
          </button>
        ))}
      </div>
      {!readOnly && (
        <>
          <button type="button" className="plain" disabled={!canUndo} onClick={props.onUndo}>
            {words.undo}
          </button>
          <button type="button" className="plain" disabled={!canRedo} onClick={props.onRedo}>
            {words.redo}
          </button>
        </>
      )}
      <button type="button" className="plain" onClick={props.onFind}>
        {words.search}
      </button>
      {!readOnly && (
        <>
          <button type="button" className="plain" onClick={props.onEmpty}>
            {words.beginEmpty}
          </button>
          <a className="plain button" href="#/import">
            {words.import}
          </a>
        </>
      )}
      {view === 'drawing' ? (
        <button type="button" className="plain" onClick={props.onKeys}>
          {words.keys}
        </button>
      ) : (
        <button type="button" className="plain" onClick={() => window.print()}>
          {words.print}
        </button>
      )}
      <select
        aria-label={words.counters}
        title={words.counters}
        value={hours}
        onChange={({ target }) => props.onHours(Number(target.value) as CountedHours)}
      >
        {countedHours.map((one) => (
          <option key={one} value={one}>
            {words.counted[one]}
          </option>
        ))}
      </select>
      <div className="toolbar-end">
        <span className="state" role="status">
          {words.draftState(draft.revision, draft.live)} {unsaved && <b>{words.unsaved}</b>}
        </span>
        {!readOnly && (
          <button type="button" disabled={!unsaved || saving} onClick={props.onSave}>
            {words.save}
          </button>
        )}
        {mayPublish && (
          <button type="button" className="primary" disabled={!canPublish} onClick={props.onPublish}>
            {words.publish}
          </button>
        )}
      </div>
    </div>
  );
}

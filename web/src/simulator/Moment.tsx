import { isOpen } from '../../../src/dialog/hours.js';
import type { Flow } from '../../../src/flow/schema.js';
import { words } from '../words/index.js';

interface Props {
  readonly flow: Flow;
  readonly wallMs: number;
  readonly onChange: (wallMs: number) => void;
}

const STEP_MS = 15 * 60_000;
/** A fortnight is looked through: some are open only on one day of the week. */
const LOOK_MS = 14 * 24 * 60 * 60_000;

/** When the call is: now, any date, or the next time that the house is closed, or open. */
export function Moment({ flow, wallMs, onChange }: Props) {
  const hours = Object.values(flow.nodes).find((node) => node.kind === 'hours');
  const next = (open: boolean): void => {
    if (!hours) return;
    for (let at = wallMs; at < wallMs + LOOK_MS; at += STEP_MS)
      if (isOpen(hours, at) === open) {
        onChange(at);
        return;
      }
  };
  return (
    <div className="row moment">
      <label>
        {words.atTime}{' '}
        <input
          type="datetime-local"
          value={localTime(wallMs)}
          onChange={({ target }) => {
            const at = new Date(target.value).getTime();
            if (!Number.isNaN(at)) onChange(at);
          }}
        />
      </label>
      <button type="button" className="plain" onClick={() => onChange(Date.now())}>
        {words.rightNow}
      </button>
      {hours && (
        <>
          <button type="button" className="plain" onClick={() => next(false)}>
            {words.whenItIsClosed}
          </button>
          <button type="button" className="plain" onClick={() => next(true)}>
            {words.whenItIsOpen}
          </button>
        </>
      )}
    </div>
  );
}

/** As `datetime-local` wants it, in the browser's own time. */
function localTime(wallMs: number): string {
  const date = new Date(wallMs);
  return new Date(wallMs - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

import { useState } from 'react';
import type { AdmissionReport } from '../../../src/admin/live.js';
import type { LiveState } from '../calls/live-state.js';
import { api, type Session } from '../kit/api.js';
import { Problem } from '../kit/problem.js';
import { PartRow } from './PartRow.js';
import { words, modeWords, serviceWords } from '../words/index.js';

interface Props {
  readonly live: LiveState;
  readonly session: Session;
}

/** The parts of the line, each with its state in words and colour, and the switch for new calls. */
export function LinePage({ live, session }: Props) {
  const mayChange = session.may.includes('calls:control');
  return (
    <main>
      <h1>{words.line}</h1>
      <p className="quiet">{words.lineHint}</p>
      {live.health && <Admission report={live.health.admission} mayChange={mayChange} />}
      <table className="card parts">
        <caption className="only-read">{words.parts}</caption>
        <thead>
          <tr>
            <th scope="col">{words.lineEngine}</th>
            <th scope="col">{words.lineState}</th>
            <th scope="col">{words.since}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {live.health?.parts.map((part) => (
            <PartRow key={part.name} part={part} mayChange={mayChange} />
          ))}
        </tbody>
      </table>
    </main>
  );
}

/** How new calls are served. What was decided comes with the next health. */
function Admission({
  report: { mode, service },
  mayChange,
}: {
  readonly report: AdmissionReport;
  readonly mayChange: boolean;
}) {
  const [refused, setRefused] = useState('');
  const decide = async (chosen: string): Promise<void> => {
    try {
      await api('/api/admission', { method: 'PUT', body: { mode: chosen } });
      setRefused('');
    } catch {
      setRefused(words.notTaken);
    }
  };
  return (
    <fieldset className="card admission" disabled={!mayChange}>
      <legend>{words.newCalls}</legend>
      {Object.entries(modeWords).map(([value, text]) => (
        <label key={value} className="check">
          <input
            type="radio"
            name="admission"
            value={value}
            checked={mode === value}
            onChange={() => void decide(value)}
          />{' '}
          {text}
          {value === 'measured' && mode === 'measured' && <span className="quiet"> ({serviceWords[service]})</span>}
        </label>
      ))}
      <p className="quiet">{words.newCallsHint}</p>
      {refused !== '' && <Problem of={refused} />}
    </fieldset>
  );
}

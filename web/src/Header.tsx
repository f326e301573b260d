import { useState } from 'react';
import type { AdmissionReport, HealthPart } from '../../src/admin/live.js';
import { api, type Session } from './api.js';
import type { LiveState } from './live-state.js';
import { words } from './words.js';

const partWords = {
  starting: 'starting',
  ready: 'ready',
  down: 'down',
  absent: 'not set up',
} as const satisfies Record<HealthPart['state'], string>;

interface HeaderProps {
  readonly live: LiveState;
  readonly session: Session;
  readonly onLeave: () => void;
}

/** Name, whether calls can be served, and each part's state in words and colour. */
export function Header({ live, session, onLeave }: HeaderProps) {
  return (
    <header className="top">
      <div className="brand">
        <img src="/icon.svg" alt="" width="32" height="32" />
        <h1>Handrail</h1>
        <Readiness live={live} />
        <p className="who-am-i">
          {words.loggedInAs(session.name, session.role)}{' '}
          <button type="button" onClick={onLeave}>
            {words.signOut}
          </button>
        </p>
      </div>
      <ul className="parts" aria-label="Parts">
        {live.health?.parts.map((part) => (
          <li key={part.name} className={`part ${part.state}`}>
            <span className="dot" aria-hidden="true" />
            {part.name} <span className="part-state">{stateOf(part)}</span>
          </li>
        ))}
      </ul>
      {live.health && <Admission report={live.health.admission} mayChange={session.may.includes('calls:control')} />}
    </header>
  );
}

const modeWords = {
  measured: 'as the machine allows',
  keypad: 'by keys only',
  drain: 'none: they get the dialplan’s menu',
} as const satisfies Record<AdmissionReport['mode'], string>;

const serviceWords = {
  full: 'speech and language model',
  'no-model': 'speech, written answers only',
  keypad: 'keys only, the machine is busy',
} as const satisfies Record<AdmissionReport['service'], string>;

/** How new calls are served, and the switch for it. The answer comes with the next health. */
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
      setRefused('The controller did not take it.');
    }
  };
  return (
    <label className="admission">
      New calls{' '}
      <select value={mode} disabled={!mayChange} onChange={(event) => void decide(event.target.value)}>
        {Object.entries(modeWords).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>{' '}
      <span className="part-state">{refused || (mode === 'measured' ? serviceWords[service] : '')}</span>
    </label>
  );
}

function stateOf({ state, problem }: HealthPart): string {
  return state === 'down' && problem ? `${partWords[state]}: ${problem}` : partWords[state];
}

function Readiness({ live: { link, health } }: { readonly live: LiveState }) {
  const { words, mood } =
    link === 'connecting'
      ? { words: 'connecting…', mood: 'idle' }
      : link === 'lost'
        ? { words: 'link to the controller lost, trying again…', mood: 'bad' }
        : health?.ready
          ? { words: 'takes calls', mood: 'good' }
          : { words: 'cannot take calls', mood: 'bad' };
  return (
    <p className={`readiness ${mood}`} role="status">
      {words}
    </p>
  );
}

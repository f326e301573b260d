import { useState } from 'react';
import type { AdmissionReport, HealthPart } from '../../src/admin/live.js';
import type { LiveState } from './live-state.js';

const partWords = {
  starting: 'starting',
  ready: 'ready',
  down: 'down',
  absent: 'not set up',
} as const satisfies Record<HealthPart['state'], string>;

/** Name, whether calls can be served, and each part's state in words and colour. */
export function Header({ live }: { readonly live: LiveState }) {
  return (
    <header className="top">
      <div className="brand">
        <img src="/icon.svg" alt="" width="32" height="32" />
        <h1>Handrail</h1>
        <Readiness live={live} />
      </div>
      <ul className="parts" aria-label="Parts">
        {live.health?.parts.map((part) => (
          <li key={part.name} className={`part ${part.state}`}>
            <span className="dot" aria-hidden="true" />
            {part.name} <span className="part-state">{stateOf(part)}</span>
          </li>
        ))}
      </ul>
      {live.health && <Admission report={live.health.admission} />}
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
function Admission({ report: { mode, service } }: { readonly report: AdmissionReport }) {
  const [refused, setRefused] = useState('');
  const decide = async (chosen: string): Promise<void> => {
    const answer = await fetch('/api/admission', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ mode: chosen }),
    }).catch(() => undefined);
    setRefused(answer?.ok ? '' : 'The controller did not take it.');
  };
  return (
    <label className="admission">
      New calls{' '}
      <select value={mode} onChange={(event) => void decide(event.target.value)}>
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

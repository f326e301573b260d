import { useState, type ReactNode } from 'react';
import type { LiveState } from '../calls/live-state.js';
import type { Session } from '../kit/api.js';
import {
  chooseLanguage,
  chooseTheme,
  chosenLanguage,
  chosenTheme,
  languages,
  themes,
  type Language,
  type Theme,
} from '../kit/look.js';
import { words } from '../words/index.js';

interface Props {
  readonly live: LiveState;
  readonly session: Session;
  readonly onLeave: () => void;
  /** The ways to the pages. */
  readonly children: ReactNode;
}

/** Name, pages, whether calls can be served, how the page looks, and who is at it. */
export function Header({ live, session, onLeave, children }: Props) {
  return (
    <header className="top">
      <a className="brand" href="#/calls">
        <img src="/icon.svg" alt="" width="26" height="26" />
        <span>Handrail</span>
      </a>
      {children}
      <div className="top-end">
        <Readiness live={live} />
        <Looks />
        <span className="who-am-i">
          <b>{session.name}</b> <span className="quiet">{session.role}</span>
        </span>
        <button type="button" className="plain" onClick={onLeave}>
          {words.signOut}
        </button>
      </div>
    </header>
  );
}

function Looks() {
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <>
      <select
        aria-label={words.theme}
        title={words.theme}
        value={theme}
        onChange={({ target }) => {
          chooseTheme(target.value as Theme);
          setTheme(target.value as Theme);
        }}
      >
        {themes.map((name) => (
          <option key={name} value={name}>
            {words.themes[name]}
          </option>
        ))}
      </select>
      <select
        aria-label={words.language}
        title={words.language}
        value={chosenLanguage()}
        onChange={({ target }) => chooseLanguage(target.value as Language)}
      >
        {Object.entries(languages).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </>
  );
}

function Readiness({ live: { link, health } }: { readonly live: LiveState }) {
  const [text, mood] =
    link === 'connecting'
      ? [words.connecting, 'idle']
      : link === 'lost'
        ? [words.linkLost, 'bad']
        : health?.ready
          ? [words.takesCalls, 'good']
          : [words.takesNone, 'bad'];
  return (
    <a className={`readiness ${mood}`} href="#/line">
      <span className="dot" aria-hidden="true" />
      <span role="status">{text}</span>
    </a>
  );
}

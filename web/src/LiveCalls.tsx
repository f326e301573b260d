import { useEffect, useState } from 'react';
import type { LiveCall } from '../../src/admin/live.js';
import { Conversation } from './Conversation.js';
import { duration, maskedNumber } from './format.js';
import type { LiveState } from './live-state.js';

export function LiveCalls({ live }: { readonly live: LiveState }) {
  const nowMs = useNowMs() + live.clockOffsetMs;
  return (
    <section aria-labelledby="live-title">
      <h2 id="live-title">
        Live calls <span className="count">{live.calls.length}</span>
      </h2>
      {live.calls.length === 0 ? (
        <NoCalls />
      ) : (
        live.calls.map((call) => <Card key={call.callId} call={call} nowMs={nowMs} />)
      )}
    </section>
  );
}

function Card({ call, nowMs }: { readonly call: LiveCall; readonly nowMs: number }) {
  return (
    <article className="card live" aria-label={`Call from ${maskedNumber(call.callerNumber)}`}>
      <div className="card-head">
        <span className="pulse" aria-hidden="true" />
        <b>{maskedNumber(call.callerNumber)}</b>
        <span className={`chip face-${call.face}`}>{call.face === 'ai' ? 'by voice' : 'on the keypad'}</span>
        <span className="quiet">{call.nodeId === undefined ? 'connecting' : `at ${call.nodeId}`}</span>
        <time className="duration">{duration(nowMs - call.startedAtWallMs)}</time>
      </div>
      <Conversation turns={call.turns} />
    </article>
  );
}

function NoCalls() {
  return (
    <div className="card empty">
      <p>
        <b>Nobody is calling.</b> Place a call and watch it here, turn by turn:
      </p>
      <ul>
        <li>
          with any softphone: call the SIP address that <code>npm start</code> printed;
        </li>
        <li>
          without a phone: <code>npx handrail call --play FILE.wav</code>, or <code>--dtmf 1</code> for the keypad.
        </li>
      </ul>
    </div>
  );
}

/** Ticks once a second. */
function useNowMs(): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNowMs(Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, []);
  return nowMs;
}

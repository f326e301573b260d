import { useEffect, useState } from 'react';
import type { LiveCall } from '../../../src/admin/live.js';
import type { Session } from '../kit/api.js';
import { Conversation } from './Conversation.js';
import { duration, maskedNumber } from './format.js';
import { words } from '../words/index.js';
import { ListenIn } from './ListenIn.js';
import { MoveButtons } from './MoveButtons.js';
import { TapButtons } from './TapButtons.js';
import type { LiveState } from './live-state.js';

interface Props {
  readonly live: LiveState;
  readonly session: Session;
}

export function LiveCalls({ live, session }: Props) {
  const nowMs = useNowMs() + live.clockOffsetMs;
  return (
    <section aria-labelledby="live-title">
      <h2 id="live-title">
        {words.liveCalls} <span className="count">{live.calls.length}</span>
      </h2>
      {live.calls.length === 0 ? (
        <NoCalls />
      ) : (
        live.calls.map((call) => <Card key={call.callId} {...{ call, nowMs }} may={session.may} />)
      )}
    </section>
  );
}

interface CardProps {
  readonly call: LiveCall;
  readonly nowMs: number;
  readonly may: Session['may'];
}

function Card({ call, nowMs, may }: CardProps) {
  return (
    <article className="card live" aria-label={words.callFrom(maskedNumber(call.callerNumber))}>
      <div className="card-head">
        <span className="pulse" aria-hidden="true" />
        <b>{maskedNumber(call.callerNumber)}</b>
        <span className={`chip face-${call.face}`}>{call.face === 'ai' ? words.faceAi : words.faceKeypad}</span>
        <span className="quiet">{call.nodeId === undefined ? words.callConnecting : words.callAt(call.nodeId)}</span>
        {may.includes('calls:control') && <MoveButtons callId={call.callId} />}
        {may.includes('calls:record') && <TapButtons callId={call.callId} />}
        <time className="duration">{duration(nowMs - call.startedAtWallMs)}</time>
      </div>
      {may.includes('calls:listen') && <ListenIn callId={call.callId} />}
      <Conversation turns={call.turns} />
    </article>
  );
}

function NoCalls() {
  return (
    <div className="card empty">
      <p>
        <b>{words.nobodyCalls}</b> {words.placeCall}
      </p>
      <ul>
        <li>{words.withSoftphone}</li>
        <li>
          {words.withoutPhone} <code>npx handrail call --play FILE.wav</code>, <code>--dtmf 1</code>
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

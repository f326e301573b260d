import { useEffect, useState } from 'react';
import type { LiveCall } from '../../../src/admin/live.js';
import { Conversation } from './Conversation.js';
import { duration, maskedNumber } from './format.js';
import { words } from '../words/index.js';
import { MoveButtons } from './MoveButtons.js';
import { TapButtons } from './TapButtons.js';
import type { LiveState } from './live-state.js';

interface Props {
  readonly live: LiveState;
  readonly mayRecord: boolean;
  readonly mayControl: boolean;
}

export function LiveCalls({ live, mayRecord, mayControl }: Props) {
  const nowMs = useNowMs() + live.clockOffsetMs;
  return (
    <section aria-labelledby="live-title">
      <h2 id="live-title">
        {words.liveCalls} <span className="count">{live.calls.length}</span>
      </h2>
      {live.calls.length === 0 ? (
        <NoCalls />
      ) : (
        live.calls.map((call) => <Card key={call.callId} {...{ call, nowMs, mayRecord, mayControl }} />)
      )}
    </section>
  );
}

interface CardProps {
  readonly call: LiveCall;
  readonly nowMs: number;
  readonly mayRecord: boolean;
  readonly mayControl: boolean;
}

function Card({ call, nowMs, mayRecord, mayControl }: CardProps) {
  return (
    <article className="card live" aria-label={words.callFrom(maskedNumber(call.callerNumber))}>
      <div className="card-head">
        <span className="pulse" aria-hidden="true" />
        <b>{maskedNumber(call.callerNumber)}</b>
        <span className={`chip face-${call.face}`}>{call.face === 'ai' ? words.faceAi : words.faceKeypad}</span>
        <span className="quiet">{call.nodeId === undefined ? words.callConnecting : words.callAt(call.nodeId)}</span>
        {mayControl && <MoveButtons callId={call.callId} />}
        {mayRecord && <TapButtons callId={call.callId} />}
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

import type { TurnInput, TurnRecord } from '../../../src/observability/turn-record.js';
import { fallbackWords, outcomeWords, words } from '../words/index.js';
import { Waterfall } from './Waterfall.js';

/** A call's turns as people read them: what the caller said, what was understood, what was answered, and when. */
export function Conversation({ turns }: { readonly turns: readonly TurnRecord[] }) {
  if (turns.length === 0) return <p className="quiet">{words.noTurn}</p>;
  return (
    <ol className="conversation">
      {turns.map((turn, at) => (
        <Turn key={turn.turnId} turn={turn} isTakenBack={takesBack(turns[at + 1]?.input)} />
      ))}
    </ol>
  );
}

function takesBack(input: TurnInput | undefined): boolean {
  return input?.type === 'speech' && input.takesBack === true;
}

/** @param isTakenBack the caller went on into the answer, and the next turn has what they said as a whole */
function Turn({ turn, isTakenBack }: { readonly turn: TurnRecord; readonly isTakenBack: boolean }) {
  const { input, said, outcome, fallback, nodeId, face, marks } = turn;
  // The bot's own turns: the greeting, “anything else?”, the words after a transfer failed.
  if (input.type === 'none' && outcome === 'accepted')
    return <li className="turn">{said !== '' && <Bot said={said} />}</li>;
  return (
    <li className={isTakenBack ? 'turn taken-back' : 'turn'}>
      <Caller input={input} />
      <p className="turn-facts">
        <span className={`chip outcome-${isTakenBack ? 'taken-back' : outcome}`}>
          {isTakenBack ? words.takenBack : outcomeWords[outcome]}
        </span>
        {isTakenBack && <span>{words.wentOn}</span>}
        <span>
          {words.callAt(nodeId)}
          {face === 'keypad' && words.keypadToo}
        </span>
        <Meaning input={input} />
        {fallback && <span className="fallback">{words.fellBack(fallbackWords[fallback])}</span>}
      </p>
      <Waterfall marks={marks} />
      {said !== '' && <Bot said={said} />}
    </li>
  );
}

function Bot({ said }: { readonly said: string }) {
  return (
    <p className="bubble bot">
      <span className="who">{words.bot}</span>
      <bdi>{said}</bdi>
    </p>
  );
}

function Caller({ input }: { readonly input: TurnInput }) {
  switch (input.type) {
    case 'none':
      return <p className="bubble caller quiet">{words.silent}</p>;
    case 'keys':
      return (
        <p className="bubble caller">
          <span className="who">{words.callerPressed}</span>
          <kbd>{input.digits === '' ? words.notKept : input.digits}</kbd>
        </p>
      );
    case 'speech':
      return (
        <p className="bubble caller">
          <span className="who">{words.callerSure(Math.round(input.confidence * 100), takesBack(input))}</span>
          {input.text === '' ? <i>{words.wordsNotKept}</i> : <bdi>{input.text}</bdi>}
        </p>
      );
  }
}

function Meaning({ input }: { readonly input: TurnInput }) {
  if (input.type === 'none') return null;
  const { intent, slots } = input.meaning;
  const parts = [...(intent ? [intent] : []), ...Object.entries(slots).map(([name, value]) => `${name}: ${value}`)];
  return parts.length > 0 ? <span className="meaning">{parts.join(' · ')}</span> : null;
}

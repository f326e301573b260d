import { useState, type FormEvent } from 'react';
import { Problem } from '../kit/problem.js';
import type { SimulatedInput, SimulatedStep } from '../../../src/dialog/simulate.js';
import { words } from '../words/index.js';

interface Props {
  readonly asks: SimulatedStep['asks'];
  readonly onAnswer: (answer: SimulatedInput) => void;
}

/** Plays the web service that a tool node asks: nobody is really asked. */
export function ToolAnswer({ asks, onAnswer }: Props) {
  const [problem, setProblem] = useState('');
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    try {
      onAnswer({
        type: 'tool',
        answer: JSON.parse(String(new FormData(event.currentTarget).get('answer'))) as unknown,
      });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form onSubmit={send}>
      {asks && <p className="quiet">{words.toolAsks(asks.method, asks.url)}</p>}
      <div className="row together">
        <input name="answer" className="json" aria-label={words.toolAnswer} placeholder={words.toolAnswer} />
        <button type="submit" className="primary">
          {words.answerIt}
        </button>
        <button type="button" onClick={() => onAnswer({ type: 'done', ok: false })}>
          {words.itFails}
        </button>
      </div>
      <Problem of={problem} />
    </form>
  );
}

import { useEffect, useState, type FormEvent } from 'react';
import type { SimulatedInput, SimulatedStep } from '../../src/dialog/simulate.js';
import type { Flow } from '../../src/flow/schema.js';
import { useSimulation } from './flow-api.js';
import { inWords } from './Login.js';
import { words } from './words.js';

interface Props {
  readonly flow: Flow;
  /** Told which nodes the call has passed, to light them up. */
  readonly onPath: (ids: readonly string[]) => void;
}

/** A pretended call on the line's own interpreter and NLU: by words, by keys, and with trouble. */
export function Simulator({ flow, onPath }: Props) {
  const [inputs, setInputs] = useState<readonly SimulatedInput[]>([]);
  const [speech, setSpeech] = useState(true);
  const [at, setAt] = useState(() => localTime(new Date()));
  const wallMs = new Date(at).getTime();
  const simulation = useSimulation(flow, inputs, speech, Number.isNaN(wallMs) ? 0 : wallMs);
  const steps = simulation.data;
  useEffect(() => onPath((steps ?? []).map(({ nodeId }) => nodeId)), [steps, onPath]);
  const then = steps?.at(-1)?.then;
  const add = (input: SimulatedInput): void => setInputs([...inputs, input]);
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = String(new FormData(form).get('text')).trim();
    if (text !== '') add(/^[0-9*#]+$/.test(text) ? { type: 'keys', keys: text } : { type: 'say', text });
    form.reset();
  };
  return (
    <section className="simulator card" aria-label={words.simulator}>
      <h3>{words.simulator}</h3>
      {simulation.error && <p className="problem">{inWords(simulation.error)}</p>}
      <ol className="conversation" aria-live="polite">
        {steps?.map((step, index) => (
          <Step key={index} step={step} />
        ))}
      </ol>
      {then === 'listen' && (
        <>
          <form className="row" onSubmit={send}>
            <input
              name="text"
              aria-label={words.callerSays}
              placeholder={`${words.sayIt} … / ${words.press} 1`}
              autoComplete="off"
            />
            <button type="submit">{words.sayIt}</button>
          </form>
          <div className="row">
            <button type="button" onClick={() => add({ type: 'silence' })}>
              {words.silence}
            </button>
            <button type="button" onClick={() => add({ type: 'trouble', reason: 'deadline' })}>
              {words.lateTurn}
            </button>
            <button type="button" onClick={() => add({ type: 'trouble', reason: 'engine' })}>
              {words.engineDead}
            </button>
          </div>
        </>
      )}
      {(then === 'transfer' || then === 'voicemail') && (
        <div className="row">
          <button type="button" onClick={() => add({ type: 'done', ok: true })}>
            {words.personThere}
          </button>
          <button type="button" onClick={() => add({ type: 'done', ok: false })}>
            {words.personNot}
          </button>
        </div>
      )}
      {then === 'hangup' && <p className="quiet">{words.callOver}</p>}
      <div className="row">
        <button type="button" onClick={() => setInputs([])}>
          {words.again}
        </button>
        <label>
          <input type="checkbox" checked={!speech} onChange={({ target }) => setSpeech(!target.checked)} />{' '}
          {words.noSpeech}
        </label>
        <label>
          {words.atTime} <input type="datetime-local" value={at} onChange={({ target }) => setAt(target.value)} />
        </label>
      </div>
    </section>
  );
}

function Step({ step }: { readonly step: SimulatedStep }) {
  const { input, understood, said, nodeId, face, fallback } = step;
  const best = understood[0];
  return (
    <li className="turn">
      {input && <p className="bubble caller">{inputInWords(input)}</p>}
      <p className="turn-facts">
        {input?.type === 'say' && (
          <span className="meaning">
            {best
              ? words.understoodAs(
                  [best.meaning.answerId ?? best.meaning.intent ?? '', ...Object.values(best.meaning.slots)].join(' '),
                  Math.round(best.probability * 100),
                )
              : words.notUnderstood}
          </span>
        )}
        <span>
          → <b>{nodeId}</b>
          {face === 'keypad' && `, ${words.onKeypad}`}
        </span>
        {fallback && <span className="fallback">{words.fellBack(fallback)}</span>}
      </p>
      {said.length > 0 && <p className="bubble bot">{said.join(' ')}</p>}
    </li>
  );
}

function inputInWords(input: SimulatedInput): string {
  switch (input.type) {
    case 'say':
      return input.text;
    case 'keys':
      return `${words.press} ${input.keys}`;
    case 'silence':
      return words.silence;
    case 'trouble':
      return input.reason === 'deadline' ? words.lateTurn : words.engineDead;
    case 'done':
      return input.ok ? words.personThere : words.personNot;
  }
}

/** As `datetime-local` wants it, in the browser's own time. */
function localTime(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

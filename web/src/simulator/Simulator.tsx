import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent } from 'react';
import type { SimulatedInput, SimulatedStep } from '../../../src/dialog/simulate.js';
import type { Flow } from '../../../src/flow/schema.js';
import { objectId } from '../editor/flow-api.js';
import { api } from '../kit/api.js';
import { Problem } from '../kit/problem.js';
import { useSettled } from '../kit/use-settled.js';
import { words } from '../words/index.js';
import { FlowTests } from './FlowTests.js';
import { KeepRun } from './KeepRun.js';
import { Moment } from './Moment.js';
import { SpeakButton } from './SpeakButton.js';
import { Step } from './Step.js';
import { ToolAnswer } from './ToolAnswer.js';

interface Props {
  readonly flow: Flow;
  /** Whether runs may be kept as tests. */
  readonly mayEdit: boolean;
  /** Told which nodes the call has passed, to light them up. */
  readonly onPath: (ids: readonly string[]) => void;
}

const AFTER_MS = 300;
/** How sure the recogniser is of words on a bad line: a clear guess is then one that is asked back. */
const DOUBTFUL = 0.6;

/** A pretended call on the line's own interpreter, NLU and recogniser: by speech, words and keys, and with trouble. */
export function Simulator({ flow: changing, mayEdit, onPath }: Props) {
  const flow = useSettled(changing, AFTER_MS);
  const [inputs, setInputs] = useState<readonly SimulatedInput[]>([]);
  const [speech, setSpeech] = useState(true);
  const [doubtful, setDoubtful] = useState(false);
  const [wallMs, setWallMs] = useState(() => Date.now());
  const simulation = useSimulation(flow, inputs, speech, wallMs);
  const steps = simulation.data;
  useEffect(() => onPath((steps ?? []).map(({ nodeId }) => nodeId)), [steps, onPath]);
  const then = steps?.at(-1)?.then;
  const add = (input: SimulatedInput): void => setInputs([...inputs, input]);
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = String(new FormData(form).get('text')).trim();
    if (text === '') return;
    if (/^[0-9*#]+$/.test(text)) add({ type: 'keys', keys: text });
    else add({ type: 'say', text, ...(doubtful ? { sure: DOUBTFUL } : {}) });
    form.reset();
  };
  return (
    <section className="simulator" aria-label={words.simulator}>
      <Moment flow={flow} wallMs={wallMs} onChange={setWallMs} />
      {simulation.error && <Problem of={simulation.error} />}
      <ol className="conversation" aria-live="polite">
        {steps?.map((step, index) => (
          <Step key={index} step={step} />
        ))}
      </ol>
      {then === 'listen' && (
        <>
          <form className="row together" onSubmit={send}>
            <input
              name="text"
              aria-label={words.callerSays}
              placeholder={words.sayOrPress}
              autoComplete="off"
              dir="auto"
            />
            <button type="submit" className="primary">
              {words.sayIt}
            </button>
            {speech && <SpeakButton asked={{ document: flow, inputs, wallMs }} onHeard={add} />}
          </form>
          <div className="row troubles" role="group" aria-label={words.trouble}>
            <span className="quiet">{words.trouble}</span>
            <button type="button" onClick={() => add({ type: 'silence' })}>
              {words.silence}
            </button>
            <button type="button" onClick={() => add({ type: 'noise' })}>
              {words.noise}
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
      {then === 'tool' && <ToolAnswer asks={steps?.at(-1)?.asks} onAnswer={add} />}
      {(then === 'transfer' || then === 'voicemail' || then === 'callback') && (
        <div className="row">
          <button type="button" onClick={() => add({ type: 'done', ok: true })}>
            {then === 'callback' ? words.callbackNoted : words.personThere}
          </button>
          <button type="button" onClick={() => add({ type: 'done', ok: false })}>
            {then === 'callback' ? words.callbackNotNoted : words.personNot}
          </button>
        </div>
      )}
      {then === 'hangup' && <p className="quiet">{words.callOver}</p>}
      <div className="row simulator-foot">
        <button type="button" className="plain" onClick={() => setInputs([])}>
          {words.again}
        </button>
        <label className="check">
          <input type="checkbox" checked={doubtful} onChange={({ target }) => setDoubtful(target.checked)} />{' '}
          {words.doubtful}
        </label>
        <label className="check">
          <input type="checkbox" checked={!speech} onChange={({ target }) => setSpeech(!target.checked)} />{' '}
          {words.noSpeech}
        </label>
      </div>
      {mayEdit && inputs.length > 0 && <KeepRun run={{ document: flow, inputs, speech, wallMs }} />}
      <FlowTests flow={flow} mayEdit={mayEdit} />
    </section>
  );
}

function useSimulation(document: Flow, inputs: readonly SimulatedInput[], speech: boolean, wallMs: number) {
  return useQuery({
    queryKey: ['simulate', document, inputs, speech, wallMs],
    queryFn: ({ signal }) =>
      api<readonly SimulatedStep[]>('/api/simulate', {
        method: 'POST',
        body: { document, inputs, speech, wallMs },
        signal,
      }),
    queryKeyHashFn: () => `simulate ${String(objectId(document))} ${JSON.stringify([inputs, speech, wallMs])}`,
    placeholderData: (before) => before,
    gcTime: 0,
    retry: false,
  });
}

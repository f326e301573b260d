import type { SimulatedInput, SimulatedStep } from '../../../src/dialog/simulate.js';
import type { Hypothesis } from '../../../src/flow/expectation.js';
import { fallbackWords, words } from '../words/index.js';

/** So many guesses are shown. */
const GUESSES = 3;

/**
 * One step of a pretended call: what came, what was understood and how surely, what it took, and what is said. The caller is at the
 * left, as in the list of calls and in the recording of one, whoever plays them here.
 */
export function Step({ step }: { readonly step: SimulatedStep }) {
  const { input, understood, said, nodeId, face, fallback, tookMs } = step;
  const isSpeech = input?.type === 'say' || input?.type === 'heard' || input?.type === 'noise';
  return (
    <li className="turn">
      {input && (
        <p className="bubble caller">
          <span className="who">{words.caller}</span>
          <bdi>{inputInWords(input)}</bdi>
        </p>
      )}
      {isSpeech && (
        <ul className="guesses">
          {understood.length === 0 && <li>{words.notUnderstood}</li>}
          {understood.slice(0, GUESSES).map(({ meaning, probability }, at) => (
            <li key={at}>
              <meter min={0} max={1} value={probability} aria-hidden="true" />{' '}
              <bdi>{words.understoodAs(meaningInWords(meaning), Math.round(probability * 100))}</bdi>
            </li>
          ))}
        </ul>
      )}
      <p className="turn-facts">
        <span>
          → <b>{nodeId}</b>
          {face === 'keypad' && `, ${words.onKeypad}`}
        </span>
        {input?.type === 'heard' && <span>{words.tookMs('stt', input.sttMs)}</span>}
        {isSpeech && <span>{words.tookMs('nlu', input.type === 'heard' ? input.nluMs : tookMs)}</span>}
        {fallback && <span className="fallback">{words.fellBack(fallbackWords[fallback])}</span>}
      </p>
      {said.length > 0 && (
        <p className="bubble bot">
          <span className="who">{words.bot}</span>
          <bdi>{said.join(' ')}</bdi>
        </p>
      )}
    </li>
  );
}

function meaningInWords({ answerId, intent, slots }: Hypothesis['meaning']): string {
  return [answerId ?? intent ?? '', ...Object.entries(slots).map(([name, value]) => `${name}: ${value}`)].join(' ');
}

function inputInWords(input: SimulatedInput): string {
  switch (input.type) {
    case 'say':
    case 'heard':
      return input.text;
    case 'keys':
      return `${words.press} ${input.keys}`;
    case 'silence':
      return words.silence;
    case 'noise':
      return words.noise;
    case 'trouble':
      return input.reason === 'deadline' ? words.lateTurn : words.engineDead;
    case 'tool':
      return JSON.stringify(input.answer);
    case 'done':
      return input.ok ? words.personThere : words.personNot;
  }
}

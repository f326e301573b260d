import { initialState } from '../entering.js';
import { step } from '../interpreter.js';
import type { Circumstances, DialogInput, DialogState, Step } from '../state.js';
import { smallFlow } from './small-flow.js';
import type { KeyEvent } from '../../fallback-ivr/key-collector.js';

/** Everything works. */
export const now: Circumstances = { wallMs: 0, speech: true, languageModel: true };

/** Walks a flow input by input; the last step is what a test looks at. */
export class Walk {
  state: DialogState = initialState(smallFlow);
  last: Step;

  constructor(private readonly circumstances: Circumstances = now) {
    this.last = this.do({ type: 'start' });
  }

  do(input: DialogInput): Step {
    this.last = step(smallFlow, this.state, input, this.circumstances);
    this.state = this.last.state;
    return this.last;
  }

  hears(...heard: readonly (readonly [string | undefined, Record<string, string>, number])[]): Step {
    const hypotheses = heard.map(([intent, slots, probability]) => ({ meaning: { intent, slots }, probability }));
    return this.do({ type: 'speech', hypotheses, text: 'words' });
  }

  says(intent: string | undefined, slots: Record<string, string> = {}, probability = 0.95, text = 'words'): Step {
    return this.do({ type: 'speech', hypotheses: [{ meaning: { intent, slots }, probability }], text });
  }

  mumbles(text = 'mumble'): Step {
    return this.do({ type: 'speech', hypotheses: [], text });
  }

  presses(...keys: string[]): Step {
    for (const key of keys) this.do({ type: 'keys', event: keyEvent(key) });
    return this.last;
  }
}

function keyEvent(key: string): KeyEvent {
  if (key === '0') return { type: 'operator' };
  if (key === '*') return { type: 'back' };
  if (key === '#') return { type: 'pound' };
  return key.length > 1 ? { type: 'digits', digits: key } : { type: 'choice', key };
}

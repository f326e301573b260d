import { begunIn, enter, initialState } from './entering.js';
import { onChosen, onChosenToolAnswer } from './on-choice.js';
import { onKeys } from './on-keys.js';
import { onAnswerSpoken, onDone, onResume, onSteer, onToolAnswer } from './on-return.js';
import { onFall, onNoInput, onSpeech } from './on-speech.js';
import type { Circumstances, DialogInput, DialogState, Listen, Step } from './state.js';
import { flowIn, inVoice } from '../flow/languages.js';
import type { Flow } from '../flow/schema.js';

/**
 * The flow interpreter: one pure function from where the call is and what happened to what is done next. Both faces of
 * every node run through it; engines, media and timers are the session's business.
 *
 * On the AI face a guess at or above `accept` is acted on, one at or above `confirm` is asked back, anything less is a
 * no-match. Failed tries are tapered: the node's own reprompts first, then the keypad face of the same question, with
 * everything that was understood kept; when the keypad fails too the flow's `giveUp` node takes over.
 */
export function step(flow: Flow, state: DialogState, input: DialogInput, now: Circumstances): Step {
  const next = decide(flowIn(flow, state.language), state, input, now);
  return inVoices(flowIn(flow, next.state.language), next);
}

/** Every text with the voice of its language. */
function inVoices(flow: Flow, { say, then, ...rest }: Step): Step {
  const listen = <L extends Listen>(given: L): L => ({
    ...given,
    keypadPrompt: given.keypadPrompt.map((text) => inVoice(flow, text)),
  });
  return {
    ...rest,
    say: say.map((text) => inVoice(flow, text)),
    then:
      then.type === 'listen'
        ? listen(then)
        : then.type === 'converse'
          ? { ...then, listen: listen(then.listen) }
          : then,
  };
}

function decide(flow: Flow, state: DialogState, input: DialogInput, now: Circumstances): Step {
  switch (input.type) {
    case 'start':
      return enter(flow, begunIn(flow, input.language, initialState(flow, state.variables)), flow.start, now, {
        outcome: 'accepted',
        fallback: input.fallback,
      });
    case 'resume':
      return onResume(flow, state, now);
    case 'speech':
      return onSpeech(flow, state, input.hypotheses, input.text, now);
    case 'keys':
      return onKeys(flow, state, input.event, now);
    case 'noinput':
      return onNoInput(flow, state, now);
    case 'fall':
      return onFall(flow, state, input.reason, now);
    case 'spoken':
      return onAnswerSpoken(flow, state, input.ok, now);
    case 'done':
      return onDone(flow, state, input.ok, now);
    case 'steer':
      return onSteer(flow, state, input.to, now);
    case 'tool':
      return input.chosen
        ? onChosenToolAnswer(flow, state, input.values, input.chosen, now)
        : onToolAnswer(flow, state, input.values, now);
    case 'chosen':
      return onChosen(flow, state, input.choice, input.question);
  }
}

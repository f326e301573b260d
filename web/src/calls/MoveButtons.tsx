import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Steer } from '../../../src/dialog/state.js';
import { api, ApiError } from '../kit/api.js';
import { inWords } from '../kit/in-words.js';
import { words } from '../words/index.js';

/** Moves a call that is up: to the keypad, to a person, or to its end, which is asked once more. */
export function MoveButtons({ callId }: { readonly callId: string }) {
  const [ending, setEnding] = useState(false);
  const move = useMutation({
    mutationFn: (to: Steer) => api(`/api/calls/${encodeURIComponent(callId)}/move`, { method: 'POST', body: { to } }),
  });
  const problem = move.error instanceof ApiError && move.error.status === 409 ? words.notNow : inWords(move.error);
  return (
    <>
      <button type="button" disabled={move.isPending} onClick={() => move.mutate('keypad')}>
        {words.toKeypad}
      </button>
      <button type="button" disabled={move.isPending} onClick={() => move.mutate('person')}>
        {words.toPerson}
      </button>
      <button
        type="button"
        className="danger"
        disabled={move.isPending}
        onBlur={() => setEnding(false)}
        onClick={() => (ending ? move.mutate('end') : setEnding(true))}
      >
        {ending ? words.hangUpSure : words.hangUp}
      </button>
      {move.error && (
        <span className="problem" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}

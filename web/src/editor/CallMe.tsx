import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import type { Flow } from '../../../src/flow/schema.js';
import { api } from '../kit/api.js';
import { inWords } from '../kit/in-words.js';
import { Labelled } from '../kit/labelled.js';
import { remember, remembered } from '../kit/remembered.js';
import { words } from '../words/index.js';

const EXTENSION = 'extension';

/** Rings a telephone and takes whoever answers through what is drawn, from a node on. */
export function CallMe({ flow, node }: { readonly flow: Flow; readonly node: string }) {
  const call = useMutation({
    mutationFn: (extension: string) =>
      api('/api/flow/call', { method: 'POST', body: { extension, node, document: flow } }),
  });
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const extension = String(new FormData(event.currentTarget).get('extension'));
    remember(EXTENSION, extension);
    call.mutate(extension);
  };
  return (
    <form onSubmit={send}>
      <Labelled label={words.callMe} hint={words.callMeHint}>
        {(id) => (
          <span className="row together">
            <input
              id={id}
              name="extension"
              required
              pattern="[0-9A-Za-z_*#+\-]+"
              maxLength={40}
              inputMode="tel"
              defaultValue={remembered(EXTENSION)}
              placeholder={words.yourExtension}
            />
            <button type="submit" disabled={call.isPending}>
              {words.callNow}
            </button>
          </span>
        )}
      </Labelled>
      {call.isSuccess && (
        <p className="quiet" role="status">
          {words.itRings}
        </p>
      )}
      <p className="problem" role="alert">
        {call.error ? inWords(call.error) : ''}
      </p>
    </form>
  );
}

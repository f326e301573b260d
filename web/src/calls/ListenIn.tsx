import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ApiError } from '../kit/api.js';
import { ExtensionForm } from '../kit/extension-form.js';
import { FormOutcome } from '../kit/form-outcome.js';
import { listeningWords } from '../words/index.js';

interface Asked {
  readonly extension: string;
  readonly on: boolean;
}

/** Rings a telephone of the house, which then hears a call that is up and is not heard; and ends that. */
export function ListenIn({ callId }: { readonly callId: string }) {
  const [ear, setEar] = useState<string>();
  const listen = useMutation({
    mutationFn: (body: Asked) => api(`/api/calls/${encodeURIComponent(callId)}/listen`, { method: 'POST', body }),
    onSuccess: (_answer, { extension, on }) => setEar(on ? extension : undefined),
    onError: (error, { on }) => {
      if (!on && error instanceof ApiError) setEar(undefined);
    },
  });
  const isOver = listen.error instanceof ApiError && listen.error.status === 409;
  return (
    <details className="listen-in">
      <summary>{listeningWords.title}</summary>
      {ear === undefined ? (
        <ExtensionForm
          label={listeningWords.at}
          hint={listeningWords.hint}
          action={listeningWords.start}
          busy={listen.isPending}
          onSend={(extension) => listen.mutate({ extension, on: true })}
        />
      ) : (
        <button type="button" disabled={listen.isPending} onClick={() => listen.mutate({ extension: ear, on: false })}>
          {listeningWords.stop}
        </button>
      )}
      <FormOutcome
        of={listen}
        done={ear === undefined ? listeningWords.stopped : listeningWords.rings(ear)}
        problem={isOver ? listeningWords.over : undefined}
      />
    </details>
  );
}

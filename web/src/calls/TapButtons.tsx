import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../kit/api.js';
import { inWords } from '../kit/in-words.js';
import { words } from '../words/index.js';

type Tap = 'recording' | 'capture';

/** Begins and ends a recording, and a capture of the packets, of a call that is up. */
export function TapButtons({ callId }: { readonly callId: string }) {
  const [on, setOn] = useState<ReadonlySet<Tap>>(new Set());
  const tap = useMutation({
    mutationFn: (kind: Tap) =>
      api(`/api/calls/${encodeURIComponent(callId)}/${kind}`, { method: 'POST', body: { on: !on.has(kind) } }),
    onSuccess: (_answer, kind) => {
      const next = new Set(on);
      if (!next.delete(kind)) next.add(kind);
      setOn(next);
    },
  });
  return (
    <>
      <button type="button" aria-pressed={on.has('recording')} onClick={() => tap.mutate('recording')}>
        {on.has('recording') ? words.stopRecording : words.record}
      </button>
      <button type="button" aria-pressed={on.has('capture')} onClick={() => tap.mutate('capture')}>
        {on.has('capture') ? words.stopCapture : words.capture}
      </button>
      {tap.error && (
        <span className="problem" role="alert">
          {inWords(tap.error)}
        </span>
      )}
    </>
  );
}

import { useMutation } from '@tanstack/react-query';
import type { Flow } from '../../../src/flow/schema.js';
import { api } from '../kit/api.js';
import { ExtensionForm } from '../kit/extension-form.js';
import { FormOutcome } from '../kit/form-outcome.js';
import { words } from '../words/index.js';

/** Rings a telephone and takes whoever answers through what is drawn, from a node on. */
export function CallMe({ flow, node }: { readonly flow: Flow; readonly node: string }) {
  const call = useMutation({
    mutationFn: (extension: string) =>
      api('/api/flow/call', { method: 'POST', body: { extension, node, document: flow } }),
  });
  return (
    <>
      <ExtensionForm
        label={words.callMe}
        hint={words.callMeHint}
        action={words.callNow}
        busy={call.isPending}
        onSend={call.mutate}
      />
      <FormOutcome of={call} done={words.itRings} />
    </>
  );
}

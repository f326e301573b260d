import type { FormEvent } from 'react';
import type { SimulatedInput } from '../../../src/dialog/simulate.js';
import type { Flow } from '../../../src/flow/schema.js';
import { api } from '../kit/api.js';
import { FormOutcome } from '../kit/form-outcome.js';
import { words } from '../words/index.js';
import { keepTests, useTestChange } from './use-tests.js';

interface Run {
  readonly document: Flow;
  readonly inputs: readonly SimulatedInput[];
  readonly speech: boolean;
  readonly wallMs: number;
}

/** The pretended call as a test, which expects from now on what happened in it. */
export function KeepRun({ run }: { readonly run: Run }) {
  const keep = useTestChange(async (name: string) => {
    const body = { ...run, name };
    const { text } = await api<{ readonly text: string }>('/api/simulate/scenario', { method: 'POST', body });
    await keepTests(text);
  });
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    keep.mutate(String(new FormData(event.currentTarget).get('name')));
    event.currentTarget.reset();
  };
  return (
    <form onSubmit={send}>
      <div className="row together">
        <input
          name="name"
          required
          maxLength={200}
          autoComplete="off"
          aria-label={words.testName}
          placeholder={words.testName}
        />
        <button type="submit" disabled={keep.isPending}>
          {words.keepRun}
        </button>
      </div>
      <FormOutcome of={keep} done={words.testKept} />
    </form>
  );
}

import { Problem } from './problem.js';

interface Props {
  /** What was asked of the controller. */
  readonly of: { readonly isSuccess: boolean; readonly error: Error | null };
  /** Said when it was done. */
  readonly done: string;
  /** Where an error has better words than its own. */
  readonly problem?: string | undefined;
}

/** What came of a form: that it was done, or why not. Both places are there from the beginning, so that they are read out. */
export function FormOutcome({ of: { isSuccess, error }, done, problem }: Props) {
  return (
    <>
      <p className="quiet" role="status">
        {isSuccess ? done : ''}
      </p>
      <Problem of={error && (problem ?? error)} />
    </>
  );
}

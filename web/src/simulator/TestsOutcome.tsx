import { words } from '../words/index.js';
import { usePlayed } from './use-tests.js';

/** Whether what is about to go live passes the tests of the flow. They advise; they do not stop it. */
export function TestsOutcome({ document }: { readonly document: unknown }) {
  const { data = [] } = usePlayed(document);
  if (data.length === 0) return null;
  const failed = data.filter(({ failures }) => failures.length > 0).map(({ name }) => name);
  return (
    <p className={`notice ${failed.length === 0 ? 'good' : 'bad'}`} role="status">
      {failed.length === 0
        ? words.allTestsPass(data.length)
        : words.testsFail(failed.length, data.length, failed.join(', '))}
    </p>
  );
}

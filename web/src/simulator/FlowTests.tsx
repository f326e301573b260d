import type { ScenarioReport } from '../../../src/dialog/simulate-scenario.js';
import type { Flow } from '../../../src/flow/schema.js';
import { api } from '../kit/api.js';
import { Problem } from '../kit/problem.js';
import { saveFile } from '../kit/save-file.js';
import { words } from '../words/index.js';
import { keepTests, usePlay, useTestChange, useTests } from './use-tests.js';

interface Props {
  readonly flow: Flow;
  readonly mayEdit: boolean;
}

/** The tests of the flow: played on what is drawn, taken away as a file, added from one. */
export function FlowTests({ flow, mayEdit }: Props) {
  const kept = useTests();
  const play = usePlay();
  const keep = useTestChange(keepTests);
  const drop = useTestChange((name: string) =>
    api(`/api/flow/tests?name=${encodeURIComponent(name)}`, { method: 'DELETE' }),
  );
  const { tests = [], text = '' } = kept.data ?? {};
  const error = kept.error ?? play.error ?? keep.error ?? drop.error;
  return (
    <section className="tests" aria-label={words.tests}>
      <h3>
        {words.tests} <span className="count">{tests.length}</span>
      </h3>
      {kept.data && tests.length === 0 && <p className="quiet">{words.noTests}</p>}
      <ul aria-live="polite">
        {tests.map(({ name }) => (
          <li key={name}>
            <div className="row">
              <bdi>{name}</bdi> <Outcome report={play.data?.find((report) => report.name === name)} />
              {mayEdit && (
                <button
                  type="button"
                  className="plain danger"
                  aria-label={`${words.remove}: ${name}`}
                  onClick={() => drop.mutate(name)}
                >
                  {words.remove}
                </button>
              )}
            </div>
          </li>
        ))}
      </ul>
      <Problem of={error} />
      <div className="row">
        {tests.length > 0 && (
          <>
            <button type="button" disabled={play.isPending} onClick={() => play.mutate(flow)}>
              {words.runTests}
            </button>
            <button
              type="button"
              className="plain"
              onClick={() => saveFile(`${flow.id}.test.yaml`, text, 'application/yaml')}
            >
              {words.testFile}
            </button>
          </>
        )}
        {mayEdit && (
          <label className="button plain">
            {words.testsFromFile}
            <input
              type="file"
              className="only-read"
              accept=".yaml,.yml"
              onChange={({ target }) => {
                const [file] = target.files ?? [];
                if (file) void file.text().then((read) => keep.mutate(read));
                target.value = '';
              }}
            />
          </label>
        )}
      </div>
    </section>
  );
}

function Outcome({ report }: { readonly report: ScenarioReport | undefined }) {
  if (!report) return null;
  const { failures } = report;
  if (failures.length === 0) return <span className="chip good">{words.testPassed}</span>;
  return (
    <>
      <span className="chip has-error">{words.testFailed}</span>
      {failures.map(({ step, what }) => (
        <span key={`${String(step)} ${what}`} className="quiet">
          <bdi>{words.testFailure(step, what)}</bdi>
        </span>
      ))}
    </>
  );
}

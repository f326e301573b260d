import type { Finding } from '../../../src/flow/finding.js';
import type { SchemaMistake } from '../../../src/flow/schema-mistakes.js';
import { findingText } from '../words/finding-text.js';
import { words } from '../words/index.js';

interface Props {
  readonly findings: readonly Finding[];
  readonly mistakes: readonly SchemaMistake[];
  readonly onSelect: (id: string) => void;
}

/** What has to be mended, errors first; each leads to its node. */
export function Findings({ findings, mistakes, onSelect }: Props) {
  const errorsFirst = [...findings].sort((a, b) => a.severity.localeCompare(b.severity));
  return (
    <section className="findings" aria-label={words.findings}>
      {findings.length + mistakes.length === 0 && <p className="quiet">{words.noFindings}</p>}
      <ul aria-live="polite">
        {mistakes.map(({ where, what }) => (
          <li key={`${where} ${what}`} className="error">
            <span className="chip has-error">{words.error}</span> <Where path={where} onSelect={onSelect} />{' '}
            <bdi>{what}</bdi>
          </li>
        ))}
        {errorsFirst.map(({ nodeId, code, severity, message, mend }) => (
          <li key={`${nodeId} ${code} ${message}`} className={severity}>
            <span className={`chip has-${severity}`}>{severity === 'error' ? words.error : words.warning}</span>{' '}
            <button type="button" className="link" onClick={() => onSelect(nodeId)}>
              {nodeId}
            </button>{' '}
            <bdi>{findingText(message)}</bdi> <span className="quiet">{findingText(mend)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A path such as `nodes.main.options.0.key` leads to its node. */
function Where({ path, onSelect }: { readonly path: string; readonly onSelect: (id: string) => void }) {
  const id = /^nodes\.([^.]+)/.exec(path)?.[1];
  if (id === undefined) return <code>{path}</code>;
  return (
    <button type="button" className="link" onClick={() => onSelect(id)}>
      {path}
    </button>
  );
}

import type { CanaryReport } from '../../../src/flow/canary-desk.js';
import type { VersionFigures } from '../../../src/flow/canary.js';
import type { FallbackReason } from '../../../src/observability/turn-record.js';
import { fallbackWords, figureWords, words } from '../words/index.js';

interface Props {
  readonly version: number;
  readonly figures: NonNullable<CanaryReport['figures']>;
}

/** How callers fare on both versions, side by side. */
export function CanaryFigures({ version, figures: { stable, canary } }: Props) {
  const reasons = [...new Set([...Object.keys(stable.reasons), ...Object.keys(canary.reasons)])];
  return (
    <table className="figures">
      <thead>
        <tr>
          <td />
          <th scope="col">{words.versionLive(stable.version)}</th>
          <th scope="col">{words.versionCanary(version)}</th>
        </tr>
      </thead>
      <tbody>
        <Row name={words.endedCalls} of={({ calls }) => String(calls)} {...{ stable, canary }} />
        <Row name={figureWords.containment} of={(v) => share(v.contained, v.calls)} {...{ stable, canary }} />
        <Row name={figureWords.fallbackRate} of={(v) => share(v.fellBack, v.calls)} {...{ stable, canary }} />
        <Row name={figureWords.hangUpRate} of={(v) => share(v.hungUpByCaller, v.calls)} {...{ stable, canary }} />
        <Row name={words.answerTime} of={({ p50Ms }) => time(p50Ms)} {...{ stable, canary }} />
        <Row name={figureWords.p95Ms} of={({ p95Ms }) => time(p95Ms)} {...{ stable, canary }} />
        {reasons.map((reason) => (
          <Row
            key={reason}
            name={words.turnsThat(fallbackWords[reason as FallbackReason])}
            of={(v) => String(v.reasons[reason] ?? 0)}
            {...{ stable, canary }}
          />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly name: string;
  readonly of: (figures: VersionFigures) => string;
  readonly stable: VersionFigures;
  readonly canary: VersionFigures;
}

function Row({ name, of, stable, canary }: RowProps) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{of(stable)}</td>
      <td>{of(canary)}</td>
    </tr>
  );
}

function share(part: number, calls: number): string {
  return calls === 0 ? '–' : `${String(Math.round((1_000 * part) / calls) / 10)} %`;
}

function time(ms: number | undefined): string {
  return ms === undefined ? '–' : `${String(Math.round(ms))} ms`;
}

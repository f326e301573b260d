import type { TurnMarks } from '../../../src/observability/turn-record.js';
import { words } from '../words/index.js';
import { axisEndMs, spansOf } from './waterfall.js';

const WIDTH = 600;

/** A turn's milliseconds as one bar, with the promise (700 ms) as a line. Drawn as SVG: the policy allows no inline style. */
export function Waterfall({ marks }: { readonly marks: TurnMarks }) {
  const spans = spansOf(marks);
  if (spans.length === 0) return null;
  const scale = WIDTH / axisEndMs(marks);
  const told = spans.map(({ name, fromMs, toMs }) => `${words.spans[name]} ${String(Math.round(toMs - fromMs))} ms`);
  return (
    <figure className="waterfall">
      <svg viewBox={`0 0 ${WIDTH} 10`} preserveAspectRatio="none" role="img" aria-label={told.join(', ')}>
        <rect className="track" width={WIDTH} height="10" />
        {spans.map(({ stage, name, fromMs, toMs }) => (
          <rect
            key={name}
            className={`span ${stage}`}
            x={fromMs * scale}
            width={Math.max(2, (toMs - fromMs) * scale)}
            height="10"
          >
            <title>{`${words.spans[name]}: ${String(Math.round(fromMs))}–${String(Math.round(toMs))} ms`}</title>
          </rect>
        ))}
        <line className="promise" x1={700 * scale} x2={700 * scale} y2="10" />
      </svg>
      {marks.audibleMs !== undefined && (
        <figcaption className={marks.audibleMs > 1_200 ? 'late' : ''}>{Math.round(marks.audibleMs)} ms</figcaption>
      )}
    </figure>
  );
}

/** What the colours of the bars mean. */
export function WaterfallLegend() {
  return (
    <ul className="legend" aria-label={words.barColours}>
      {Object.entries(words.bars).map(([stage, text]) => (
        <li key={stage} className={stage}>
          {text}
        </li>
      ))}
      <li className="promise">700 ms</li>
    </ul>
  );
}

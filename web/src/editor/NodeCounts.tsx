import type { NodeFigures } from '../../../src/store/figures.js';
import type { FallbackReason } from '../../../src/observability/turn-record.js';
import { fallbackWords, words } from '../words/index.js';

/** All that was counted at one node. */
export function NodeCounts({ figures }: { readonly figures: NodeFigures }) {
  const { entered, answeredByVoice, confirmed, fellBack, pressedZero, hungUp } = figures;
  const rows = [
    [words.counts.entered, entered],
    [words.counts.answeredByVoice, answeredByVoice],
    [words.counts.confirmed, confirmed],
    ...Object.entries(fellBack).map(
      ([reason, turns]) => [words.fellBack(fallbackWords[reason as FallbackReason]), turns] as const,
    ),
    [words.counts.pressedZero, pressedZero],
    [words.counts.hungUp, hungUp],
  ] as const;
  return (
    <dl className="counts" aria-label={words.counters}>
      {rows.map(([name, count]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{count}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The same in short, for the drawing: what is none is left out. */
export function countsInShort({ entered, answeredByVoice, fellBack, hungUp }: NodeFigures): string {
  const back = Object.values(fellBack).reduce((sum, turns) => sum + turns, 0);
  return [
    words.shortCounts.entered(entered),
    ...(answeredByVoice > 0 ? [words.shortCounts.voice(answeredByVoice)] : []),
    ...(back > 0 ? [words.shortCounts.back(back)] : []),
    ...(hungUp > 0 ? [words.shortCounts.hungUp(hungUp)] : []),
  ].join(' · ');
}

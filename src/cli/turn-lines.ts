import type { TurnRecord } from '../observability/turn-record.js';

/** One turn for people: who said what, how sure, the milliseconds by stage, what the flow did. */
export function describeTurn(turn: TurnRecord): string[] {
  const lines: string[] = [];
  const { input, marks } = turn;
  if (input.type === 'speech') {
    const goesOn = input.takesBack ? ', went on into the answer before' : '';
    lines.push(`  caller  “${input.text}”  (${(input.confidence * 100).toFixed(0)} % sure${goesOn})`);
    const slots = Object.entries(input.meaning.slots).map(([name, value]) => `${name}=${value}`);
    lines.push(`          understood: ${[input.meaning.intent ?? '–', ...slots].join(', ')}`);
  } else if (input.type === 'keys') {
    lines.push(`  caller  pressed ${input.digits}`);
  }
  lines.push(
    `  flow    ${turn.nodeId} → ${turn.nextNodeId}: ${turn.outcome}${turn.fallback ? `, fell back (${turn.fallback})` : ''}`,
  );
  if (turn.said) lines.push(`  bot     “${turn.said}”`);
  const stages = stageTexts(marks);
  if (stages.length > 0) lines.push(`          ms after the caller’s last sound: ${stages.join(' · ')}`);
  return lines;
}

function stageTexts(marks: TurnRecord['marks']): string[] {
  const named: readonly (readonly [string, number | undefined])[] = [
    ['pause seen', marks.pauseMs],
    ['recognised', marks.sttEndMs],
    ['understood', marks.nluEndMs],
    ['end of turn', marks.endpointMs],
    ['model’s first word', marks.llmFirstTokenMs],
    ['answer audible', marks.audibleMs],
  ];
  return named.flatMap(([name, ms]) => (ms === undefined ? [] : [`${name} ${Math.round(ms)}`]));
}

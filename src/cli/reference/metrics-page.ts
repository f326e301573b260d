import { mediaMetrics } from '../../observability/media-metrics.js';
import { MetricsRegistry } from '../../observability/metrics.js';
import { turnMetrics } from '../../observability/turn-metrics.js';
import { madeFrom, page, table } from './markdown.js';

/** docs/reference/metrics.md: what a scrape of `/metrics` can contain, read from the registry itself. */
export function metricsPage(): string {
  const registry = new MetricsRegistry();
  turnMetrics(registry);
  mediaMetrics(registry);
  return page(
    '# Metrics',
    madeFrom('src/observability'),
    `\`GET /metrics\` on the admin port answers in Prometheus’ text format 0.0.4. No metric is about a single caller, and no label
carries anything that a caller said or pressed.`,
    table(
      ['Name', 'Type', 'Meaning'],
      described(registry.expose()).map(({ name, type, help }) => [`\`${name}\``, type, help]),
    ),
    `Labels: \`handrail_calls_ended_total\` by \`ending\`; \`handrail_turns_total\` by \`face\` (\`ai\`, \`keypad\`), \`input\` (\`speech\`,
\`keys\`, \`none\`) and \`outcome\`; \`handrail_fallbacks_total\` by \`reason\` (\`deadline\`, \`confidence\`, \`engine\`, \`noinput\`, \`nomatch\`,
\`overload\`, \`caller\`, \`admin\`); \`handrail_engine_state\` by \`engine\` and \`state\` (\`starting\`, \`ready\`, \`down\`, \`absent\`);
\`handrail_calls_admitted_total\` by \`service\` (\`full\`, \`no-model\`, \`keypad\`, \`dialplan\`); \`handrail_headroom\` by \`measure\`;
\`handrail_breaker_state\` by \`component\` (\`stt\`, \`nlu\`, \`tts\`, \`llm\`, \`tool\`), \`engine\` (of \`tool\`, the host) and \`state\` (\`closed\`, \`open\`, \`half-open\`);
\`handrail_swept_total\` by \`kind\` (\`channel\`, \`bridge\`, \`caller\`); \`handrail_voice_to_voice_ms\` by \`face\`; \`handrail_stage_ms\` by \`stage\` (\`pause\`, \`stt\`, \`nlu\`, \`endpoint\`, \`llm\`, \`tts\`, \`answer\`);
\`handrail_media_packets_total\` by \`kind\`, the counters of a call’s \`media\` record ([API](api.md#calls)); \`handrail_media_lateness_ms\` by \`quantile\` (\`0.5\`, \`0.99\`, \`1\`).`,
    `The promises, 700 and 1,200 ms, are bucket bounds of \`handrail_voice_to_voice_ms\`, so that their share can be read exactly:`,
    '```promql\nsum(rate(handrail_voice_to_voice_ms_bucket{le="1200"}[1h])) / sum(rate(handrail_voice_to_voice_ms_count[1h]))\n```',
    'The share of spoken answers that came too early and were [taken back](../adr/0089-an-answer-can-be-taken-back.md):',
    '```promql\nsum(rate(handrail_answers_taken_back_total[1h])) / sum(rate(handrail_turns_total{input="speech"}[1h]))\n```',
  );
}

interface Described {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

function described(exposition: string): readonly Described[] {
  const helps = new Map<string, string>();
  const found: Described[] = [];
  for (const line of exposition.split('\n')) {
    const [, keyword, name, rest] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) continue;
    if (keyword === 'HELP') helps.set(name, rest);
    else found.push({ name, type: rest, help: helps.get(name) ?? '' });
  }
  return found;
}

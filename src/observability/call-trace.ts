import { createHash } from 'node:crypto';
import { stretchesOf } from './turn-metrics.js';
import type { CallEnding, CallRecord, TurnRecord } from './turn-record.js';

/** OTLP's JSON (opentelemetry-proto 1.x): ids in hexadecimal, times in nanoseconds as text. */
export interface TraceRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly Span[] }[];
  }[];
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1: internal, 2: server (OTLP `SpanKind`). */
  readonly kind: 1 | 2;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string } | { readonly intValue: string };
}

/**
 * One call as one trace: the call, in it its turns, in them their parts. No words, digits, values or numbers of callers:
 * where, how it went and how long it took. Ids follow from the call's, so that a trace that is sent twice is one.
 */
export function traceOf(
  call: CallRecord,
  turns: readonly TurnRecord[],
  ending: CallEnding,
  endedAtWallMs: number,
): TraceRequest {
  const traceId = digest(call.callId, 16);
  const root = digest(`${call.callId}/call`, 8);
  const spans: Span[] = [
    {
      traceId,
      spanId: root,
      name: 'call',
      kind: 2,
      startTimeUnixNano: nanos(call.startedAtWallMs),
      endTimeUnixNano: nanos(endedAtWallMs),
      attributes: attributes({
        'handrail.call_id': call.callId,
        'handrail.flow': call.flowId,
        'handrail.flow_version': call.flowVersion,
        'handrail.ending': ending,
      }),
    },
  ];
  for (const turn of turns) {
    const { startedAtWallMs: startMs, marks } = turn;
    const parts = stretchesOf(marks);
    const spanId = digest(turn.turnId, 8);
    const span = { traceId, kind: 1 } as const;
    spans.push({
      ...span,
      spanId,
      parentSpanId: root,
      name: 'turn',
      startTimeUnixNano: nanos(startMs),
      endTimeUnixNano: nanos(startMs + Math.max(marks.audibleMs ?? 0, ...parts.map(({ toMs }) => toMs))),
      attributes: attributes({
        'handrail.node': turn.nodeId,
        'handrail.next_node': turn.nextNodeId,
        'handrail.face': turn.face,
        'handrail.input': turn.input.type,
        'handrail.outcome': turn.outcome,
        ...(turn.fallback ? { 'handrail.fallback': turn.fallback } : {}),
      }),
    });
    for (const { stage, fromMs, toMs } of parts) {
      spans.push({
        ...span,
        spanId: digest(`${turn.turnId}/${stage}`, 8),
        parentSpanId: spanId,
        name: stage,
        startTimeUnixNano: nanos(startMs + fromMs),
        endTimeUnixNano: nanos(startMs + toMs),
        attributes: [],
      });
    }
  }
  return {
    resourceSpans: [
      {
        resource: { attributes: attributes({ 'service.name': 'handrail' }) },
        scopeSpans: [{ scope: { name: 'handrail' }, spans }],
      },
    ],
  };
}

function attributes(values: Readonly<Record<string, string | number>>): Attribute[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
}

function digest(text: string, bytes: number): string {
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 2 * bytes);
}

function nanos(wallMs: number): string {
  return String(BigInt(Math.round(wallMs)) * 1_000_000n);
}

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { RecordingLogger } from '../kernel/log.js';
import { aCall, aTurn } from '../store/fixtures.js';
import type { TraceRequest } from './call-trace.js';
import { TraceExporter } from './trace-export.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A collector that keeps what it gets. */
async function collector(status = 200): Promise<{ url: string; bodies: string[]; paths: (string | undefined)[] }> {
  const bodies: string[] = [];
  const paths: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url);
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, bodies, paths };
}

test('one trace a call: the call, its turns, their parts, each inside its parent, and no word of the caller', async () => {
  const { url, bodies, paths } = await collector();
  const exporter = new TraceExporter(url, new RecordingLogger());
  const call = aCall();
  exporter.callStarted(call);
  exporter.turnTaken(aTurn());
  exporter.turnTaken(aTurn({ turnId: 'turn-2', index: 2, input: { type: 'none' }, outcome: 'noinput', marks: {} }));
  exporter.callEnded(call.callId, 'hungup-by-caller', call.startedAtWallMs + 10_000);
  await exporter.close();
  expect(paths).toEqual(['/v1/traces']);
  const { resourceSpans } = JSON.parse(bodies[0] ?? '') as TraceRequest;
  const spans = resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
  expect(spans.map(({ name }) => name)).toEqual([
    'call',
    'turn',
    'pause',
    'stt',
    'nlu',
    'endpoint',
    'tts',
    'answer',
    'turn',
  ]);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  for (const span of spans) {
    expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
    if (span.name === 'call') continue;
    const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
    expect(parent?.name).toBe(span.name === 'turn' ? 'call' : 'turn');
    expect(BigInt(span.startTimeUnixNano) >= BigInt(parent?.startTimeUnixNano ?? 0)).toBe(true);
    expect(BigInt(span.endTimeUnixNano) <= BigInt(parent?.endTimeUnixNano ?? 0)).toBe(true);
  }
  const stt = spans.find(({ name }) => name === 'stt');
  expect(BigInt(stt?.endTimeUnixNano ?? 0) - BigInt(stt?.startTimeUnixNano ?? 0)).toBe(228_000_000n);
  for (const secret of ['latte', 'large', call.callerNumber]) expect(bodies[0]).not.toContain(secret);
});

test('a collector that is away, or refuses, is told once; calls are not disturbed', async () => {
  const refusing = await collector(503);
  for (const url of [refusing.url, 'http://127.0.0.1:9']) {
    const log = new RecordingLogger();
    const exporter = new TraceExporter(url, log);
    for (const callId of ['a', 'b']) {
      exporter.callStarted(aCall({ callId }));
      exporter.callEnded(callId, 'transferred', 1_700_000_010_000);
    }
    exporter.callEnded('unknown', 'failed', 0);
    await exporter.close();
    expect(log.lines.map(({ level, message }) => [level, message])).toEqual([['warn', 'traces cannot be sent']]);
  }
});

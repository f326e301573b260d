import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { sensitive } from '../kernel/sensitive.js';
import { loadAriClient } from './ari-client-transport.js';

const ANSWER_MS = 5;
/** How many connections Asterisk lets wait to be accepted (`listen` in its main/tcptls.c). */
const BACKLOG = 10;

test('many requests in one moment never take more connections than Asterisk lets wait', async () => {
  const open = new Set<Socket>();
  let most = 0;
  const server = createServer((request, response) => {
    const answer = answers(baseUrl)[new URL(request.url ?? '', baseUrl).pathname];
    setTimeout(() => response.writeHead(answer ? 200 : 404).end(JSON.stringify(answer ?? {})), ANSWER_MS);
  });
  server.on('connection', (socket) => {
    most = Math.max(most, open.add(socket).size);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const transport = await loadAriClient({ baseUrl, user: 'us', password: sensitive('secret') }, 5_000);
  most = open.size;
  try {
    const lists = await Promise.all(Array.from({ length: 40 }, () => transport.request('bridges.list', {})));
    expect(lists).toHaveLength(40);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThan(BACKLOG);
  } finally {
    transport.close();
    server.close();
    server.closeAllConnections();
  }
});

/** The least of ARI's description of itself, Swagger 1.1. */
function answers(host: string): Record<string, unknown> {
  const head = { apiVersion: '1', swaggerVersion: '1.1', basePath: `${host}/ari` };
  const operations = [{ httpMethod: 'GET', nickname: 'list', responseClass: 'List[Bridge]' }];
  return {
    '/ari/api-docs/resources.json': { ...head, apis: [{ path: '/api-docs/bridges.{format}', description: '' }] },
    '/ari/api-docs/bridges.json': {
      ...head,
      resourcePath: '/api-docs/bridges.{format}',
      apis: [{ path: '/bridges', description: '', operations }],
      models: {},
    },
    '/ari/bridges': [],
  };
}

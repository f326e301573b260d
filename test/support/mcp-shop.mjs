// An MCP server of the official SDK: over standard input and output, or with a port over streamable HTTP on 127.0.0.1.
import { createServer } from 'node:http';
import { createMcpHandler, fromJsonSchema, McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

const input = {
  type: 'object',
  properties: { number: { type: 'integer', minimum: 1000 }, note: { type: 'string' } },
  required: ['number'],
  additionalProperties: false,
};

function shop() {
  const server = new McpServer({ name: 'shop', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.registerTool(
    'orderState',
    { description: 'How far an order is.', inputSchema: fromJsonSchema(input) },
    ({ number }) => {
      const told = { state: 'ready', minutes: number % 100 };
      return { content: [{ type: 'text', text: JSON.stringify(told) }], structuredContent: told };
    },
  );
  return server;
}

const [port] = process.argv.slice(2);
if (port === undefined) serveStdio(shop);
else {
  const handler = createMcpHandler(shop);
  const server = createServer(async (request, response) => {
    const body = [];
    for await (const chunk of request) body.push(chunk);
    const asked = new globalThis.Request(`http://127.0.0.1${request.url}`, {
      method: request.method,
      headers: request.headers,
      ...(body.length > 0 ? { body: Buffer.concat(body) } : {}),
    });
    const answer = await handler.fetch(asked);
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    for await (const chunk of answer.body ?? []) response.write(chunk);
    response.end();
  });
  server.listen(Number(port), '127.0.0.1', () => console.log(server.address().port));
}

import { WebSocket } from 'ws';
import type { EventSocketHandlers, OpenEventSocket } from './event-link.js';
import { type AriAddress, authorization } from './address.js';

/** Opens ARI's event websocket for one application. Credentials go in a header, never into an address that may be logged. */
export function eventSocketOpener(address: AriAddress, app: string): OpenEventSocket {
  const url = new URL(`${address.baseUrl}/ari/events`);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.searchParams.set('app', app);
  return (handlers) => openOne(url, address, handlers);
}

function openOne(url: URL, address: AriAddress, handlers: EventSocketHandlers): ReturnType<OpenEventSocket> {
  const socket = new WebSocket(url, {
    headers: { authorization: authorization(address) },
    perMessageDeflate: false,
    ca: address.ca,
  });
  const release = (): void => {
    socket.removeAllListeners();
    // A socket that is ended while it connects still emits one error; without a listener it would end the process.
    socket.on('error', () => undefined);
  };
  const closed = (reason: string, status?: number): void => {
    release();
    socket.terminate();
    handlers.onClosed(reason, status);
  };
  socket.on('open', () => handlers.onOpen());
  socket.on('message', (data, isBinary) => {
    if (!isBinary) handlers.onMessage(String(data));
  });
  socket.on('pong', () => handlers.onPong());
  socket.on('error', (error) => closed(error.message || error.name));
  socket.on('close', (code) => closed(`websocket closed with code ${code}`));
  socket.on('unexpected-response', (request, response) => {
    const status = response.statusCode ?? 0;
    response.destroy();
    request.destroy();
    closed(`websocket refused with HTTP status ${status}`, status);
  });
  return {
    ping: () => socket.ping(() => undefined),
    discard() {
      release();
      socket.terminate();
    },
    close() {
      release();
      socket.close(1000);
    },
  };
}

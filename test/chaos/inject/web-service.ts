import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the service misbehaves; `well`: not at all. */
export type ServiceMode = 'well' | 'refuses' | 'times out' | '500' | '10 MB answer' | 'wrong type';

/** A web service that knows the state of every order, and can be broken. */
export class WebService {
  mode: ServiceMode = 'well';
  readonly #server = createServer((_request, response) => this.#answer(response));

  private constructor() {}

  static async open(): Promise<WebService> {
    const service = new WebService();
    await new Promise<void>((resolve) => service.#server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  /** As it stands in a URL. */
  get host(): string {
    return `127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(response: ServerResponse): void {
    switch (this.mode) {
      case 'well':
        response.end(JSON.stringify({ minutes: 5 }));
        return;
      case 'refuses':
        // As from a port where nobody listens: a reset before a byte.
        response.socket?.resetAndDestroy();
        return;
      case 'times out':
        return;
      case '500':
        response.writeHead(500).end('{}');
        return;
      case '10 MB answer':
        response.end(JSON.stringify({ minutes: 5, more: 'x'.repeat(10 * 1024 * 1024) }));
        return;
      case 'wrong type':
        response.end(JSON.stringify({ minutes: 'five' }));
        return;
    }
  }
}

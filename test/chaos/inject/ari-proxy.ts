import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** What goes through: the websocket of events, everything else, or both. */
export type Way = 'events' | 'requests';

/** A small TCP proxy between the controller and Asterisk's HTTP server, which can be cut while both ends live. */
export class AriProxy {
  readonly #cut = new Set<Way>();
  readonly #open = new Map<Socket, Way>();

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {}

  /** @param targetPort where Asterisk listens, or soon will */
  static async open(targetPort: number): Promise<AriProxy> {
    const server = createServer();
    const proxy = new AriProxy(server, targetPort);
    server.on('connection', (client) => proxy.#accept(client));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** Ends what is open of these, and refuses what comes, until `mend`. */
  cut(...ways: readonly Way[]): void {
    for (const way of ways) this.#cut.add(way);
    this.drop(...ways);
  }

  /** Ends what is open of these once. */
  drop(...ways: readonly Way[]): void {
    for (const [socket, way] of this.#open) if (ways.includes(way)) socket.destroy();
  }

  mend(): void {
    this.#cut.clear();
  }

  async close(): Promise<void> {
    this.drop('events', 'requests');
    await new Promise((resolve) => this.server.close(resolve));
  }

  #accept(client: Socket): void {
    client.on('error', () => client.destroy());
    client.once('data', (head: Buffer) => {
      const way: Way = head.subarray(0, 64).toString('latin1').includes('/ari/events') ? 'events' : 'requests';
      if (this.#cut.has(way)) {
        client.destroy();
        return;
      }
      const asterisk = connect(this.target, '127.0.0.1');
      this.#open.set(client, way);
      asterisk.on('error', () => client.destroy());
      client.on('close', () => {
        this.#open.delete(client);
        asterisk.destroy();
      });
      asterisk.on('close', () => client.destroy());
      asterisk.write(head);
      client.pipe(asterisk);
      asterisk.pipe(client);
    });
  }
}

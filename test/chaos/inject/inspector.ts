import WebSocket from 'ws';
import { sleep, systemClock } from '../../../src/kernel/clock.js';

interface Reply {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly sessionId?: string; readonly workerInfo?: { readonly title: string } };
}

const OPENS_WITHIN_MS = 5_000;

/**
 * Reaches into a running Node process through its inspector, which SIGUSR1 opens on the port of `--inspect-port`: faults
 * that no signal can make (a blocked main thread beside a living media thread) need no line in the product.
 */
export class Inspector {
  #id = 0;
  readonly #workers: string[] = [];

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const reply = JSON.parse(data.toString()) as Reply;
      if (reply.method === 'NodeWorker.attachedToWorker' && reply.params?.sessionId)
        this.#workers.push(reply.params.sessionId);
    });
    socket.on('error', () => undefined);
  }

  static async attach(pid: number, port: number): Promise<Inspector> {
    process.kill(pid, 'SIGUSR1');
    const untilMs = systemClock.nowMs() + OPENS_WITHIN_MS;
    for (;;) {
      try {
        const answer = await fetch(`http://127.0.0.1:${String(port)}/json/list`);
        const [target] = (await answer.json()) as readonly { readonly webSocketDebuggerUrl: string }[];
        if (!target) throw new Error('nothing to inspect');
        const socket = new WebSocket(target.webSocketDebuggerUrl);
        await new Promise<void>((resolve, reject) => {
          socket.once('open', resolve);
          socket.once('error', reject);
        });
        return new Inspector(socket);
      } catch (error) {
        if (systemClock.nowMs() > untilMs) throw error;
        await sleep(systemClock, 50);
      }
    }
  }

  /** Runs an expression on the main thread; does not wait for it. */
  evaluate(expression: string): void {
    this.#send('Runtime.evaluate', { expression, includeCommandLineAPI: true });
  }

  /** Runs an expression on every worker thread; those that are attached within half a second. */
  async evaluateInWorkers(expression: string): Promise<void> {
    this.#send('NodeWorker.enable', { waitForDebuggerOnStart: false });
    await sleep(systemClock, 500);
    for (const sessionId of this.#workers) {
      const message = JSON.stringify({ id: ++this.#id, method: 'Runtime.evaluate', params: { expression } });
      this.#send('NodeWorker.sendMessageToWorker', { sessionId, message });
    }
    await sleep(systemClock, 100);
  }

  /** Lets the process go in order: first its workers, then the connection. */
  close(): void {
    this.#send('NodeWorker.disable', {});
    this.socket.close();
  }

  #send(method: string, params: object): void {
    this.socket.send(JSON.stringify({ id: ++this.#id, method, params }));
  }
}

import { randomInt, randomUUID } from 'node:crypto';
import type { Clock } from '../kernel/clock.js';
import { sleep } from '../kernel/clock.js';
import { explain, HandrailError } from '../kernel/errors.js';
import type { AriAddress } from './address.js';
import { loadAriClient } from './ari-client-transport.js';
import { AriConnection } from './ari-connection.js';
import { defaultLinkTimes } from './event-link.js';
import { Lease } from './lease.js';
import type { AriLog } from './log.js';
import type { AriPort } from './port.js';
import { preflight } from './preflight.js';
import { reconnectDelayMs } from './reconnect.js';
import { AriRest } from './rest.js';
import { eventSocketOpener } from './websocket.js';

export interface ConnectAriOptions {
  readonly address: AriAddress;
  /** Name of the Stasis application that the dialplan gives calls to. */
  readonly app: string;
  readonly clock: Clock;
  readonly log: AriLog;
  /** @defaultValue 2000 */
  readonly requestTimeoutMs?: number;
  /** Keeps trying until Asterisk is there and lets us in, instead of giving up at the first failure. @defaultValue false */
  readonly waitForever?: boolean;
  /** Told at each failed try of `waitForever`. */
  readonly onWaiting?: (error: HandrailError, nextTryMs: number) => void;
  /** Takes the application from another controller, which then closes down. @defaultValue false */
  readonly takeOver?: boolean;
  /** Ends the waiting; the promise rejects with HR_CANCELLED. */
  readonly signal?: AbortSignal;
  /** For jitter: numbers of [0, 1). @defaultValue numbers from node:crypto */
  readonly random?: () => number;
}

/**
 * Connects to Asterisk: checks the password, loads the API, makes sure that nobody else serves the application, opens the
 * event websocket. From then on the connection supervises itself and comes back for ever.
 *
 * Events that arrive before the first `subscribe` are kept for it, `connected` first.
 *
 * @throws HandrailError HR_ARI_AUTH, HR_ARI_CERTIFICATE, HR_ARI_UNREACHABLE, HR_ARI_TIMEOUT, HR_APP_TAKEN
 */
export async function connectAri(options: ConnectAriOptions): Promise<AriPort> {
  const random = options.random ?? cryptoRandom;
  for (let attempt = 0; ; attempt++) {
    try {
      return await connectOnce(options, random);
    } catch (error) {
      if (!options.waitForever || !(error instanceof HandrailError) || error.code === 'HR_APP_TAKEN') throw error;
      const nextTryMs = reconnectDelayMs(attempt, random());
      options.log.warn({ reason: explain(error), nextTryMs }, 'waiting for Asterisk');
      options.onWaiting?.(error, nextTryMs);
      await sleep(options.clock, nextTryMs);
      if (options.signal?.aborted) {
        throw new HandrailError('HR_CANCELLED', `waiting for ${options.address.baseUrl}`, { cause: error });
      }
    }
  }
}

const cryptoRandom = (): number => randomInt(2 ** 32) / 2 ** 32;

async function connectOnce(options: ConnectAriOptions, random: () => number): Promise<AriPort> {
  const { address, app, clock, log } = options;
  const timeoutMs = options.requestTimeoutMs ?? 2_000;
  await preflight(address, clock, timeoutMs);
  const transport = await within(clock, LOAD_TIMEOUT_MS, address, loadAriClient(address, timeoutMs + 500));
  try {
    const rest = new AriRest(transport, clock, timeoutMs);
    const lease = new Lease(rest, app, randomUUID());
    const times = defaultLinkTimes;
    if (!options.takeOver) await lease.ensureFree(clock);
    const open = eventSocketOpener(address, app);
    const connection = new AriConnection({ app, clock, log, random, rest, transport, lease, open, times });
    await connection.firstUp(address);
    log.info({ url: address.baseUrl, app }, 'connected to Asterisk');
    return connection;
  } catch (error) {
    transport.close();
    throw error;
  }
}

/** A dozen small documents, from a PBX that may be busy. */
const LOAD_TIMEOUT_MS = 10_000;

async function within<T extends { close(): void }>(
  clock: Clock,
  timeoutMs: number,
  address: AriAddress,
  loading: Promise<T>,
): Promise<T> {
  const where = `${address.baseUrl}/ari/api-docs`;
  return new Promise((resolve, reject) => {
    let late = false;
    const cancel = clock.after(timeoutMs, () => {
      late = true;
      reject(new HandrailError('HR_ARI_TIMEOUT', `${where}: not loaded within ${timeoutMs} ms`));
    });
    loading.then(
      (loaded) => {
        cancel();
        if (late) loaded.close();
        else resolve(loaded);
      },
      (error: unknown) => {
        cancel();
        const why = error instanceof Error ? error.message : String(error);
        reject(new HandrailError('HR_ARI_UNREACHABLE', `${where}: ${why}`, { cause: error }));
      },
    );
  });
}

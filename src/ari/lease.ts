import { type Clock, sleep } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { asArray, asObject, asText } from './messages.js';
import type { AriRest } from './rest.js';

/** All in milliseconds. */
export const leaseTimes = {
  /** How often the serving controller renews. */
  renewalMs: 1_000,
  /** How long one that wants to start watches: three renewals, so that a busy controller is not taken for a dead one. */
  watchMs: 3_000,
  pollMs: 250,
} as const;

/** The global variable of Asterisk that the controller of an application renews. */
export function leaseVariable(app: string): string {
  return `HANDRAIL_LEASE_${app.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()}`;
}

/**
 * Tells two controllers under one application name apart from one controller that died.
 *
 * Asterisk's list of applications cannot: one whose websocket went while it had a channel or bridge stays listed for good,
 * even when those have ended. So the serving controller renews a lease, a global variable of Asterisk, and one that wants
 * to start watches whether it still changes.
 */
export class Lease {
  readonly #variable: string;
  #count = 0;

  /** @param holder names this controller process, different for each start */
  constructor(
    private readonly rest: AriRest,
    private readonly app: string,
    private readonly holder: string,
  ) {
    this.#variable = leaseVariable(app);
  }

  /** @throws HandrailError as every request */
  async renew(): Promise<void> {
    await this.#write(`${this.holder}.${++this.#count}`);
  }

  /** Lets the next controller start at once although calls are left. */
  async release(): Promise<void> {
    await this.#write(RELEASED);
  }

  /** @throws HandrailError HR_APP_TAKEN when somebody serves the application */
  async ensureFree(clock: Clock): Promise<void> {
    if (await this.isServed(clock)) throw new HandrailError('HR_APP_TAKEN', `“${this.app}” is being served.`);
  }

  /** Whether a websocket serves the application. Takes up to `watchMs` when Asterisk lists it and it is dead. */
  async isServed(clock: Clock): Promise<boolean> {
    const applications = asArray(await this.rest.ask('applications.list', ''));
    if (!applications.some((application) => asObject(application)?.['name'] === this.app)) return false;
    const before = await this.#read();
    if (before === RELEASED) return false;
    // Listed and never leased: a program that is not Handrail.
    if (before === '') return true;
    const untilMs = clock.nowMs() + leaseTimes.watchMs;
    while (clock.nowMs() < untilMs) {
      await sleep(clock, leaseTimes.pollMs);
      if ((await this.#read()) !== before) return true;
    }
    return false;
  }

  async #read(): Promise<string> {
    const answer = await this.rest.ask('asterisk.getGlobalVar', this.#variable, { variable: this.#variable });
    return asText(asObject(answer)?.['value']);
  }

  async #write(value: string): Promise<void> {
    await this.rest.ask('asterisk.setGlobalVar', this.#variable, { variable: this.#variable, value });
  }
}

const RELEASED = 'released';

import { type Clock, sleep } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { asArray, asObject, asText } from './messages.js';
import type { AriRest } from './rest.js';

/**
 * Tells two controllers under one application name apart from one controller that died.
 *
 * Asterisk lists an application as long as a websocket serves it *or* one of its channels or bridges is left, and says
 * not which. So the serving controller renews a lease, a global variable of Asterisk, at every heartbeat; one that wants to
 * start among leftovers watches whether it still changes.
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
    this.#variable = `HANDRAIL_LEASE_${app.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()}`;
  }

  /** @throws HandrailError as every request */
  async renew(): Promise<void> {
    await this.#write(`${this.holder}.${++this.#count}`);
  }

  /** Lets the next controller start at once although calls are left. */
  async release(): Promise<void> {
    await this.#write(RELEASED);
  }

  /**
   * @param watchMs longer than a living controller needs to renew its lease
   * @throws HandrailError HR_APP_TAKEN when somebody serves the application
   */
  async ensureFree(clock: Clock, watchMs: number): Promise<void> {
    const listed = asArray(await this.rest.ask('applications.list', ''))
      .map(asObject)
      .find((application) => application?.['name'] === this.app);
    if (!listed) return;
    const left = asArray(listed['channel_ids']).length + asArray(listed['bridge_ids']).length;
    // Without anything left Asterisk forgets an application in the moment its websocket closes.
    if (left === 0) throw this.#taken();
    const before = await this.#read();
    if (before === RELEASED) return;
    if (before === '') throw this.#taken();
    await sleep(clock, watchMs);
    if ((await this.#read()) !== before) throw this.#taken();
  }

  #taken(): HandrailError {
    return new HandrailError('HR_APP_TAKEN', `“${this.app}” has a websocket.`);
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

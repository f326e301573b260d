import type { AriPort } from './ari/port.js';
import type { HoursOverride } from './dialog/service-call.js';
import { explain } from './kernel/errors.js';
import type { Logger } from './kernel/log.js';
import type { SqliteSwitches } from './store/line-switches.js';

/** What the dialplan's copy looks at before its calendar. */
const VARIABLE = 'HANDRAIL_OVERRIDE';
const NAME = 'hours';

/** Whether people have said that the line is open or closed, whatever its calendar says. Outlives restarts of either side. */
export class HoursSwitch {
  private constructor(
    private readonly book: SqliteSwitches,
    private readonly log: Logger,
    private now: HoursOverride,
    private ari?: AriPort,
  ) {}

  static async open(book: SqliteSwitches, log: Logger): Promise<HoursSwitch> {
    const kept = await book.get(NAME);
    return new HoursSwitch(book, log, kept === 'open' || kept === 'closed' ? kept : 'calendar');
  }

  get value(): HoursOverride {
    return this.now;
  }

  /** For the interpreter. */
  get override(): 'open' | 'closed' | undefined {
    return this.now === 'calendar' ? undefined : this.now;
  }

  /** @throws HandrailError when it cannot be kept; nothing has changed then */
  async set(to: HoursOverride): Promise<void> {
    await this.book.set(NAME, to);
    this.now = to;
    await this.#tell();
  }

  /** Tells Asterisk now and whenever it is connected anew: it forgets its global variables. */
  async follow(ari: AriPort): Promise<void> {
    this.ari = ari;
    ari.subscribe(({ type }) => {
      if (type === 'connected') void this.#tell();
    });
    await this.#tell();
  }

  async #tell(): Promise<void> {
    await this.ari
      ?.setGlobalVariable(VARIABLE, this.override ?? '')
      .catch((err: unknown) =>
        this.log.warn({ problem: explain(err) }, 'Asterisk was not told whether the line is open'),
      );
  }
}

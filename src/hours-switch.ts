import type { AriPort } from './ari/port.js';
import type { HoursOverride } from './dialog/service-call.js';
import { explain } from './kernel/errors.js';
import type { Logger } from './kernel/log.js';
import type { SqliteSwitches } from './store/line-switches.js';

/** What copies of before looked at: one variable for every application of an Asterisk. */
const OLD_VARIABLE = 'HANDRAIL_OVERRIDE';
const NAME = 'hours';

/** Whether people have said that the line is open or closed, whatever its calendar says. Outlives restarts of either side. */
export class HoursSwitch {
  private constructor(
    private readonly book: SqliteSwitches,
    private readonly log: Logger,
    /** What Asterisk is told by: the copy that is loaded may be one of before. */
    private variables: readonly string[],
    private now: HoursOverride,
    private ari?: AriPort,
  ) {}

  /** @param variable what the dialplan's copy looks at before its calendar */
  static async open(book: SqliteSwitches, variable: string, log: Logger): Promise<HoursSwitch> {
    const kept = await book.get(NAME);
    return new HoursSwitch(
      book,
      log,
      [variable, OLD_VARIABLE],
      kept === 'open' || kept === 'closed' ? kept : 'calendar',
    );
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

  /** A copy is loaded that looks at its own variable: the one of before is emptied, and told no more. */
  async retireOld(): Promise<void> {
    if (!this.variables.includes(OLD_VARIABLE)) return;
    this.variables = this.variables.filter((name) => name !== OLD_VARIABLE);
    await this.#write([OLD_VARIABLE], '');
  }

  #tell(): Promise<void> {
    return this.#write(this.variables, this.override ?? '');
  }

  async #write(variables: readonly string[], value: string): Promise<void> {
    try {
      for (const name of variables) await this.ari?.setGlobalVariable(name, value);
    } catch (err) {
      this.log.warn({ problem: explain(err) }, 'Asterisk was not told whether the line is open');
    }
  }
}

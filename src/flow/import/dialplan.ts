import { HandrailError } from '../../kernel/errors.js';
import { buildFlow, type Imported, type ImportOptions } from './build.js';
import { parseDialplan, type DialplanContext, type DialplanStep } from './dialplan-parse.js';
import { readable } from './phrases.js';
import {
  labelOf,
  leaveOut,
  type LeftOut,
  type Plan,
  type PlannedEntry,
  type PlannedHours,
  type PlannedMenu,
  type PlannedSay,
  type Target,
} from './plan.js';
import { openingHours } from './time-spec.js';

/**
 * A hand-written menu of extensions.conf, the classic pattern of Background and WaitExten, as a flow.
 *
 * @param entry where calls begin, `CONTEXT` or `CONTEXT,EXTEN`; absent: the first context that has a menu
 * @throws HandrailError HR_IMPORT when there is no menu in it
 */
export function importDialplan(text: string, options: ImportOptions, entry?: string): Imported {
  return buildFlow(new DialplanReader(parseDialplan(text)).read(entry), options);
}

/** A place in the dialplan. */
interface Place {
  readonly context: string;
  readonly extension: string;
  readonly priority: number;
}

/** What a menu does after wrong keys, or after silence. */
interface Failure {
  readonly tries: number | undefined;
  readonly giveUp: Target | undefined;
  /** The variable that counts them. */
  readonly counter: string | undefined;
}

/** Something that is played. */
interface Heard {
  readonly words: string;
  readonly title: string;
}

/** Applications that callers do not notice. */
const silent = new Set([
  'answer',
  'noop',
  'wait',
  'verbose',
  'log',
  'progress',
  'ringing',
  'set',
  'system',
  'resetcdr',
]);
/** A dialplan that goes round in circles without a menu is left after so many steps. */
const MAX_STEPS = 200;

class DialplanReader {
  readonly #menus = new Map<string, PlannedMenu>();
  readonly #hours = new Map<string, PlannedHours>();
  readonly #says = new Map<string, PlannedSay>();
  readonly #leftOut: LeftOut[] = [];
  /** Targets that are being read or were: a menu that leads back to itself finds itself here. */
  readonly #targets = new Map<string, Target>();

  constructor(private readonly contexts: ReadonlyMap<string, DialplanContext>) {}

  read(entry: string | undefined): Plan {
    const [context = this.#firstMenu(), extension = 's'] = entry?.split(',') ?? [];
    if (context === undefined || !this.#steps(context, extension))
      throw new HandrailError('HR_IMPORT', entry ?? 'no context with Background() and WaitExten()');
    const target = this.#targetAt({ context, extension, priority: 1 });
    if (this.#menus.size === 0) throw new HandrailError('HR_IMPORT', `${context} leads to no menu`);
    return {
      name: readable(context),
      entry: target,
      menus: this.#menus,
      hours: this.#hours,
      says: this.#says,
      leftOut: this.#leftOut,
    };
  }

  #firstMenu(): string | undefined {
    const called = ({ extensions }: DialplanContext, app: string): boolean =>
      extensions.get('s')?.some((step) => step.app === app) === true;
    return [...this.contexts.values()].find((c) => called(c, 'background') || called(c, 'gotoiftime'))?.name;
  }

  #steps(context: string, extension: string): readonly DialplanStep[] | undefined {
    return this.contexts.get(context)?.extensions.get(extension);
  }

  /** Where a call comes to that goes on at a place: the next thing that callers notice. */
  #targetAt(place: Place): Target {
    const key = `${place.context},${place.extension},${String(place.priority)}`;
    const known = this.#targets.get(key);
    if (known) return known;
    const heard: Heard[] = [];
    let at: Place = place;
    for (let count = 0; count < MAX_STEPS; count++) {
      const step = this.#steps(at.context, at.extension)?.find(({ priority }) => priority === at.priority);
      if (!step) return this.#after(key, heard, { type: 'hangup' });
      switch (step.app) {
        case 'playback':
          heard.push({ words: this.#words(step, at), title: readable(step.args[0] ?? '') });
          break;
        case 'background':
          // A loop of the menu to itself comes back to the same menu, wherever it re-enters.
          return this.#menuAt(key, at, heard);
        case 'goto': {
          const to = this.#placeOf(step.args, at);
          return to ? this.#after(key, heard, this.#targetAt(to)) : this.#odd(key, heard, step, at);
        }
        case 'gotoiftime':
          return this.#after(key, heard, this.#hoursAt(step, at));
        case 'dial':
        case 'queue':
        case 'voicemail':
        case 'hangup':
          return this.#after(key, heard, this.#end(step, at));
        default:
          if (!silent.has(step.app)) this.#lost(at, `${step.app}(${step.args.join(',')})`);
      }
      at = { ...at, priority: at.priority + 1 };
    }
    return { type: 'hangup' };
  }

  /** What was played before the target is a node of its own. */
  #after(key: string, heard: readonly Heard[], target: Target): Target {
    const [first] = heard;
    if (!first) {
      this.#targets.set(key, target);
      return target;
    }
    const say: Target = { type: 'say', key };
    this.#targets.set(key, say);
    this.#says.set(key, { title: first.title, prompt: heard.map(({ words }) => words).join(' '), next: target });
    return say;
  }

  #odd(key: string, heard: readonly Heard[], step: DialplanStep, at: Place): Target {
    this.#lost(at, `${step.app}(${step.args.join(',')})`);
    return this.#after(key, heard, { type: 'hangup' });
  }

  #hoursAt(step: DialplanStep, at: Place): Target {
    const key = `hours ${at.context},${at.extension},${String(at.priority)}`;
    const [spec = '', branches = ''] = splitCondition(step.args.join(','));
    const [whenTrue = '', whenFalse = ''] = branches.split(':');
    const next = { ...at, priority: at.priority + 1 };
    const open = openingHours(spec);
    const yes = this.#placeOf(whenTrue.split(','), at);
    const no = whenFalse === '' ? next : this.#placeOf(whenFalse.split(','), at);
    if (!open || !yes || !no) {
      this.#lost(at, `gotoiftime(${step.args.join(',')})`);
      return this.#targetAt(next);
    }
    this.#hours.set(key, {
      title: `${readable(at.context)} hours`,
      open,
      whenOpen: this.#targetAt(yes),
      whenClosed: this.#targetAt(no),
    });
    return { type: 'hours', key };
  }

  #menuAt(key: string, at: Place, heard: readonly Heard[]): Target {
    const { context } = at;
    const target: Target = { type: 'menu', key: context };
    this.#targets.set(key, target);
    if (this.#menus.has(context)) return target;
    const all = this.#steps(context, at.extension) ?? [];
    const asking = all.filter(({ app }) => app === 'background');
    const wait = all.find(({ app }) => app === 'waitexten')?.args[0];
    const response = all.map(({ args }) => /^TIMEOUT\(response\)=(\d+)/.exec(args[0] ?? '')?.[1]).find(Boolean);
    const seconds = Number(wait ?? response);
    // It stands while its ways are read: they may lead back here.
    const menu = {
      title: readable(context),
      prompt: [...heard.map(({ words }) => words), ...asking.map((step) => this.#words(step, at))].join(' '),
      entries: [] as PlannedEntry[],
      noInputMs: seconds > 0 ? seconds * 1_000 : undefined,
      ...this.#failures(context),
    };
    this.#menus.set(context, menu);
    menu.entries.push(...this.#entries(context));
    const failing = this.#failures(context);
    this.#menus.set(context, { ...menu, ...failing });
    return target;
  }

  #entries(context: string): PlannedEntry[] {
    const { extensions, includes } = this.contexts.get(context) ?? { extensions: new Map(), includes: [] };
    for (const include of includes) this.#leftOut.push({ where: context, what: `include => ${include}` });
    return [...extensions].flatMap(([extension, steps]): readonly PlannedEntry[] => {
      if (['s', 'i', 't', 'h'].includes(extension)) return [];
      if (!/^[0-9]$/.test(extension)) {
        const why = extension.startsWith('_') ? 'numbers dialled directly' : 'a key that Handrail has another use for';
        this.#leftOut.push({ where: context, what: `${extension}: ${why}` });
        return [];
      }
      const target = this.#targetAt({ context, extension, priority: steps[0]?.priority ?? 1 });
      return [{ key: extension, label: this.#label(steps, target), target }];
    });
  }

  /** From the comment of the key's first line, else from where it leads. */
  #label(steps: readonly DialplanStep[], target: Target): string {
    const comment = steps[0]?.comment ?? '';
    if (isLabel(comment)) return comment;
    return labelOf(target, { menus: this.#menus, hours: this.#hours, says: this.#says }, readable);
  }

  /** What `i` and `t` do: after how many failures, and where to. Without `i` Asterisk hangs up at the first wrong key. */
  #failures(context: string): Pick<PlannedMenu, 'tries' | 'silences' | 'giveUp'> {
    const hangup: Failure = { tries: 1, giveUp: { type: 'hangup' }, counter: undefined };
    const [wrong = hangup, none = hangup] = ['i', 't'].map((extension) => this.#failure(context, extension));
    const place = { context, extension: 't', priority: 1 };
    if (wrong.counter !== undefined && wrong.counter === none.counter)
      this.#lost(place, 'one counter for wrong keys and silence: Handrail counts them apart');
    if (wrong.giveUp && none.giveUp && JSON.stringify(wrong.giveUp) !== JSON.stringify(none.giveUp))
      this.#lost(place, 'its own way after silence: a flow has one for both');
    return { tries: wrong.tries, silences: none.tries, giveUp: wrong.giveUp ?? none.giveUp };
  }

  #failure(context: string, extension: string): Failure | undefined {
    const steps = this.#steps(context, extension);
    if (!steps) return undefined;
    const counted = steps.find(({ app }) => app === 'gotoif');
    if (counted) {
      const text = counted.args.join(',');
      const [, counter, relation, limit] = /\$\[[^\]]*\$\{(\w+)\}["\s]*(>=|>)\s*"?(\d+)/.exec(text) ?? [];
      const to = this.#placeOf((splitCondition(text)[1] ?? '').split(':')[0]?.split(',') ?? [], {
        context,
        extension,
        priority: 1,
      });
      if (limit && to) {
        const tries = Number(limit) + (relation === '>' ? 1 : 0);
        return { tries, giveUp: this.#targetAt(to), counter };
      }
      this.#lost({ context, extension, priority: counted.priority }, `gotoif(${text})`);
    }
    const last = steps.at(-1);
    const back = last?.app === 'goto' ? this.#placeOf(last.args, { context, extension, priority: 1 }) : undefined;
    if (back && back.context === context && back.extension === 's')
      return { tries: undefined, giveUp: undefined, counter: undefined };
    return { tries: 1, giveUp: this.#targetAt({ context, extension, priority: 1 }), counter: undefined };
  }

  #end(step: DialplanStep, at: Place): Target {
    const [first = '', second = ''] = step.args;
    switch (step.app) {
      case 'dial': {
        const [device = ''] = first.split('&');
        if (first.includes('&')) this.#lost(at, `dial(${first}): only ${device} is called`);
        const to = /^[A-Za-z0-9]+\/([\w*#+-]+)/.exec(device)?.[1];
        if (to === undefined) return this.#unknown(step, at);
        const steps = this.#steps(at.context, at.extension) ?? [];
        const mailbox = steps.some(({ priority, app }) => priority > at.priority && app === 'voicemail');
        return { type: 'person', to, label: this.#personLabel(to, at), mailbox };
      }
      case 'queue':
        this.#lost(at, `queue(${first}): calls go to the extension ${first}, which must lead into the queue`);
        return { type: 'person', to: first, label: this.#personLabel(first, at), mailbox: false };
      case 'voicemail':
        this.#lost(at, `voicemail(${[first, second].join(',')}): the message is kept by Handrail`);
        return { type: 'message', label: this.#personLabel(first.split('@')[0] ?? '', at) };
      default:
        return { type: 'hangup' };
    }
  }

  #personLabel(to: string, at: Place): string {
    const comment = this.#steps(at.context, at.extension)?.[0]?.comment ?? '';
    if (isLabel(comment)) return comment;
    return /^\d+$/.test(to) ? `extension ${to}` : readable(to);
  }

  #unknown(step: DialplanStep, at: Place): Target {
    this.#lost(at, `${step.app}(${step.args.join(',')})`);
    return { type: 'hangup' };
  }

  /** What is said: the comment in quotation marks beside it, else the name of the recording, for somebody to write down. */
  #words(step: DialplanStep, at: Place): string {
    const written = /^["“](.+)["”]$/.exec(step.comment)?.[1];
    if (written !== undefined) return written;
    const names = (step.args[0] ?? '').split('&').map(readable);
    this.#lost(at, `the recording ${step.args[0] ?? ''}: its text is to be written down`);
    return `${names.join(', ')}.`;
  }

  /** `ctx,exten,prio`, `exten,prio` or `prio`, where prio may be a label. */
  #placeOf(args: readonly string[], at: Place): Place | undefined {
    const words = args.map((arg) => arg.trim());
    const [context, extension, priority] =
      words.length >= 3
        ? [words[0] ?? '', words[1] ?? '', words[2] ?? '']
        : words.length === 2
          ? [at.context, words[0] ?? '', words[1] ?? '']
          : [at.context, at.extension, words[0] ?? ''];
    const steps = this.#steps(context, extension);
    const number = /^\d+$/.test(priority) ? Number(priority) : steps?.find((s) => s.label === priority)?.priority;
    return steps && number !== undefined ? { context, extension, priority: number } : undefined;
  }

  #lost({ context, extension }: Place, what: string): void {
    leaveOut(this.#leftOut, `${context},${extension}`, what);
  }
}

/** Words in quotation marks are what is said there. */
function isLabel(comment: string): boolean {
  return /^\p{L}/u.test(comment) && comment.length <= 60;
}

/** `COND?A:B` at the question mark that is in no brackets. */
function splitCondition(text: string): [string, string] {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '[' || text[at] === '{') depth++;
    else if (text[at] === ']' || text[at] === '}') depth--;
    else if (text[at] === '?' && depth === 0) return [text.slice(0, at), text.slice(at + 1)];
  }
  return [text, ''];
}

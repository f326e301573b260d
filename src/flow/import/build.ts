import type { Flow, FlowNode, MenuNode, Option } from '../schema.js';
import { proposedPhrases, readable } from './phrases.js';
import { leaveOut, type LeftOut, type Plan, type PlannedMenu, type Target } from './plan.js';

export interface ImportOptions {
  /** Becomes the flow's id: that of the line whose draft it shall be. */
  readonly flowId: string;
  /** IANA name: where the hours of the old menu are meant. */
  readonly timezone: string;
}

export interface Imported {
  readonly flow: Flow;
  /** What could not be carried over, or only otherwise. */
  readonly leftOut: readonly LeftOut[];
}

const GOODBYE = 'goodbye';
const MESSAGE = 'message';
/** With an old menu that repeats for ever. */
const TRIES = 3;

/** Makes a flow with both faces out of a plan. Pure. */
export function buildFlow(plan: Plan, options: ImportOptions): Imported {
  return new Builder(plan, options).build();
}

class Builder {
  readonly #nodes: Record<string, FlowNode> = {};
  readonly #ids = new Map<string, string>();
  readonly #leftOut: LeftOut[];
  readonly #operator: Target | undefined;
  readonly #giveUp: Target;

  constructor(
    private readonly plan: Plan,
    private readonly options: ImportOptions,
  ) {
    this.#leftOut = [...plan.leftOut];
    const menus = [...plan.menus.values()];
    this.#operator = menus.flatMap((menu) => menu.entries.filter(({ key }) => key === '0'))[0]?.target;
    this.#giveUp = menus.find(({ giveUp }) => giveUp)?.giveUp ?? this.#operator ?? { type: 'hangup' };
  }

  build(): Imported {
    const { plan } = this;
    const start = this.#nodeOf(plan.entry);
    const giveUp = this.#nodeOf(this.#giveUp);
    const operator = this.#operator && this.#nodeOf(this.#operator);
    const flow: Flow = {
      schema: 1,
      id: this.options.flowId,
      name: plan.name.slice(0, 100),
      language: 'en-US',
      start,
      giveUp,
      ...(operator === undefined ? {} : { operator }),
      defaults: this.#defaults(),
      nodes: this.#nodes,
    };
    return { flow, leftOut: this.#leftOut };
  }

  /** What the flow has once for all its menus. */
  #defaults(): NonNullable<Flow['defaults']> {
    const menus = [...this.plan.menus.values()];
    const first = menus[0];
    for (const menu of menus) {
      if (menu.noInputMs !== first?.noInputMs) this.#lost(menu.title, 'its own waiting time: a flow has one for all');
      if (menu.tries !== first?.tries || menu.silences !== first?.silences)
        this.#lost(menu.title, 'its own number of tries: a flow has one for all');
      if (menu.giveUp && !sameTarget(menu.giveUp, this.#giveUp))
        this.#lost(menu.title, 'its own way out after wrong keys: a flow has one for all');
      if (menu.tries === undefined || menu.silences === undefined)
        this.#lost(menu.title, `it repeats for ever: the flow gives up after ${String(TRIES)} wrong or missing keys`);
    }
    const noInputMs = first?.noInputMs;
    return {
      ...triesOf(first?.tries ?? TRIES, first?.silences ?? TRIES),
      ...(noInputMs === undefined ? {} : { noInputMs: Math.min(60_000, Math.max(1_000, noInputMs)) }),
    };
  }

  /** The node for a target, made when it is asked for the first time. */
  #nodeOf(target: Target): string {
    const key = keyOf(target);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#freeId(this.#titleOf(target));
    this.#ids.set(key, id);
    const node = this.#make(target);
    if (node) this.#nodes[id] = node;
    return id;
  }

  #make(target: Target): FlowNode | undefined {
    switch (target.type) {
      case 'menu':
        return this.#menu(this.plan.menus.get(target.key));
      case 'hours': {
        const hours = this.plan.hours.get(target.key);
        return (
          hours && {
            kind: 'hours',
            timezone: this.options.timezone,
            open: [...hours.open],
            whenOpen: this.#nodeOf(hours.whenOpen),
            whenClosed: this.#nodeOf(hours.whenClosed),
          }
        );
      }
      case 'say': {
        const say = this.plan.says.get(target.key);
        return say && { kind: 'say', prompt: say.prompt, next: this.#nodeOf(say.next) };
      }
      case 'directory': {
        const directory = this.plan.directories?.get(target.key);
        return (
          directory && {
            kind: 'directory',
            prompt: 'Who would you like to speak to?',
            people: [...directory.people],
            failed: this.#nodeOf(directory.failed),
          }
        );
      }
      case 'person': {
        const failed = this.#nodeOf(target.mailbox ? { type: 'message', label: target.label } : { type: 'hangup' });
        return { kind: 'transfer', to: target.to, prompt: `I will connect you to ${target.label}.`, failed };
      }
      case 'message':
        return {
          kind: 'voicemail',
          prompt: `Please leave a message for ${target.label} after the tone.`,
          next: this.#nodeOf({ type: 'hangup' }),
        };
      case 'hangup':
        return { kind: 'hangup', prompt: 'Goodbye.' };
    }
  }

  #menu(menu: PlannedMenu | undefined): FlowNode | undefined {
    if (!menu) return undefined;
    const names = new Set<string>();
    const options: Option[] = [];
    for (const { key, label, target } of menu.entries) {
      const next = this.#nodeOf(target);
      if (key === '0') {
        if (this.#operator && !sameTarget(target, this.#operator))
          this.#lost(menu.title, 'its own way by key 0: that key leads to the operator everywhere');
        continue;
      }
      const id = free(camel(label) || `key${key}`, names);
      options.push({ id, label, key, phrases: proposedPhrases(label, target.type === 'person'), next });
    }
    if (options.length === 0) {
      this.#lost(menu.title, 'it has no key from 1 to 9: it is said, and then leads on');
      return { kind: 'say', prompt: menu.prompt, next: this.#nodeOf(this.#operator ?? this.#giveUp) };
    }
    return { kind: 'menu', prompt: menu.prompt, options } satisfies MenuNode;
  }

  #titleOf(target: Target): string {
    switch (target.type) {
      case 'menu':
        return this.plan.menus.get(target.key)?.title ?? target.key;
      case 'hours':
        return this.plan.hours.get(target.key)?.title ?? target.key;
      case 'say':
        return this.plan.says.get(target.key)?.title ?? target.key;
      case 'directory':
        return this.plan.directories?.get(target.key)?.title ?? target.key;
      case 'person':
        return target.label;
      case 'message':
        return MESSAGE;
      case 'hangup':
        return GOODBYE;
    }
  }

  #freeId(title: string): string {
    return free(camel(title) || 'node', new Set([...this.#ids.values(), 'flow']));
  }

  #lost(where: string, what: string): void {
    leaveOut(this.#leftOut, where, what);
  }
}

function triesOf(wrong: number, silent: number): NonNullable<Flow['defaults']> {
  const [wrongKeyTries, noKeyTries] = [wrong, silent].map((tries) => Math.min(10, Math.max(1, tries)));
  if (wrongKeyTries === undefined || noKeyTries === undefined) return {};
  return wrongKeyTries === noKeyTries ? { keypadTries: wrongKeyTries } : { wrongKeyTries, noKeyTries };
}

function keyOf(target: Target): string {
  switch (target.type) {
    case 'menu':
    case 'hours':
    case 'say':
    case 'directory':
      return `${target.type} ${target.key}`;
    case 'person':
      return `person ${target.to}`;
    case 'message':
      return `message ${target.label}`;
    case 'hangup':
      return 'hangup';
  }
}

function sameTarget(a: Target, b: Target): boolean {
  return keyOf(a) === keyOf(b);
}

/** `Main menu (2024)` → `mainMenu2024`. */
function camel(title: string): string {
  const words = readable(title).match(/[a-z0-9]+/g) ?? [];
  const joined = words.map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join('');
  return joined.replace(/^[0-9]+/, '').slice(0, 40);
}

function free(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted}${String(n)}`;
  taken.add(name);
  return name;
}

import type { HoursNode, Person } from '../schema.js';

/** What an old menu says, whatever it was written in; from this a flow is made. */
export interface Plan {
  readonly name: string;
  /** Where a call begins. */
  readonly entry: Target;
  readonly menus: ReadonlyMap<string, PlannedMenu>;
  readonly hours: ReadonlyMap<string, PlannedHours>;
  readonly says: ReadonlyMap<string, PlannedSay>;
  readonly directories?: ReadonlyMap<string, PlannedDirectory>;
  readonly leftOut: readonly LeftOut[];
}

/** Something of the old menu that the flow does not have, or has otherwise. */
export interface LeftOut {
  /** Where it stood: a context, a table row. */
  readonly where: string;
  readonly what: string;
}

export type Target =
  | { readonly type: 'menu' | 'hours' | 'say' | 'directory'; readonly key: string }
  | { readonly type: 'person'; readonly to: string; readonly label: string; readonly mailbox: boolean }
  | { readonly type: 'message'; readonly label: string }
  | { readonly type: 'hangup' };

export interface PlannedMenu {
  readonly title: string;
  readonly prompt: string;
  readonly entries: readonly PlannedEntry[];
  readonly noInputMs: number | undefined;
  /** Wrong keys until `giveUp`; undefined: the old menu repeats for ever. */
  readonly tries: number | undefined;
  /** Times without a key until `giveUp`; undefined: the old menu repeats for ever. */
  readonly silences: number | undefined;
  readonly giveUp: Target | undefined;
}

export interface PlannedEntry {
  /** One key: 0 to 9. */
  readonly key: string;
  readonly label: string;
  readonly target: Target;
}

export interface PlannedHours {
  readonly title: string;
  readonly open: readonly HoursNode['open'][number][];
  readonly whenOpen: Target;
  readonly whenClosed: Target;
}

export interface PlannedSay {
  readonly title: string;
  readonly prompt: string;
  readonly next: Target;
}

export interface PlannedDirectory {
  readonly title: string;
  readonly people: readonly Person[];
  /** Where callers go on whom nobody there has answered. */
  readonly failed: Target;
}

/** Adds to the list of what the flow does not have; the same is not said twice. */
export function leaveOut(list: LeftOut[], where: string, what: string): void {
  if (!list.some((known) => known.where === where && known.what === what)) list.push({ where, what });
}

/**
 * How an entry is called that leads to `target`, where the old menu has no words for it.
 *
 * @param unread the same for the key of a menu that is still being read, so that its title is not known yet
 */
export function labelOf(
  target: Target,
  { menus, hours, says, directories }: Pick<Plan, 'menus' | 'hours' | 'says' | 'directories'>,
  unread: (key: string) => string,
): string {
  switch (target.type) {
    case 'menu':
      return menus.get(target.key)?.title ?? unread(target.key);
    case 'hours':
      return hours.get(target.key)?.title ?? 'our hours';
    case 'say':
      return says.get(target.key)?.title ?? 'an announcement';
    case 'directory':
      return directories?.get(target.key)?.title ?? 'a person by name';
    case 'person':
      return target.label;
    case 'message':
      return `a message for ${target.label}`;
    case 'hangup':
      return 'goodbye';
  }
}

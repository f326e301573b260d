/** What the kit is told by the admin, checked: nothing in it can add a line to a configuration file. */
export interface KitSettings {
  /** Name of the Stasis application. */
  readonly app: string;
  readonly ariUser: string;
  readonly ariPassword: string;
  /** Where callers go when neither Handrail nor the flow's copy can serve: the menu that was there before. */
  readonly menu: DialplanPlace;
  /** Context in which the people stand whom a flow transfers to; `undefined`: `PJSIP/<extension>` is dialled. */
  readonly agents: string | undefined;
  /** Absolute: the folder into which the controller writes the keypad copy of the flow. */
  readonly dialplanDir: string;
}

export interface DialplanPlace {
  readonly context: string;
  readonly extension: string;
  readonly priority: string;
}

/** @returns `undefined` for what is no `CONTEXT[,EXTENSION[,PRIORITY]]` */
export function placeOf(text: string): DialplanPlace | undefined {
  const parts = /^([\w.-]{1,79})(?:,([\w*#+.-]{1,79}))?(?:,(\d{1,4}|[A-Za-z][\w-]*))?$/.exec(text);
  return parts?.[1] === undefined
    ? undefined
    : { context: parts[1], extension: parts[2] ?? 's', priority: parts[3] ?? '1' };
}

export function textOf({ context, extension, priority }: DialplanPlace): string {
  return `${context},${extension},${priority}`;
}

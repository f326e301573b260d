/** Where the dialplan copy lives and whom it may call. */
export interface DialplanOptions {
  /** Name of the Stasis application: several can share an Asterisk. */
  readonly app: string;
  /** Name of the context that is written, for instance `handrail-flow`. Letters, digits, `_` and `-`. */
  readonly context: string;
  /** Absolute folder of the sound files, as Asterisk sees it. */
  readonly soundDir: string;
  /** Absolute folder into which messages are recorded, as Asterisk sees it. */
  readonly messageDir: string;
  /** How a transfer target is dialled, as at the controller; `{to}` is the node's extension: `Local/{to}@handrail-agents`. */
  readonly agentEndpoint: string;
  /** A caller is not kept longer than this, transferred calls excepted. @defaultValue 1,800,000 */
  readonly maxCallMs?: number;
  /**
   * Writes nodes, prompts and, when the call ends, variables into Asterisk's log at NOTICE, so that a test can follow a call.
   * Not for real callers: what they key in is among it. @defaultValue false
   */
  readonly trace?: boolean;
}

/** The variable of Asterisk that says `open` or `closed` where people have said so, whatever the calendar says. */
export function overrideVariable(app: string): string {
  return `HANDRAIL_OVERRIDE_${app.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()}`;
}

/** A text that has to lie in the sound folder under this name before the dialplan is loaded. */
export interface DialplanSound {
  readonly name: string;
  readonly text: string;
}

export interface CompiledDialplan {
  /** The whole include file. */
  readonly extensionsConf: string;
  readonly sounds: readonly DialplanSound[];
  /** Extensions by which a call can enter, one for each node: `node-ID`. */
  readonly entries: readonly string[];
}

export const MAX_CALL_MS = 1_800_000;

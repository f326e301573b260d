/** Why a service, or a tool of an MCP server, gave nothing. */
export type ToolOutcome =
  | 'answered'
  /** The host is none of `tools.hosts`, or the server none of `tools.mcpFile`. */
  | 'not-allowed'
  /** The file with the secret cannot be read. */
  | 'no-secret'
  /** A variable of the path has no value that can stand there. */
  | 'no-value'
  /** The MCP server lists no such tool. */
  | 'no-tool'
  /** The arguments are not as the MCP tool’s own schema wants them: it is not called. */
  | 'wrong-arguments'
  | 'unreachable'
  /** It failed again and again, and is not asked for a while. */
  | 'resting'
  | 'deadline'
  /** Not 2xx. Redirects are not followed: they would lead past the list of hosts. */
  | 'status'
  /** The MCP tool was called, and said that it failed. */
  | 'refused'
  | 'too-big'
  | 'not-json'
  /** Something declared is missing, or of another type. */
  | 'wrong-type'
  /** The caller left. */
  | 'cancelled';

/** Ends one request to a service; anything else that is thrown there counts as `unreachable`. */
export class ToolFailure extends Error {
  constructor(
    readonly why: ToolOutcome,
    /** HTTP status, where there is one. */
    readonly status?: number,
  ) {
    super(why);
  }
}

/** Longest answer that is read, in bytes, whatever it says about its length. */
export const MAX_ANSWER_BYTES = 256 * 1024;

/** A service that says no, or answers in another form, works; one that is away, late or broken does not. */
export function verdictOn(why: ToolOutcome, status: number | undefined): 'good' | 'bad' | 'unknown' {
  if (why === 'cancelled' || why === 'no-secret' || why === 'wrong-arguments' || why === 'no-tool') return 'unknown';
  const broken = why === 'unreachable' || why === 'deadline' || (why === 'status' && (status ?? 0) >= 500);
  return broken ? 'bad' : 'good';
}

/** One session with an MCP server, however it is reached. */
export interface Wire {
  /**
   * @returns the `result` of the answer
   * @throws ToolFailure; SessionLost; anything else where nobody could be reached
   */
  request(method: string, params: object, signal: AbortSignal): Promise<unknown>;
  notify(method: string, params: object): Promise<void>;
  /** The revision of the protocol that both sides have agreed on. */
  agreed(version: string): void;
  /** Idempotent. */
  close(): Promise<void>;
}

/** What happens on a wire by itself. */
export interface WireEvents {
  onToolsChanged(): void;
  /** Nothing goes over it any more. */
  onClosed(): void;
}

/** The server knows our session no more, and has not done what was asked: a new session may ask again. */
export class SessionLost extends Error {}

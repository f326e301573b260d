/** Pino's shape: structured fields first, then a static message. Nothing of what a caller said goes in. */
export interface MediaLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export const silentLog: MediaLog = { info: () => undefined, warn: () => undefined };

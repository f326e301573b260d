/** What the room needs of a logger; pino has it. Messages are static, what varies stands in the fields. */
export interface AriLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

import { Type, type Static } from 'typebox';

/** Where things lie in a backup, and in the data folder once they are restored. */
export const layout = {
  list: 'BACKUP.json',
  database: 'handrail.sqlite',
  config: 'handrail.config.json',
  flows: 'flows',
  voicemail: 'voicemail',
  /** Messages and callback requests that were not delivered yet. */
  outbox: 'outbox',
  /** Recordings that are played as prompts. */
  prompts: 'prompts',
  recordings: 'recordings',
  captures: 'captures',
  /** What the dialplan’s copy recorded while no controller was there. */
  messages: 'dialplan/messages',
  secrets: 'secrets',
} as const;

/** What BACKUP.json says about the rest of a backup. */
export const BackupList = Type.Object({
  format: Type.Literal(1),
  /** Handrail’s version that made it. */
  version: Type.String(),
  madeAt: Type.String(),
  /** Steps that its database’s schema has taken; 0 when there was no database yet. */
  schema: Type.Integer({ minimum: 0 }),
  files: Type.Array(Type.Object({ path: Type.String(), sha256: Type.String() })),
});
export type BackupList = Static<typeof BackupList>;

/** Secrets, each by the path that it is restored to, relative to the data folder. */
export const Keys = Type.Record(
  Type.String({ pattern: `^${layout.secrets}/[A-Za-z]+-[A-Za-z]+$` }),
  Type.String({ minLength: 1 }),
);
export type Keys = Static<typeof Keys>;

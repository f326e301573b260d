import { Type } from 'typebox';

/** What the schemas of several nodes share. */
export const strict = { additionalProperties: false } as const;

export const NodeId = Type.String({ pattern: '^[a-z][A-Za-z0-9_-]{0,63}$', description: 'Name of a node.' });
export const Name = Type.String({
  pattern: '^[A-Za-z][A-Za-z0-9_]{0,63}$',
  description: 'Name of a variable or slot.',
});
export const Prompt = Type.String({ minLength: 1, maxLength: 2000, description: 'Text that the bot says.' });

export const LanguageTag = Type.String({
  pattern: '^[a-z]{2}-[A-Z]{2}$',
  description: 'A language, such as de-DE.',
});

export const NoFiller = Type.Optional(
  Type.Boolean({
    default: false,
    description: 'Nothing is said while an answer is waited for, where “One moment.” would be.',
  }),
);

/** Where a person is called. */
export const Extension = Type.String({
  pattern: '^[0-9A-Za-z_*#+-]{1,40}$',
  description: 'Extension or number in the agents’ context.',
});

export const plain = { note: Type.Optional(Type.String({ maxLength: 2000 })) };

import { Type, type Static } from 'typebox';

import { Prompt, strict } from './schema-parts.js';

/** What a slot can hold: the part of the flow's schema that grammars, keypad questions and read-back are made from. */
export const Phrase = Type.String({ minLength: 1, maxLength: 300, description: 'A sentence that a caller may say.' });
export const ClockTime = Type.String({
  pattern: '^([01][0-9]|2[0-4]):[0-5][0-9]$',
  description: 'HH:MM, 24 hours.',
});

const ListValue = Type.Union([
  Type.String({ minLength: 1, maxLength: 100 }),
  Type.Object(
    {
      value: Type.String({ minLength: 1, maxLength: 100, description: 'The value as the flow stores it.' }),
      say: Type.Array(Phrase, { description: 'Other ways in which callers say it.' }),
      said: Type.Optional(
        Type.String({ minLength: 1, maxLength: 100, description: 'How the bot says it, if not as it is stored.' }),
      ),
    },
    strict,
  ),
]);

const ListEntity = Type.Object(
  { type: Type.Literal('list'), values: Type.Array(ListValue, { minItems: 1, maxItems: 5000 }) },
  strict,
);

const CompoundEntity = Type.Object(
  {
    type: Type.Literal('compound'),
    parts: Type.Array(
      Type.Object(
        {
          ask: Type.Optional(Prompt),
          optional: Type.Optional(Type.Boolean({ default: false })),
          values: Type.Array(ListValue, { minItems: 1, maxItems: 200 }),
        },
        strict,
      ),
      { minItems: 2, maxItems: 4, description: 'Said one after the other; the value is the parts joined by spaces.' },
    ),
  },
  strict,
);

const DigitsEntity = Type.Object(
  {
    type: Type.Literal('digits'),
    min: Type.Integer({ minimum: 1, maximum: 32 }),
    max: Type.Integer({ minimum: 1, maximum: 32 }),
  },
  strict,
);

const NumberEntity = Type.Object(
  {
    type: Type.Literal('number'),
    min: Type.Integer({ minimum: 0, maximum: 9999 }),
    max: Type.Integer({ minimum: 0, maximum: 9999 }),
  },
  strict,
);

const YesNoEntity = Type.Object({ type: Type.Literal('yesno') }, strict);

const DateEntity = Type.Object(
  {
    type: Type.Literal('date'),
    keys: Type.Optional(
      Type.Union([Type.Literal('MMDD'), Type.Literal('DDMM')], {
        default: 'MMDD',
        description: 'What is keyed first, month or day. Where the year is asked for, it follows.',
      }),
    ),
    year: Type.Optional(
      Type.Union([Type.Literal('next'), Type.Literal('last'), Type.Literal('asked')], {
        default: 'next',
        description:
          'Which year is meant when none is said: the next such day (today counts), the last one, or none, so that the caller has to say it.',
      }),
    ),
  },
  { ...strict, description: 'A day. The value is YYYY-MM-DD. “Today” is the day where the controller runs.' },
);

const TimeEntity = Type.Object(
  {
    type: Type.Literal('time'),
    from: Type.Optional(ClockTime),
    to: Type.Optional(ClockTime),
  },
  {
    ...strict,
    description:
      'A time of day between `from` and `to`, both included. The value is HH:MM, 24 hours. “Three” is taken for the one that lies between them, else it is asked.',
  },
);

const AmountEntity = Type.Object(
  {
    type: Type.Literal('amount'),
    max: Type.Integer({ minimum: 1, maximum: 99999 }),
    currency: Type.Optional(Type.Union([Type.Literal('USD'), Type.Literal('EUR'), Type.Literal('GBP')])),
  },
  {
    ...strict,
    description:
      'An amount from 0.01 to `max`. The value has two decimals, and the currency if one is given: 12.50 USD.',
  },
);

const CodeEntity = Type.Object(
  {
    type: Type.Literal('code'),
    pattern: Type.String({
      pattern: '^[A9]{2,12}$',
      description: 'One sign for each place: A is a letter, 9 a digit. AA999 holds for instance KX204.',
    }),
  },
  { ...strict, description: 'Letters and digits, spelled. The value is in capitals.' },
);

export const Entity = Type.Union([
  ListEntity,
  CompoundEntity,
  DigitsEntity,
  NumberEntity,
  YesNoEntity,
  DateEntity,
  TimeEntity,
  AmountEntity,
  CodeEntity,
]);

export type Entity = Static<typeof Entity>;
export type ListValue = Static<typeof ListValue>;
export type EntityOf<T extends Entity['type']> = Extract<Entity, { type: T }>;
/** Entities whose value is made from what was said or keyed, not picked from it. */
export type ReckonedEntity = EntityOf<'date' | 'time' | 'amount' | 'code'>;

export function isReckoned(entity: Entity): entity is ReckonedEntity {
  return entity.type === 'date' || entity.type === 'time' || entity.type === 'amount' || entity.type === 'code';
}

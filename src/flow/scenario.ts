import { Type, type Static } from 'typebox';
import { parseDocument, stringify } from 'yaml';
import { LanguageTag } from './schema-parts.js';
import { schemaMistakes } from './schema-mistakes.js';
import { HandrailError } from '../kernel/errors.js';

const strict = { additionalProperties: false } as const;

const Expected = Type.Object(
  {
    node: Type.Optional(Type.String({ description: 'Where the call is then.' })),
    face: Type.Optional(Type.Union([Type.Literal('ai'), Type.Literal('keypad')])),
    then: Type.Optional(
      Type.String({
        description: 'What the flow waits for: listen, transfer, voicemail, callback, tool, converse, hangup.',
      }),
    ),
    outcome: Type.Optional(Type.String({ description: 'As in the record of a turn: accepted, confirm, nomatch …' })),
    fallback: Type.Optional(Type.String({ description: 'Why it fell back; `none`: it did not.' })),
    says: Type.Optional(Type.String({ description: 'Words that are said somewhere in the answer.' })),
    variables: Type.Optional(Type.Record(Type.String(), Type.String({ description: 'In quotes, if it is a number.' }))),
    within: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Longest time that understanding and deciding may take, in ms.' }),
    ),
  },
  strict,
);

const ScenarioStep = Type.Object(
  {
    say: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'What the caller says.' })),
    sure: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: 'How sure the recogniser is of the words; 1 when absent.' }),
    ),
    press: Type.Optional(
      Type.String({
        pattern: '^[0-9*#A-D]{1,64}$',
        description: 'Keys, in quotes: without them "007" is the number 7.',
      }),
    ),
    silence: Type.Optional(Type.Literal(true)),
    noise: Type.Optional(Type.Literal(true)),
    trouble: Type.Optional(Type.Union([Type.Literal('deadline'), Type.Literal('engine')])),
    answer: Type.Optional(Type.Unknown({ description: 'What the web service of a tool node answers.' })),
    done: Type.Optional(
      Type.Boolean({ description: 'Whether the transfer, the recording or the web service has worked.' }),
    ),
    expect: Type.Optional(Expected),
  },
  strict,
);

const Scenario = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    at: Type.Optional(
      Type.String({
        pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,3})?)?(Z|[+-][0-9]{2}:[0-9]{2})$',
        description: 'When the call is: 2026-12-24T10:00+01:00. Now when absent.',
      }),
    ),
    language: Type.Optional({ ...LanguageTag, description: 'The language that this caller has chosen before.' }),
    speech: Type.Optional(Type.Boolean({ description: 'False: there is no recogniser.' })),
    steps: Type.Array(ScenarioStep, { minItems: 1, maxItems: 200 }),
  },
  strict,
);

const scenarioFileSchema = Type.Object(
  {
    flow: Type.Optional(Type.String({ minLength: 1, description: 'The flow’s file, relative to this one.' })),
    scenarios: Type.Array(Scenario, { minItems: 1, maxItems: 500 }),
  },
  strict,
);

export type Scenario = Static<typeof Scenario>;
export type ScenarioStep = Static<typeof ScenarioStep>;
export type ScenarioFile = Static<typeof scenarioFileSchema>;

const inputs = ['say', 'press', 'silence', 'noise', 'trouble', 'answer', 'done'] as const;

/**
 * Reads the text of a `*.test.yaml`.
 * @throws HandrailError HR_SCENARIO with one line a mistake
 */
export function parseScenarios(text: string, where: string): ScenarioFile {
  const document = parseDocument(text, { prettyErrors: true });
  const unread = document.errors.map(({ message }) => message.split('\n')[0] ?? '');
  if (unread.length > 0) throw wrong(where, unread);
  const json = document.toJS({ maxAliasCount: 100 }) as unknown;
  const mistakes = schemaMistakes(scenarioFileSchema, json, '').map(({ where: at, what }) => `${at}: ${what}`);
  if (mistakes.length > 0) throw wrong(where, mistakes);
  const file = json as ScenarioFile;
  const unclear = file.scenarios.flatMap(({ steps }, s) =>
    steps.flatMap((step, i) => {
      const given = inputs.filter((name) => step[name] !== undefined);
      // Only the first step may be without: the call begins.
      if (given.length === 1 || (given.length === 0 && i === 0)) return [];
      return [
        `scenarios.${String(s)}.steps.${String(i)}: needs one of ${inputs.join(', ')}, has ${given.join(', ') || 'none'}`,
      ];
    }),
  );
  if (unclear.length > 0) throw wrong(where, unclear);
  return file;
}

/** Scenarios as the text of a `*.test.yaml`, as `parseScenarios` reads it. */
export function scenarioText(scenarios: readonly Scenario[]): string {
  return stringify({ scenarios }, { lineWidth: 0 });
}

function wrong(where: string, mistakes: readonly string[]): HandrailError {
  return new HandrailError('HR_SCENARIO', `${where}:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`);
}

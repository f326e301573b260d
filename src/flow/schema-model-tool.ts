import { Type, type Static } from 'typebox';
import { Name, Prompt, strict } from './schema-parts.js';
import { toolCallFields, ValueType } from './schema-tool.js';

const Parameter = Type.Object(
  {
    name: Name,
    description: Type.String({ minLength: 1, maxLength: 200, description: 'What it is, in words for the model.' }),
    schema: ValueType,
  },
  strict,
);

/** A service that the language model may have asked. */
export const ModelTool = Type.Object(
  {
    name: Name,
    description: Type.String({ minLength: 1, maxLength: 300, description: 'When it helps, in words for the model.' }),
    parameters: Type.Optional(
      Type.Array(Parameter, {
        maxItems: 6,
        description:
          'What the model takes from the caller’s words, as variables of the request. A number or a name that the caller has not said is not sent.',
      }),
    ),
    ...toolCallFields,
    answer: Type.Optional({
      ...Prompt,
      description:
        'Said of what came back, with its variables. Absent: the model puts it into words, which are checked.',
    }),
  },
  strict,
);

export type ModelTool = Static<typeof ModelTool>;

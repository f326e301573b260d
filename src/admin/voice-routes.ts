import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { decodeWav, encodeWav } from '../audio/wav.js';
import type { Listened } from '../dialog/hear.js';
import type { SimulatedInput } from '../dialog/simulate.js';
import type { FlowDesk } from '../flow/desk.js';
import type { Flow } from '../flow/schema.js';
import { Document, flowOf, MAX_FLOW_BYTES } from './flow-parts.js';
import { SimulatedInputs } from './simulate-routes.js';
import { addRoute } from './route.js';

/** The line's voice and ears, for whoever edits its flow. PCM16 mono at 8,000 Hz. */
export interface Voice {
  /** @throws HandrailError of the voice */
  speak(text: string): Promise<Int16Array>;
  /** @returns undefined when nothing is asked that speech could answer */
  hear(
    flow: Flow,
    inputs: readonly SimulatedInput[],
    now: { readonly wallMs: number; readonly speech: boolean },
    samples: Int16Array,
  ): Promise<Listened | undefined>;
}

const strict = { additionalProperties: false } as const;
/** Half a minute of telephone audio, as base64. */
const MAX_AUDIO = 700_000;

export function registerVoice(
  app: FastifyInstance,
  { voice, desk }: { readonly voice: Voice; readonly desk: FlowDesk },
): void {
  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/speech',
      access: 'flow:read',
      schema: {
        summary: 'Says a text with the line’s voice: a WAV, as callers hear it',
        body: Type.Object({ text: Type.String({ minLength: 1, maxLength: 2_000 }) }, strict),
      },
    },
    async ({ body: { text }, reply }) => reply.type('audio/wav').send(encodeWav([await voice.speak(text)])),
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/simulate/speech',
      access: 'flow:read',
      bodyLimit: MAX_FLOW_BYTES + MAX_AUDIO,
      schema: {
        summary: 'What the recogniser makes of speech at this moment of a pretended call: its next input',
        body: Type.Object(
          {
            document: Type.Optional(Document),
            inputs: SimulatedInputs,
            wallMs: Type.Integer({ minimum: 0, description: 'When the call is; ms since 1970.' }),
            wav: Type.String({ maxLength: MAX_AUDIO, description: 'A WAV of at most 30 s, as base64.' }),
          },
          strict,
        ),
      },
    },
    async ({ body: { document, inputs, wallMs, wav }, reply }) => {
      const flow = flowOf(document, desk);
      const samples = decodeWav(Buffer.from(wav, 'base64'), 'wav');
      const heard = await voice.hear(flow, inputs, { wallMs, speech: true }, samples);
      return heard ?? reply.code(409).send({ error: 'nothing is asked at this moment that speech could answer' });
    },
  );
}

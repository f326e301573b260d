import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { readSound } from '../audio/sound-file.js';
import type { FlowDesk } from '../flow/desk.js';
import type { PromptRecordings } from '../store/prompt-recordings.js';
import { principalIn } from './access-routes.js';
import { nameOf } from './access/principal.js';
import type { Auditor } from './audit.js';
import { PromptUses } from './prompt-uses.js';
import { addRoute } from './route.js';

export interface PromptDeps {
  readonly prompts: PromptRecordings;
  readonly desk: FlowDesk;
  readonly auditor: Auditor;
}

const strict = { additionalProperties: false } as const;
/**
 * A file of 12 MiB as base64: five minutes of 16 kHz, one of a CD. A WAV is read on the main thread, where more than a second
 * of work would be felt by the calls that are up.
 */
const MAX_UPLOAD = 16 * 1024 * 1024;
const Title = Type.String({ minLength: 1, maxLength: 100 });
const Named = Type.Object({ name: Type.String({ minLength: 1, maxLength: 80 }) });

const played = { error: 'the draft or a version plays this recording' } as const;
const absent = { error: 'no such recording' } as const;

/** Recordings that a flow plays as prompts. */
export function registerPrompts(app: FastifyInstance, { prompts, desk, auditor }: PromptDeps): void {
  const uses = new PromptUses(desk);

  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/prompts',
      access: 'flow:read',
      schema: {
        summary:
          'Recordings that a flow can play as prompts, newest first, each with the nodes of draft and live version that play it, and whether any version does',
      },
    },
    async () => {
      const of = await uses.look();
      return (await prompts.list()).map((recording) => ({ ...recording, ...of(recording.name) }));
    },
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/prompts',
      access: 'flow:edit',
      bodyLimit: MAX_UPLOAD,
      schema: {
        summary:
          'Takes up a recording: WAV; AIFF, FLAC, Ogg, MP3 and M4A where ffmpeg is installed. Answers with its name',
        body: Type.Object(
          {
            title: Title,
            sound: Type.String({
              maxLength: MAX_UPLOAD,
              pattern: '^[A-Za-z0-9+/]+={0,2}$',
              description: 'The file, as base64.',
            }),
          },
          strict,
        ),
      },
    },
    async ({ body: { title, sound }, request }) => {
      const made = await prompts.add(title, await readSound(Buffer.from(sound, 'base64'), title));
      await auditor.wrote(nameOf(principalIn(request)), { action: 'prompt.add', subject: made.name });
      return made;
    },
  );

  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/prompts/:name',
      access: 'flow:read',
      schema: { summary: 'A recording as WAV, as callers hear it', params: Named },
    },
    async ({ params: { name }, reply }) => {
      const wav = await prompts.wav(name);
      return wav ? reply.type('audio/wav').send(wav) : reply.code(404).send(absent);
    },
  );

  addRoute(
    app,
    {
      method: 'PATCH',
      url: '/api/prompts/:name',
      access: 'flow:edit',
      schema: {
        summary: 'Names a recording that neither the draft nor any version plays. Answers with its new name',
        params: Named,
        body: Type.Object({ title: Title }, strict),
      },
    },
    async ({ params: { name }, body: { title }, request, reply }) => {
      if ((await uses.look())(name).isUsed) return reply.code(409).send(played);
      const renamed = await prompts.rename(name, title);
      if (!renamed) return reply.code(404).send(absent);
      await auditor.wrote(nameOf(principalIn(request)), { action: 'prompt.rename', subject: name, to: renamed.name });
      return renamed;
    },
  );

  addRoute(
    app,
    {
      method: 'DELETE',
      url: '/api/prompts/:name',
      access: 'flow:publish',
      schema: {
        summary: 'Deletes a recording that neither the draft nor any version plays',
        params: Named,
      },
    },
    async ({ params: { name }, request, reply }) => {
      if ((await uses.look())(name).isUsed) return reply.code(409).send(played);
      if (!(await prompts.remove(name))) return reply.code(404).send(absent);
      await auditor.wrote(nameOf(principalIn(request)), { action: 'prompt.remove', subject: name });
      return reply.code(204).send();
    },
  );
}

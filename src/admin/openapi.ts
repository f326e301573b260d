import fastifySwagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { addRoute } from './route.js';

/** Collects the routes that come after it, and serves them as an OpenAPI document. */
export async function serveOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Handrail', version, description: 'The API of the admin page.' },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'handrail_session' },
          token: { type: 'http', scheme: 'bearer' },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const { access } = route.config ?? {};
      if (access === undefined) return { schema: { ...schema, hide: true }, url };
      const security = access === 'public' ? [] : [{ session: [] }, { token: [] }];
      return { schema: { ...schema, security, 'x-needs': access }, url };
    },
  });
  addRoute(
    app,
    { method: 'GET', url: '/api/openapi.json', access: 'signed-in', schema: { summary: 'This document' } },
    () => app.swagger(),
  );
}

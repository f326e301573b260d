import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema, HTTPMethods } from 'fastify';
import type { Static, TSchema } from 'typebox';
import type { Permission } from './access/permissions.js';
import type { Principal } from './access/principal.js';

/** Who may call a route: anybody, whoever is logged in, or who has a permission. */
export type RouteAccess = 'public' | 'signed-in' | Permission;

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly access?: RouteAccess;
  }
  interface FastifyRequest {
    /** Who asks; always there where the route's access is not `public`. */
    principal: Principal | undefined;
  }
}

export interface RouteSchema {
  readonly summary: string;
  readonly params?: TSchema;
  readonly querystring?: TSchema;
  readonly body?: TSchema;
}

/** A route of the API: who may call it, and what it takes. Both are needed; the OpenAPI document is made from them. */
export interface ApiRoute<Schema extends RouteSchema> {
  readonly method: HTTPMethods;
  readonly url: `/${string}`;
  readonly access: RouteAccess;
  readonly schema: Schema;
  /** @defaultValue 64 KiB */
  readonly bodyLimit?: number;
}

type Part<Schema, Name extends string> = Schema extends { readonly [Key in Name]: infer S extends TSchema }
  ? Static<S>
  : undefined;

/** What a handler gets: checked, and of the types that the schemas say. */
export interface Asked<Schema> {
  readonly params: Part<Schema, 'params'>;
  readonly query: Part<Schema, 'querystring'>;
  readonly body: Part<Schema, 'body'>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export function addRoute<const Schema extends RouteSchema>(
  app: FastifyInstance,
  { method, url, access, schema, bodyLimit }: ApiRoute<Schema>,
  handler: (asked: Asked<Schema>) => unknown,
): void {
  const asFastifyKnowsIt: FastifySchema = schema;
  app.route({
    method,
    url,
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
    config: { access },
    schema: asFastifyKnowsIt,
    handler: async (request, reply) =>
      handler({
        params: request.params as Part<Schema, 'params'>,
        query: request.query as Part<Schema, 'querystring'>,
        body: request.body as Part<Schema, 'body'>,
        request,
        reply,
      }),
  });
}

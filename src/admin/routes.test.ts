import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { HandrailError } from '../kernel/errors.js';
import { rolePermissions, roles } from './access/permissions.js';
import { buildAdmin } from './server.js';
import { AdminHouse, local } from './testing/admin-house.js';

/** Every route and what it needs, written down a second time: a route that lets in others than it should fails here. */
const needs: Readonly<Record<string, string>> = {
  'POST /api/session': 'public',
  'POST /api/invitation/look': 'public',
  'POST /api/invitation/accept': 'public',
  'GET /api/session': 'signed-in',
  'GET /api/session/ways': 'public',
  'GET /api/session/oidc': 'public',
  'GET /api/session/oidc/callback': 'public',
  'GET /api/openapi.json': 'signed-in',
  'GET /api/status': 'calls:read',
  'GET /api/calls': 'calls:read',
  'GET /api/calls/{id}': 'calls:read',
  'GET /api/live': 'calls:read',
  'PUT /api/admission': 'calls:control',
  'PUT /api/engines': 'calls:control',
  'GET /api/flow': 'flow:read',
  'GET /api/flow/draft': 'flow:read',
  'PUT /api/flow/draft': 'flow:edit',
  'DELETE /api/flow/draft': 'flow:edit',
  'POST /api/flow/check': 'flow:read',
  'GET /api/flow/export': 'flow:read',
  'POST /api/flow/import': 'flow:edit',
  'POST /api/flow/publish': 'flow:publish',
  'POST /api/flow/rollback': 'flow:publish',
  'GET /api/flow/figures': 'calls:read',
  'POST /api/flow/call': 'calls:control',
  'POST /api/calls/{id}/move': 'calls:control',
  'GET /api/flow/canary': 'flow:read',
  'POST /api/flow/canary': 'flow:publish',
  'POST /api/flow/canary/promote': 'flow:publish',
  'POST /api/flow/canary/stop': 'flow:publish',
  'GET /api/flow/versions': 'flow:read',
  'GET /api/flow/versions/{version}': 'flow:read',
  'GET /api/flow/diff': 'flow:read',
  'POST /api/simulate': 'flow:read',
  'POST /api/simulate/scenario': 'flow:read',
  'POST /api/flow/test': 'flow:read',
  'GET /api/flow/tests': 'flow:read',
  'POST /api/flow/tests': 'flow:edit',
  'DELETE /api/flow/tests': 'flow:edit',
  'POST /api/simulate/speech': 'flow:read',
  'POST /api/speech': 'flow:read',
  'GET /api/hours': 'calls:read',
  'PUT /api/hours': 'calls:control',
  'GET /api/prompts': 'flow:read',
  'POST /api/prompts': 'flow:edit',
  'GET /api/prompts/{name}': 'flow:read',
  'DELETE /api/prompts/{name}': 'flow:publish',
  'PATCH /api/prompts/{name}': 'flow:edit',
  'GET /api/callbacks': 'calls:read',
  'POST /api/callbacks/{id}/done': 'calls:control',
  'POST /api/calls/{id}/listen': 'calls:listen',
  'GET /api/users': 'access:manage',
  'POST /api/users': 'access:manage',
  'POST /api/users/{name}/invitation': 'access:manage',
  'PATCH /api/users/{name}': 'access:manage',
  'POST /api/calls/{id}/capture': 'calls:record',
  'POST /api/calls/{id}/recording': 'calls:record',
  'DELETE /api/users/{name}': 'access:manage',
  'GET /api/tokens': 'access:manage',
  'POST /api/tokens': 'access:manage',
  'DELETE /api/tokens/{name}': 'access:manage',
  'GET /api/audit': 'audit:read',
  'GET /api/audit/verify': 'audit:read',
  'GET /api/calls/{id}/recordings': 'calls:record',
  'GET /api/calls/{id}/recordings/{name}': 'calls:record',
  // The last one: it ends the session.
  'DELETE /api/session': 'signed-in',
};

interface Operation {
  readonly summary?: string;
  readonly 'x-needs'?: string;
}

let house: AdminHouse;
let app: FastifyInstance;
let paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;

beforeAll(async () => {
  house = await AdminHouse.open();
  const nowhere = () => Promise.reject(new HandrailError('HR_SIGN_ON_UNREACHABLE', 'in this test'));
  house.signOn = {
    provider: { name: 'nowhere', returnsByTls: false, begin: nowhere, finish: nowhere },
    roles: new Map(),
  };
  app = await buildAdmin({ deps: house.deps() });
  const document = await ask('GET', '/api/openapi.json', local);
  ({ paths } = document.json<{ paths: typeof paths }>());
});
afterAll(async () => {
  await app.close();
  await house.store.close();
});

function ask(method: string, path: string, headers: Readonly<Record<string, string>>) {
  const url = path.replace('{version}', '1').replace(/\{\w+\}/, 'nobody');
  return app.inject({ method: method as 'GET', url, headers: { host: 'localhost', ...headers } });
}

/** Every route that the server has, websockets too: from the tree of them that it prints. */
function routesOf(server: FastifyInstance): readonly string[] {
  const path: string[] = [];
  return server
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods = ''] = /^([│ ]*)[├└]── (\S+) \((.*)\)$/.exec(line) ?? [];
      path.length = indent.length / 4;
      path.push(part);
      const url = path.join('').replace(/:(\w+)/g, '{$1}');
      return methods.split(', ').map((method) => `${method} ${url}`);
    })
    .filter((route) => /^(?!HEAD).* \/api\//.test(route));
}

test('what is written down here is every route of the server', () => {
  expect([...routesOf(app)].sort()).toEqual(Object.keys(needs).sort());
});

test('the document has every route, each with a summary and what it needs', () => {
  const found = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      expect(operation.summary, path).toBeTruthy();
      return [`${method.toUpperCase()} ${path}`, operation['x-needs']] as const;
    }),
  );
  // A websocket has no place in OpenAPI; docs/reference/api.md tells what it sends.
  const { 'GET /api/live': live, ...documented } = needs;
  expect(live).toBe('calls:read');
  expect(Object.fromEntries(found)).toEqual(documented);
});

describe.each(['nobody', ...roles])('%s', (role) => {
  test('is let through where they may go, and nowhere else', async () => {
    const is = roles.find((known) => known === role);
    const may = new Set<string>(is ? ['public', 'signed-in', ...rolePermissions[is]] : ['public']);
    const headers = is ? await house.as(is, `a-${is}`) : {};
    for (const [route, needed] of Object.entries(needs)) {
      const [method = '', path = ''] = route.split(' ');
      const { statusCode } = await ask(method, path, headers);
      // Past the guard a request without body or with an unknown name is refused too, but otherwise.
      const refused = is ? 403 : 401;
      if (may.has(needed)) expect([401, 403], `${role} ${route}`).not.toContain(statusCode);
      else expect(statusCode, `${role} ${route}`).toBe(refused);
    }
  });
});

test('a route that forgets to say who may call it ends the start', async () => {
  const careless = await buildAdmin({ deps: house.deps() });
  expect(() => careless.get('/api/forgotten', () => 'secret')).toThrow('/api/forgotten');
  await careless.close();
});

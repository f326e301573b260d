import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Sensitive } from '../kernel/sensitive.js';
import { OpenIdSignOn } from './access/openid-sign-on.js';
import { roleMap, roleOf, textsAt, userName } from './access/sign-on.js';
import { buildAdmin } from './server.js';
import { AdminHouse, local } from './testing/admin-house.js';
import { SmallProvider } from './testing/small-provider.js';

let house: AdminHouse;
let provider: SmallProvider;
let app: FastifyInstance;

beforeEach(async () => {
  provider = await SmallProvider.open();
  house = await AdminHouse.open();
  house.signOn = {
    provider: new OpenIdSignOn({
      issuer: provider.issuer,
      clientId: 'handrail',
      clientSecret: new Sensitive('a secret'),
      redirectUrl: 'https://desk.example/api/session/oidc/callback',
      scopes: 'openid profile',
      nameClaim: 'preferred_username',
      rolesClaim: 'realm_access.roles',
    }),
    roles: roleMap('desk=editor,handrail-admins=admin'),
  };
  app = await buildAdmin({ deps: house.deps() });
});
afterEach(async () => {
  await app.close();
  await house.store.close();
  await provider.close();
});

const get = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  app.inject({ url, headers: { host: 'localhost', ...headers } });

/** As a browser does it: to the provider, and back with what it was given. @returns the last answer */
async function signOn(change: (back: URL) => void = () => undefined) {
  const begun = await get('/api/session/oidc');
  const attempt = begun.cookies.find(({ name }) => name === 'handrail_sign_on')?.value ?? '';
  const sent = await fetch(String(begun.headers['location']), { redirect: 'manual' });
  const back = new URL(sent.headers.get('location') ?? '');
  change(back);
  return get(`${back.pathname}${back.search}`, { cookie: `handrail_sign_on=${attempt}` });
}

async function sessionOf({ cookies }: Awaited<ReturnType<typeof signOn>>) {
  const secret = cookies.find(({ name }) => name === 'handrail_session')?.value ?? '';
  return (await get('/api/session', { cookie: `handrail_session=${secret}` })).json<{ name?: string; role?: string }>();
}

const ada = { sub: '7', preferred_username: 'Ada.Lovelace@example.com', realm_access: { roles: ['desk'] } };

describe('single sign-on', () => {
  test('whoever has a group with a role comes in; the role follows the provider, the person their subject', async () => {
    expect((await get('/api/session/ways')).json()).toEqual({ oidc: new URL(provider.issuer).host });
    provider.claims = ada;
    const first = await signOn();
    expect(first.headers['location']).toBe('/');
    // The browser came by https, whatever the proxy speaks to us.
    expect(first.cookies).toContainEqual(expect.objectContaining({ name: 'handrail_session', secure: true }));
    expect(await sessionOf(first)).toMatchObject({ name: 'ada.lovelace', role: 'editor' });
    provider.claims = { ...ada, preferred_username: 'countess', realm_access: { roles: ['desk', 'handrail-admins'] } };
    expect(await sessionOf(await signOn())).toMatchObject({ name: 'ada.lovelace', role: 'admin' });
    const users = (await get('/api/users', local)).json<{ name: string }[]>();
    expect(users).toMatchObject([{ name: 'ada.lovelace', isExternal: true, hasPassword: false }]);
    const log = await house.store.audit.entries({ limit: 9 });
    expect(log.map(({ action, from, to }) => [action, from, to].join(' '))).toEqual([
      `session.begin  ${new URL(provider.issuer).host}`,
      'user.role editor admin',
      `session.begin  ${new URL(provider.issuer).host}`,
      'user.add  editor',
    ]);
  });

  test.each([
    ['without a group', { ...ada, realm_access: { roles: ['guests'] } }],
    ['without a name', { ...ada, preferred_username: undefined }],
    ['with the name of a local user', { ...ada, preferred_username: 'grace' }],
  ])('nobody comes in %s', async (_what, claims) => {
    await house.as('admin', 'grace');
    provider.claims = claims;
    const answer = await signOn();
    expect(answer.headers['location']).toBe('/#/sign-on/HR_SIGN_ON_REFUSED');
    expect(answer.cookies.map(({ name }) => name)).not.toContain('handrail_session');
    expect((await house.store.audit.entries({ limit: 1 }))[0]).toMatchObject({
      who: 'nobody',
      action: 'session.refused',
      to: 'HR_SIGN_ON_REFUSED',
    });
  });

  test('an answer that was not asked for, was changed, or comes twice is not trusted', async () => {
    provider.claims = ada;
    const failed = '/#/sign-on/HR_SIGN_ON_FAILED';
    expect((await get('/api/session/oidc/callback?code=a&state=b')).headers['location']).toBe(failed);
    expect(await house.store.audit.entries({ limit: 1 })).toEqual([]);
    expect((await signOn((back) => back.searchParams.set('state', 'other'))).headers['location']).toBe(failed);
    expect((await signOn((back) => back.searchParams.set('code', 'other'))).headers['location']).toBe(failed);
    provider.wrongNonce = 'other';
    expect((await signOn()).headers['location']).toBe(failed);
    provider.wrongNonce = undefined;
    provider.forges = true;
    expect((await signOn()).headers['location']).toBe(failed);
    provider.forges = false;
    let address = new URL('http://localhost');
    let cookie = '';
    const begun = await get('/api/session/oidc');
    cookie = `handrail_sign_on=${begun.cookies[0]?.value ?? ''}`;
    address = new URL(
      (await fetch(String(begun.headers['location']), { redirect: 'manual' })).headers.get('location') ?? '',
    );
    const back = () => get(`${address.pathname}${address.search}`, { cookie });
    expect((await back()).headers['location']).toBe('/');
    expect((await back()).headers['location']).toBe(failed);
  });

  test('a login that takes too long has to be begun again', async () => {
    provider.claims = ada;
    const answer = await signOn(() => house.clock.advance(11 * 60_000));
    expect(answer.headers['location']).toBe('/#/sign-on/HR_SIGN_ON_FAILED');
  });

  test('a provider that is away is told at the login, and is found when it is back', async () => {
    await provider.close();
    expect((await get('/api/session/oidc')).headers['location']).toBe('/#/sign-on/HR_SIGN_ON_UNREACHABLE');
  });
});

test('roles, names and claims', () => {
  const map = roleMap('desk=editor, ops = eu=admin');
  expect(roleOf(['desk', 'ops = eu'], map)).toBe('admin');
  expect(roleOf(['nobody'], map)).toBeUndefined();
  expect([userName('Ada B@x.com'), userName('42-Émile'), userName('@'), userName(undefined)]).toEqual([
    'ada-b',
    'mile',
    undefined,
    undefined,
  ]);
  expect(textsAt({ a: { b: ['x', 1] } }, 'a.b')).toEqual(['x']);
  expect(textsAt({ a: 'x' }, 'a')).toEqual(['x']);
  expect(textsAt({ a: 'x' }, 'a.b')).toEqual([]);
});

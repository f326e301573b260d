import { beforeEach, afterEach, describe, expect, test } from 'vitest';
import { sessionLimits } from './access/gate.js';
import { rateLimits } from './guard.js';
import { buildAdmin } from './server.js';
import { AdminHouse, local, PASSWORD } from './testing/admin-house.js';

let house: AdminHouse;

beforeEach(async () => {
  house = await AdminHouse.open();
});
afterEach(() => house.store.close());

const login = (name: string, password: string) =>
  house.ask({ method: 'POST', url: '/api/session', body: { name, password } });
const whoAmI = (headers: Record<string, string>) => house.ask({ url: '/api/session', headers });

describe('the first login', () => {
  test('is by a link that is good once, and sets the password', async () => {
    const secret = await house.gate.firstInvitation();
    const look = await house.ask({ method: 'POST', url: '/api/invitation/look', body: { secret } });
    expect(look.json()).toEqual({ name: 'admin', role: 'admin' });
    const accept = () =>
      house.ask({ method: 'POST', url: '/api/invitation/accept', body: { secret, password: PASSWORD } });
    const accepted = await accept();
    expect(accepted.json()).toMatchObject({ name: 'admin', role: 'admin' });
    const cookie = String(accepted.headers['set-cookie']);
    expect(cookie).toMatch(/^handrail_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect((await accept()).statusCode).toBe(410);
    expect((await login('admin', PASSWORD)).statusCode).toBe(200);
    // Whoever has a password needs no other first link.
    expect(await house.gate.firstInvitation()).toBeUndefined();
  });

  test('each start makes another link, and only the newest is good', async () => {
    const [first, second] = [await house.gate.firstInvitation(), await house.gate.firstInvitation()];
    await expect(house.gate.invited(first ?? '')).rejects.toMatchObject({ code: 'HR_INVITATION' });
    expect((await house.gate.invited(second ?? '')).name).toBe('admin');
    house.clock.advance(sessionLimits.invitationMs + 1);
    await expect(house.gate.accept(second ?? '', PASSWORD)).rejects.toMatchObject({ code: 'HR_INVITATION' });
  });

  test('a short password is refused', async () => {
    const secret = await house.gate.firstInvitation();
    const body = { secret, password: 'short' };
    expect((await house.ask({ method: 'POST', url: '/api/invitation/accept', body })).statusCode).toBe(400);
  });
});

describe('passwords', () => {
  test('are kept as argon2id, and a wrong one is told like a name that nobody has', async () => {
    await house.as('viewer', 'vera');
    expect((await house.store.access.user('vera'))?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const [wrong, nobody] = [await login('vera', 'wrong password'), await login('nobody', 'wrong password')];
    expect([wrong.statusCode, wrong.body]).toEqual([401, nobody.body]);
  });

  test('guessing is slowed down, for names that nobody has too, and a name can be tried again later', async () => {
    await house.as('viewer', 'vera');
    for (const name of ['vera', 'nobody']) {
      for (let i = 0; i < 5; i++) expect((await login(name, 'wrong password')).statusCode).toBe(401);
      const locked = await login(name, PASSWORD);
      expect([locked.statusCode, locked.json<{ code: string }>().code]).toEqual([429, 'HR_LOGIN_LOCKED']);
    }
    house.clock.advance(30_001);
    expect((await login('vera', PASSWORD)).statusCode).toBe(200);
  });

  test('many guesses at once are not all let through', async () => {
    await house.as('viewer', 'vera');
    const answers = await Promise.all(Array.from({ length: 20 }, () => house.gate.login('vera', 'x').catch(String)));
    expect(answers.filter((answer) => String(answer).includes('Too many'))).toHaveLength(15);
  });
});

describe('sessions', () => {
  test('end by logging out, by time, and with another password', async () => {
    const headers = await house.as('viewer', 'vera');
    expect((await whoAmI(headers)).json()).toMatchObject({ name: 'vera', may: ['calls:read', 'flow:read'] });
    expect((await house.ask({ method: 'DELETE', url: '/api/session', headers })).statusCode).toBe(204);
    expect((await whoAmI(headers)).statusCode).toBe(401);

    const idle = await house.as('viewer', 'ida');
    house.clock.advance(sessionLimits.idleMs + 1);
    expect((await whoAmI(idle)).statusCode).toBe(401);

    const before = await house.as('viewer', 'paul');
    await house.gate.accept(await house.gate.invite('paul'), 'another password');
    expect((await whoAmI(before)).statusCode).toBe(401);
  });

  test('used all the time they end after a week', async () => {
    const headers = await house.as('viewer', 'vera');
    for (let day = 0; day < 7 * 4; day++) {
      expect((await whoAmI(headers)).statusCode).toBe(200);
      house.clock.advance(6 * 3_600_000);
    }
    house.clock.advance(1);
    expect((await whoAmI(headers)).statusCode).toBe(401);
  });

  test('a page that changes something must bring the CSRF token of its session', async () => {
    const editor = await house.as('editor');
    const save = (headers: Record<string, string>) =>
      house.ask({ method: 'PUT', url: '/api/flow/draft', body: { revision: 0, document: {} }, headers });
    const { cookie } = editor as { cookie: string };
    expect((await save({ cookie })).statusCode).toBe(403);
    expect((await save({ cookie, 'x-csrf-token': 'guessed' })).statusCode).toBe(403);
    expect((await save(editor)).statusCode).toBe(200);
  });

  test('the cookie of a page that came by TLS goes nowhere else', async () => {
    await house.as('viewer', 'vera');
    const headers = { host: 'localhost', origin: 'https://localhost' };
    const body = { name: 'vera', password: PASSWORD };
    const answer = await house.ask({ method: 'POST', url: '/api/session', body, headers });
    expect(answer.headers['set-cookie']).toContain('Secure');
  });
});

describe('API tokens', () => {
  test('do what their scopes say, and never more than who made them may', async () => {
    const admin = await house.as('admin');
    const body = { name: 'monitor', scopes: ['calls:read', 'audit:read'] };
    const made = await house.ask({ method: 'POST', url: '/api/tokens', body, headers: admin });
    const headers = { authorization: `Bearer ${made.json<{ token: string }>().token}` };
    expect((await house.ask({ url: '/api/calls', headers })).statusCode).toBe(200);
    expect((await house.ask({ url: '/api/audit', headers })).statusCode).toBe(200);
    expect((await house.ask({ url: '/api/flow', headers })).statusCode).toBe(403);
    await house.as('admin', 'other');
    await house.store.access.setRole('admin', 'viewer');
    expect((await house.ask({ url: '/api/audit', headers })).statusCode).toBe(403);
    await house.ask({ method: 'DELETE', url: '/api/tokens/monitor', headers: local });
    expect((await house.ask({ url: '/api/calls', headers })).statusCode).toBe(401);
  });

  test('cannot take the name of this machine’s own', async () => {
    const body = { name: 'local', scopes: ['calls:read'] };
    expect((await house.ask({ method: 'POST', url: '/api/tokens', body, headers: local })).statusCode).toBe(409);
  });
});

describe('users', () => {
  test('are added with a link, change their role, and go with their sessions', async () => {
    const added = await house.ask({
      method: 'POST',
      url: '/api/users',
      body: { name: 'eva', role: 'editor' },
      headers: local,
    });
    const { invitation } = added.json<{ invitation: string }>();
    const { secret } = await house.gate.accept(invitation, PASSWORD);
    const eva = { cookie: `handrail_session=${secret}` };
    const role = { method: 'PATCH', url: '/api/users/eva', body: { role: 'publisher' }, headers: local } as const;
    expect((await house.ask(role)).statusCode).toBe(204);
    expect((await whoAmI(eva)).json()).toMatchObject({ role: 'publisher' });
    await house.ask({ method: 'DELETE', url: '/api/users/eva', headers: local });
    expect((await whoAmI(eva)).statusCode).toBe(401);
  });

  test('the last admin stays', async () => {
    const headers = await house.as('admin');
    const remove = await house.ask({ method: 'DELETE', url: '/api/users/admin', headers });
    expect(remove.json()).toMatchObject({ code: 'HR_LAST_ADMIN' });
    const demote = { method: 'PATCH', url: '/api/users/admin', body: { role: 'viewer' }, headers } as const;
    expect((await house.ask(demote)).statusCode).toBe(409);
    await house.as('admin', 'second');
    expect((await house.ask(demote)).statusCode).toBe(204);
  });
});

test('the audit log tells who did what, and not what somebody typed as their name', async () => {
  await house.as('viewer', 'vera');
  await login('vera', 'wrong password');
  await login('my-password-in-the-wrong-field', 'x');
  const publish = { why: 'friendlier', document: { ...house.desk.live.flow, name: 'Another' } };
  await house.ask({ method: 'POST', url: '/api/flow/publish', body: publish, headers: local });
  const entries = (await house.store.audit.entries({ limit: 9 })).map(({ who, action, subject, from, to }) =>
    [who, action, subject, from, to].join(' | '),
  );
  expect(entries).toEqual([
    'token local | flow.publish | small | version 1 | version 2: friendlier',
    'nobody | session.refused | unknown |  | HR_LOGIN_FAILED',
    'nobody | session.refused | vera |  | HR_LOGIN_FAILED',
  ]);
  expect(await house.store.audit.verify()).toMatchObject({ ok: true, entries: 3 });
});

test('an address that nobody knows may ask so often and no more; commands of this machine are not slowed', async () => {
  const app = await buildAdmin({ deps: house.deps() });
  const ask = (headers: Record<string, string>) =>
    app.inject({ url: '/api/session', headers: { host: 'localhost', ...headers } });
  const look = () =>
    app.inject({
      method: 'POST',
      url: '/api/invitation/look',
      payload: { secret: 'guess' },
      headers: { host: 'localhost' },
    });
  for (let i = 0; i < rateLimits.unknown; i++) expect((await look()).statusCode).toBe(410);
  expect((await look()).statusCode).toBe(429);
  for (let i = 0; i < rateLimits.unknown + 10; i++) expect((await ask(local)).statusCode).toBe(200);
  await app.close();
});

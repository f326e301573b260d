import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../kernel/clock.js';
import { sensitive } from '../kernel/sensitive.js';
import { AriRequests } from './ari-requests.js';

let server: Server;
let asked: string[];
let answer: { status: number; body?: unknown };
let abort: AbortController;
let ari: AriRequests;

beforeEach(async () => {
  asked = [];
  answer = { status: 200 };
  server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    if (answer.status === 0) return;
    response.writeHead(request.headers.authorization === 'Basic bWU6c2VjcmV0' ? answer.status : 401);
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  abort = new AbortController();
  ari = asking('secret');
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function asking(password: string): AriRequests {
  const baseUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return new AriRequests(
    { baseUrl, user: 'me', password: sensitive(password) },
    'front-desk',
    systemClock,
    abort.signal,
  );
}

describe('AriRequests', () => {
  it('reads the lease, and takes an absent one for empty', async () => {
    answer = { status: 200, body: { value: 'a.7' } };
    expect(await ari.readLease()).toBe('a.7');
    expect(asked).toEqual(['GET /ari/asterisk/variable?variable=HANDRAIL_LEASE_FRONT_DESK']);
    answer = { status: 200, body: { value: '' } };
    expect(await ari.readLease()).toBe('');
  });

  it('reads channels with the application that holds them', async () => {
    answer = { status: 200, body: [{ id: 'c-1', dialplan: { app_name: 'Stasis', app_data: 'front-desk,x' } }, 'junk'] };
    expect(await ari.listChannels()).toMatchObject([{ id: 'c-1', stasisApp: 'front-desk' }]);
  });

  it('takes a call that is gone, or has left the application, for done', async () => {
    for (const status of [204, 404, 409]) {
      answer = { status };
      await ari.continueInDialplan('a/b');
      await ari.hangup('em-1');
      await ari.destroyBridge('hr-1');
    }
    expect(asked.slice(0, 3)).toEqual([
      'POST /ari/channels/a%2Fb/continue',
      'DELETE /ari/channels/em-1',
      'DELETE /ari/bridges/hr-1',
    ]);
  });

  it('tells a wrong password, a refusal and an Asterisk that is away apart', async () => {
    await expect(asking('wrong').readLease()).rejects.toMatchObject({ code: 'HR_ARI_AUTH' });
    answer = { status: 500 };
    await expect(ari.readLease()).rejects.toMatchObject({ code: 'HR_ARI_REQUEST' });
    await expect(ari.continueInDialplan('c-1')).rejects.toMatchObject({ code: 'HR_ARI_REQUEST' });
    const away = new AriRequests(
      { baseUrl: 'http://127.0.0.1:1', user: 'me', password: sensitive('x') },
      'front-desk',
      systemClock,
      abort.signal,
    );
    await expect(away.readLease()).rejects.toMatchObject({ code: 'HR_ARI_UNREACHABLE' });
  });

  it('ends a request that is under way', async () => {
    answer = { status: 0 };
    const reading = ari.readLease();
    abort.abort();
    await expect(reading).rejects.toMatchObject({ code: 'HR_ARI_UNREACHABLE' });
  });
});

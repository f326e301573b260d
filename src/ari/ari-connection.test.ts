import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { AriConnection } from './ari-connection.js';
import { defaultLinkTimes, type EventSocketHandlers } from './event-link.js';
import { Lease } from './lease.js';
import type { AriEvent } from './port.js';
import { type AriOperation, type AriParameters, AriRefusal, AriRest } from './rest.js';

type Answer = (parameters: AriParameters) => unknown;

let clock: FakeClock;
let socket: EventSocketHandlers;
let opened: number;
let requests: { operation: AriOperation; parameters: AriParameters }[];
let answers: Partial<Record<AriOperation, Answer>>;
let transportClosed: boolean;
let ari: AriConnection;
let events: AriEvent[];

const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };
function ignore(): void {
  // A test reads events, not logs.
}
const never = (): Promise<never> => new Promise(ignore);
const tell = (event: object): void => socket.onMessage(JSON.stringify({ application: 'desk', ...event }));
const started = (id: string): void => tell({ type: 'StasisStart', args: [], channel: { id } });

beforeEach(async () => {
  clock = new FakeClock();
  opened = 0;
  requests = [];
  answers = {};
  transportClosed = false;
  events = [];
  const transport = {
    request: async (operation: AriOperation, parameters: AriParameters) => {
      requests.push({ operation, parameters });
      return answers[operation]?.(parameters);
    },
    close: () => void (transportClosed = true),
  };
  const rest = new AriRest(transport, clock, 2_000);
  ari = new AriConnection({
    app: 'desk',
    clock,
    log: quiet,
    random: () => 0,
    rest,
    transport,
    lease: new Lease(rest, 'desk', 'me'),
    open: (handlers) => {
      opened++;
      socket = handlers;
      return { ping: ignore, discard: ignore, close: ignore };
    },
    times: defaultLinkTimes,
  });
  const up = ari.firstUp({ baseUrl: 'http://pbx' });
  socket.onOpen();
  await up;
});

const listen = async (): Promise<void> => {
  ari.subscribe((event) => events.push(event));
  await clock.advanceAsync(0);
};

describe('the lease', () => {
  const renewals = (): number => requests.filter(({ operation }) => operation === 'asterisk.setGlobalVar').length;

  it('is renewed each second while the line holds', async () => {
    await clock.advanceAsync(3_000);
    expect(renewals()).toBe(4);
  });

  it('is not renewed by a line that comes back and breaks again, but by one that holds', async () => {
    await clock.advanceAsync(0);
    const before = renewals();
    for (let i = 0; i < 10; i++) {
      socket.onClosed('cut');
      const tries = opened;
      while (opened === tries) await clock.advanceAsync(50);
      socket.onOpen();
      await clock.advanceAsync(400);
    }
    expect(renewals()).toBe(before);
    await clock.advanceAsync(100);
    expect(renewals()).toBe(before + 1);
  });
});

describe('events', () => {
  it('keeps what comes before the first listener', async () => {
    started('c-1');
    await listen();
    expect(events.map((event) => event.type)).toEqual(['connected', 'stasis-start']);
  });

  it('gives a channel its own events only, and forgets its listener', () => {
    const own: AriEvent[] = [];
    const unsubscribe = ari.onChannel('c-1', (event) => own.push(event));
    started('c-1');
    started('c-2');
    unsubscribe();
    unsubscribe();
    started('c-1');
    expect(own).toHaveLength(1);
  });

  it('tells of loss and return', async () => {
    await listen();
    socket.onClosed('websocket closed with code 1006');
    expect(ari.connected).toBe(false);
    await clock.advanceAsync(100);
    socket.onOpen();
    expect(events.map((event) => event.type)).toEqual(['connected', 'disconnected', 'connected']);
  });
});

describe('a second controller', () => {
  it('that takes over makes us close down, not fight', async () => {
    await listen();
    tell({ type: 'ApplicationReplaced' });
    expect(events.map((event) => event.type)).toEqual(['connected', 'application-replaced', 'disconnected']);
    await clock.advanceAsync(60_000);
    expect(opened).toBe(1);
    requests.length = 0;
    await ari.close();
    expect(requests).toEqual([]);
  });

  it('is not suspected when an unanswered try of our own replaces us', async () => {
    await listen();
    await clock.advanceAsync(7_000); // no pong
    await clock.advanceAsync(20);
    socket.onOpen();
    tell({ type: 'ApplicationReplaced' });
    expect(events.at(-1)?.type).toBe('disconnected');
    await clock.advanceAsync(100);
    socket.onOpen();
    expect(ari.connected).toBe(true);
    expect(events.map((event) => event.type)).not.toContain('application-replaced');
  });
});

describe('requests', () => {
  it('have a deadline', async () => {
    answers['channels.answer'] = never;
    const answered = expect(ari.answer('c-1')).rejects.toMatchObject({ code: 'HR_ARI_TIMEOUT' });
    await clock.advanceAsync(2_000);
    await answered;
  });

  it.each([
    [404, 'Channel not found', 'HR_CALL_GONE'],
    [400, 'Channel not found', 'HR_CALL_GONE'],
    [409, 'Channel not in Stasis application', 'HR_ARI_REQUEST'],
    [401, '', 'HR_ARI_AUTH'],
    [0, 'ECONNREFUSED', 'HR_ARI_UNREACHABLE'],
  ])('translate %i “%s” to %s', async (status, words, code) => {
    answers['bridges.addChannel'] = () => Promise.reject(new AriRefusal(status, words));
    await expect(ari.addToBridge('hr-1', 'c-1')).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });

  it('never put a value into an error', async () => {
    answers['channels.setChannelVar'] = () => Promise.reject(new AriRefusal(500, 'no'));
    const failed = await ari.setVariable('c-1', 'PIN', '4711').catch((error: unknown) => String(error));
    expect(failed).not.toContain('4711');
  });

  it('may find their subject gone when it was to go anyway', async () => {
    const gone: Answer = () => Promise.reject(new AriRefusal(404, 'not found'));
    answers = { 'channels.hangup': gone, 'bridges.destroy': gone };
    await ari.hangup('c-1');
    await ari.destroyBridge('hr-1');
  });

  it('ask the dialplan by a channel that is never dialled, and remove it', async () => {
    answers['channels.getChannelVar'] = () => ({ value: '0' });
    expect(await ari.dialplanHas({ context: 'people', extension: '300' })).toBe(false);
    const asked = requests.slice(-3).map(({ operation }) => operation);
    expect(asked).toEqual(['channels.create', 'channels.getChannelVar', 'channels.hangup']);
    expect(requests.at(-2)?.parameters['variable']).toBe('DIALPLAN_EXISTS(people,300,1)');
    const [made, gone] = [requests.at(-3)?.parameters['channelId'], requests.at(-1)?.parameters['channelId']];
    expect(made).toBe(gone);
  });

  it('tell an unknown variable from an unknown channel', async () => {
    answers['channels.getChannelVar'] = () => Promise.reject(new AriRefusal(404, 'Provided variable was not found'));
    expect(await ari.getVariable('c-1', 'X')).toBeUndefined();
    answers['channels.getChannelVar'] = () => Promise.reject(new AriRefusal(404, 'Provided channel was not found'));
    await expect(ari.getVariable('c-1', 'X')).rejects.toMatchObject({ code: 'HR_CALL_GONE' });
  });
});

describe('stageExternalMedia', () => {
  const options = { channelId: 'em-1', rtpTo: { host: '127.0.0.1', port: 45_000 }, format: 'ulaw' } as const;
  const websocket = { channelId: 'em-1', format: 'alaw' } as const;
  const whenStarted = async (): Promise<void> => (await ari.stageExternalMedia(options).execute()).started;
  const reply = { channelvars: { UNICASTRTP_LOCAL_ADDRESS: '127.0.0.1', UNICASTRTP_LOCAL_PORT: '13976' } };
  const hangups = (): number => requests.filter(({ operation }) => operation === 'channels.hangup').length;
  const deadlines = (): number => clock.pendingCount;

  it('does nothing before execute', () => {
    requests.length = 0;
    expect(ari.stageExternalMedia(options).channelId).toBe('em-1');
    expect(requests).toEqual([]);
  });

  it('tells the address at the reply, and is started at the StasisStart', async () => {
    answers['channels.externalMedia'] = () => reply;
    const before = deadlines();
    let done = false;
    const { local, started: start } = await ari.stageExternalMedia(options).execute();
    expect(local).toEqual({ host: '127.0.0.1', port: 13_976 });
    void start.then(() => (done = true));
    await clock.advanceAsync(500);
    expect(done).toBe(false);
    started('em-1');
    await start;
    expect(requests.find(({ operation }) => operation === 'channels.externalMedia')?.parameters).toEqual({
      app: 'desk',
      channelId: 'em-1',
      external_host: '127.0.0.1:45000',
      encapsulation: 'rtp',
      transport: 'udp',
      connection_type: 'client',
      direction: 'both',
      format: 'ulaw',
    });
    expect(deadlines()).toBe(before);
  });

  it('without an address has Asterisk wait for a websocket, and tells where', async () => {
    answers['channels.externalMedia'] = () => ({ channelvars: { MEDIA_WEBSOCKET_CONNECTION_ID: '3f-9a' } });
    const { local } = await ari.stageExternalMedia(websocket).execute();
    expect(local).toEqual({ url: 'ws://pbx/media/3f-9a' });
    started('em-1');
    expect(requests.find(({ operation }) => operation === 'channels.externalMedia')?.parameters).toEqual({
      app: 'desk',
      channelId: 'em-1',
      external_host: 'INCOMING',
      encapsulation: 'none',
      transport: 'websocket',
      connection_type: 'server',
      transport_data: 'f(json)',
      direction: 'both',
      format: 'alaw',
    });
  });

  it('removes a channel whose end is not told', async () => {
    answers['channels.externalMedia'] = () => ({ channelvars: { MEDIA_WEBSOCKET_CONNECTION_ID: '../ari' } });
    await expect(ari.stageExternalMedia(websocket).execute()).rejects.toMatchObject({ code: 'HR_ARI_REQUEST' });
    expect(hangups()).toBe(1);
  });

  it('does not miss a StasisStart that comes before the reply', async () => {
    answers['channels.externalMedia'] = () => {
      started('em-1');
      return reply;
    };
    await whenStarted();
  });

  it('removes the channel when no StasisStart comes', async () => {
    answers['channels.externalMedia'] = () => reply;
    const failed = expect(whenStarted()).rejects.toMatchObject({ code: 'HR_ARI_TIMEOUT' });
    await clock.advanceAsync(4_000);
    await failed;
    expect(hangups()).toBe(1);
  });

  it('removes the channel when the request is not answered', async () => {
    answers['channels.externalMedia'] = never;
    const failed = expect(whenStarted()).rejects.toMatchObject({ code: 'HR_ARI_TIMEOUT' });
    await clock.advanceAsync(2_000);
    await failed;
    expect(hangups()).toBe(1);
  });

  it('hangs nobody up when Asterisk refused: the name may be taken', async () => {
    answers['channels.externalMedia'] = () => Promise.reject(new AriRefusal(500, 'Internal error'));
    await expect(ari.stageExternalMedia(options).execute()).rejects.toMatchObject({ code: 'HR_ARI_REQUEST' });
    expect(hangups()).toBe(0);
  });

  it('executes once, however often it is asked', async () => {
    answers['channels.externalMedia'] = () => {
      started('em-1');
      return reply;
    };
    const staged = ari.stageExternalMedia(options);
    await Promise.all([staged.execute(), staged.execute()]);
    expect(requests.filter(({ operation }) => operation === 'channels.externalMedia')).toHaveLength(1);
  });
});

describe('close', () => {
  it('is idempotent, releases the lease and leaves no timer', async () => {
    await Promise.all([ari.close(), ari.close()]);
    expect(requests.at(-1)?.parameters).toEqual({ variable: 'HANDRAIL_LEASE_DESK', value: 'released' });
    expect(transportClosed).toBe(true);
    expect(clock.pendingCount).toBe(0);
  });
});
